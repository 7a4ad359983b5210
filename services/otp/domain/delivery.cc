#include "services/otp/domain/delivery.h"

#include <algorithm>

namespace tc::otp {
namespace {

using T = DeliveryTrigger;

// Nobody knows whether this attempt brings the message to its receiver.
bool InDoubt(const DeliveryAttempt& attempt) {
  if (attempt.receipt.has_value()) return attempt.receipt == T::kReceiptDeferred;
  return attempt.fate == Fate::kUnderWay || attempt.fate == Fate::kAccepted || attempt.fate == Fate::kUnknown;
}

// A time-out alone leaves the message with us.
bool InHand(const DeliveryAttempt& last) {
  return InDoubt(last) && (last.receipt.has_value() || last.fate != Fate::kUnknown);
}

DeliveryFacts FactsOf(const Delivery& delivery, bool another_left = false) {
  const bool failed = std::any_of(delivery.spent.begin(), delivery.spent.end(),
                                  [](const SpentWay& way) { return way.fate == Fate::kAccepted; });
  return {HandsOf(delivery), another_left, failed};
}

std::optional<Delivery> Step(const Delivery& delivery, T trigger, const DeliveryFacts& facts,
                             absl::Time now) {
  const DeliveryTransition* const row = FindRow(delivery.state, trigger, facts);
  if (row == nullptr) return std::nullopt;
  Delivery after = delivery;
  after.state = row->to;
  after.updated = now;
  after.taken.push_back(*row);
  return after;
}

// A later, worse fate replaces an earlier one.
void Spend(Delivery& delivery, Channel channel, absl::string_view provider, Fate fate) {
  for (SpentWay& way : delivery.spent) {
    if (way.channel != channel || way.provider != provider) continue;
    way.fate = fate;
    return;
  }
  delivery.spent.push_back({channel, std::string(provider), fate});
}

void Append(Delivery& delivery, DeliveryAttempt attempt) {
  if (delivery.attempts.size() == Delivery::kAttemptsKept) {
    delivery.forgotten_in_doubt |= InDoubt(delivery.attempts.front());
    delivery.attempts.erase(delivery.attempts.begin());
  }
  delivery.attempts.push_back(std::move(attempt));
}

T TriggerOf(Fate fate) {
  if (fate == Fate::kAccepted) return T::kAccept;
  return fate == Fate::kRefused ? T::kReject : T::kPostpone;
}

int Rank(T receipt) {
  if (receipt == T::kReceiptDeferred) return 1;
  return receipt == T::kReceiptFailed ? 2 : 3;
}

// DELIVERED counts whenever it comes; nothing else goes back.
bool IsNews(const DeliveryAttempt& attempt, const ReceiptOf& receipt) {
  const int before = attempt.receipt.has_value() ? Rank(*attempt.receipt) : 0;
  const bool newer = receipt.sequence.value_or(0) > attempt.receipt_sequence;
  if (receipt.sequence.has_value() && !newer) return false;
  const bool still_deferred =
      newer && receipt.outcome == T::kReceiptDeferred && before == Rank(receipt.outcome);
  return Rank(receipt.outcome) > before || still_deferred;
}

void Record(Delivery& delivery, DeliveryAttempt& attempt, const ReceiptOf& receipt, absl::Time now) {
  attempt.receipt = receipt.outcome;
  attempt.receipt_at = now;
  attempt.receipt_sequence = receipt.sequence.value_or(attempt.receipt_sequence);
  if (receipt.outcome == T::kReceiptFailed) {
    Spend(delivery, attempt.channel, attempt.provider, Fate::kAccepted);
  }
}

// Of an attempt that is not kept any more only the good news can be believed.
std::optional<AfterReceipt> OfForgotten(const Delivery& delivery, const ReceiptOf& receipt, absl::Time now) {
  if (!IsOf(delivery, receipt) || receipt.outcome != T::kReceiptDelivered) return std::nullopt;
  std::optional<Delivery> after = Step(delivery, receipt.outcome, FactsOf(delivery), now);
  if (!after.has_value()) return std::nullopt;
  return AfterReceipt{*std::move(after)};
}

}  // namespace

bool Delivery::Spent(Channel by, absl::string_view provider) const {
  return std::any_of(spent.begin(), spent.end(),
                     [&](const SpentWay& way) { return way.channel == by && way.provider == provider; });
}

Hands HandsOf(const Delivery& delivery) {
  if (!delivery.attempts.empty() && InHand(delivery.attempts.back())) return Hands::kLast;
  const bool in_doubt = std::any_of(delivery.attempts.begin(), delivery.attempts.end(), InDoubt);
  return in_doubt || delivery.forgotten_in_doubt ? Hands::kPerhaps : Hands::kNobody;
}

bool WithDispatcher(const Delivery& delivery) {
  if (IsFinal(delivery.state)) return false;
  if (delivery.attempts.empty()) return true;
  const DeliveryAttempt& last = delivery.attempts.back();
  return last.fate != Fate::kAccepted || last.receipt == T::kReceiptFailed;
}

std::optional<Delivery> Apply(const Delivery& delivery, T trigger, absl::Time now) {
  return Step(delivery, trigger, FactsOf(delivery), now);
}

std::optional<Delivery> BeginAttempt(const Delivery& delivery, const AttemptPlan& plan, absl::Time now) {
  if (delivery.withdrawn || delivery.Spent(plan.channel, plan.provider)) return std::nullopt;
  std::optional<Delivery> after = Apply(delivery, T::kAttempt, now);
  if (!after.has_value()) return after;
  after->channel = plan.channel;
  after->masked_address = plan.masked_address;
  DeliveryAttempt attempt;
  attempt.number = ++after->attempts_made;
  attempt.at = now;
  attempt.channel = plan.channel;
  attempt.provider = plan.provider;
  Append(*after, std::move(attempt));
  return after;
}

std::optional<Delivery> EndAttempt(const Delivery& delivery, int number, const AttemptEnd& end,
                                   absl::Time now) {
  Delivery after = delivery;
  if (after.attempts.empty() || after.attempts.back().number != number) return std::nullopt;
  DeliveryAttempt& attempt = after.attempts.back();
  if (attempt.fate != Fate::kUnderWay) return std::nullopt;
  attempt.fate = attempt.receipt.has_value() ? Fate::kAccepted : end.fate;
  attempt.outcome = end.outcome;
  attempt.provider_message = end.provider_message;
  if (!end.provider_message.empty()) after.provider_message = end.provider_message;
  const bool in_doubt = attempt.fate == Fate::kUnknown && !end.repeats_safely;
  if (attempt.fate == Fate::kRefused || in_doubt) {
    Spend(after, attempt.channel, attempt.provider, attempt.fate);
  }
  if (const std::optional<Delivery> stepped = Apply(after, TriggerOf(attempt.fate), now)) after = *stepped;
  if (attempt.receipt == T::kReceiptDeferred) {
    if (const std::optional<Delivery> held = Apply(after, T::kReceiptDeferred, now)) after = *held;
  }
  return after.withdrawn ? Supersede(after, now).value_or(after) : after;
}

std::optional<Delivery> Exhaust(const Delivery& delivery, absl::Time now) {
  std::optional<Delivery> after = Apply(delivery, T::kExhaust, now);
  if (!after.has_value() || !after->attempts.empty()) return after;
  DeliveryAttempt nobody;
  nobody.number = ++after->attempts_made;
  nobody.at = now;
  nobody.channel = after->channel;
  nobody.fate = Fate::kNotTaken;
  nobody.outcome = "NO_PROVIDER";
  Append(*after, std::move(nobody));
  return after;
}

std::optional<Delivery> TakenAfterAll(const Delivery& delivery, absl::Time now) {
  if (IsFinal(delivery.state) || HandsOf(delivery) != Hands::kLast) return std::nullopt;
  if (delivery.attempts.back().fate == Fate::kAccepted) return std::nullopt;
  Delivery after = delivery;
  after.attempts.back().fate = Fate::kAccepted;
  after.updated = now;
  return after;
}

std::optional<Delivery> Supersede(const Delivery& delivery, absl::Time now) {
  if (IsFinal(delivery.state)) return std::nullopt;
  if (std::optional<Delivery> ended = Apply(delivery, T::kSupersede, now)) {
    ended->withdrawn = true;
    return ended;
  }
  if (delivery.withdrawn) return std::nullopt;
  Delivery after = delivery;
  after.withdrawn = true;
  return after;
}

const DeliveryAttempt* Named(const Delivery& delivery, const ReceiptOf& receipt) {
  for (auto attempt = delivery.attempts.rbegin(); attempt != delivery.attempts.rend(); ++attempt) {
    if (!receipt.provider.empty() && attempt->provider != receipt.provider) continue;
    if (receipt.attempt == 0 || attempt->number == receipt.attempt) return &*attempt;
  }
  return nullptr;
}

bool IsOf(const Delivery& delivery, const ReceiptOf& receipt) {
  if (Named(delivery, receipt) != nullptr) return true;
  const int oldest = delivery.attempts.empty() ? 1 : delivery.attempts.front().number;
  return receipt.attempt > 0 && receipt.attempt < oldest;
}

std::optional<AfterReceipt> TakeReceipt(const Delivery& delivery, const ReceiptOf& receipt, absl::Time now,
                                        bool another_left) {
  const DeliveryAttempt* const named = Named(delivery, receipt);
  if (named == nullptr) return OfForgotten(delivery, receipt, now);
  if (!IsNews(*named, receipt)) return std::nullopt;
  const bool present = named == &delivery.attempts.back();
  const bool was_taken = present && named->fate == Fate::kAccepted;
  AfterReceipt taken{delivery};
  DeliveryAttempt& attempt = taken.after.attempts[static_cast<size_t>(named - delivery.attempts.data())];
  Record(taken.after, attempt, receipt, now);
  // An earlier provider that keeps the message back says nothing about a later one.
  if (!present && receipt.outcome == T::kReceiptDeferred) return taken;
  const bool lives = now < delivery.expires && !delivery.withdrawn;
  const DeliveryFacts facts = FactsOf(taken.after, another_left && lives);
  if (std::optional<Delivery> stepped = Step(taken.after, receipt.outcome, facts, now)) {
    taken.after = *std::move(stepped);
    taken.requeue = was_taken && taken.after.state == DeliveryState::kQueued;
    if (taken.requeue) ++taken.after.round;
  }
  return taken;
}

}  // namespace tc::otp
