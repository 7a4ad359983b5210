#include "services/otp/rpc/sender.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "services/otp/domain/message.h"
#include "services/otp/domain/routing.h"
#include "services/otp/outbound/provider.h"
#include "services/otp/rpc/onward.h"
#include "services/otp/rpc/recorder.h"
#include "services/otp/rpc/send_guard.h"
#include "services/otp/rpc/switchboard.h"
#include "services/otp/store/delivery_store.h"
#include "services/otp/store/sealed.h"

namespace tc::otp {
namespace {

// A code lives for minutes: it is worth asking again soon.
constexpr absl::Duration kLongestPauseOfCode = absl::Seconds(15);

// The first way is the message's own.
Message Along(const Message& message, size_t way) {
  Message out = message;
  out.alternatives.clear();
  if (way == 0) return out;
  const Way& other = message.alternatives[way - 1];
  out.channel = other.channel;
  out.to = other.to;
  out.masked_address = other.masked_address;
  out.text = other.text;
  // A provider of both channels must not take the call for the SMS again.
  out.request_id = crypto::DerivedUuid({message.request_id, ChannelName(other.channel)});
  return out;
}

// What a crash in the middle of an attempt leaves: nobody knows what came of it.
Delivery Resumed(const Delivery& delivery, const std::vector<Line>& lines, absl::Time now) {
  if (delivery.attempts.empty() || delivery.attempts.back().fate != Fate::kUnderWay) return delivery;
  const DeliveryAttempt& last = delivery.attempts.back();
  const auto line = std::find_if(lines.begin(), lines.end(),
                                 [&](const Line& candidate) { return candidate.name == last.provider; });
  const bool repeats = line != lines.end() && line->repeats_safely;
  return EndAttempt(delivery, last.number, {Fate::kUnknown, "CUT_OFF", "", repeats}, now).value_or(delivery);
}

bool AskedBefore(const Delivery& delivery, const DeliveryAttempt& attempt) {
  return std::any_of(delivery.attempts.begin(), delivery.attempts.end(), [&](const DeliveryAttempt& earlier) {
    return earlier.number != attempt.number && earlier.channel == attempt.channel &&
           earlier.provider == attempt.provider;
  });
}

// Its first channel was paid for when it was admitted; each further one is when it is first tried.
bool Unpaid(const Delivery& delivery, Channel channel) {
  return channel != delivery.ways.front() &&
         std::find(delivery.paid.begin(), delivery.paid.end(), channel) == delivery.paid.end();
}

absl::Status SaveBegun(kv::Txn& txn, Delivery delivery) {
  const DeliveryAttempt& attempt = delivery.attempts.back();
  const bool first = delivery.attempts_made == 1;
  if (!first && !AskedBefore(delivery, attempt)) TRY(TellMovedOn(txn, delivery));
  return Record(txn, delivery);
}

// As if the provider had refused it: nobody is asked.
absl::Status SaveUnaffordable(kv::Txn& txn, const Delivery& begun, absl::Time now) {
  const AttemptEnd end{Fate::kRefused, "BUDGET_EXHAUSTED", "", true};
  Delivery after = EndAttempt(begun, begun.attempts_made, end, now).value_or(begun);
  return Record(txn, after);
}

// One run of a row.
class Run {
 public:
  Run(const Desk& desk, const Clock& clock, const ReceiptUrl& receipt_url, const kv::OutboxRow& row,
      Message message, int number)
      : desk_(desk),
        clock_(clock),
        receipt_url_(receipt_url),
        row_(row),
        message_(std::move(message)),
        number_(number) {}

  // The steps of a whole attempt, which slow down what follows as much as a real one does (REC-01); nobody is
  // asked.
  absl::Status AcceptDecoy() const;
  // One attempt, whole. False: there is no other in this run.
  absl::StatusOr<bool> Step();
  // The answer for the dispatcher, after the last step.
  absl::Status Answer() const;

 private:
  struct Offer {
    Switchboard::Turn turn;
    AttemptPlan plan;
    Message message;
  };
  bool Wants(const std::optional<Delivery>& delivery, absl::Time now) const;
  absl::Status Settle(bool nobody_left) const;
  absl::StatusOr<bool> Ask(const Offer& offer);
  absl::StatusOr<int> Begin(const AttemptPlan& plan) const;
  absl::StatusOr<bool> End(int attempt, const AttemptEnd& end) const;

  const Desk& desk_;
  const Clock& clock_;
  const ReceiptUrl& receipt_url_;
  const kv::OutboxRow& row_;
  const Message message_;
  const int number_;  // the delivery's round that the row belongs to
  Round round_;
  std::optional<absl::Time> later_;
  std::string outcome_;  // of the last attempt
};

bool Run::Wants(const std::optional<Delivery>& delivery, absl::Time now) const {
  return delivery.has_value() && delivery->round == number_ && !delivery->withdrawn &&
         !IsFinal(delivery->state) && now < message_.expires;
}

absl::Status Run::AcceptDecoy() const {
  const std::vector<Line> lines = desk_.switchboard.Lines(clock_.Now());
  const auto line = std::find_if(lines.begin(), lines.end(),
                                 [&](const Line& candidate) { return candidate.Carries(message_.channel); });
  const AttemptPlan plan{message_.channel, message_.masked_address, line == lines.end() ? "" : line->name};
  const int attempt = TRY(Begin(plan));
  if (attempt == 0) return absl::OkStatus();
  return End(attempt, {Fate::kAccepted, "ACCEPTED", "", true}).status();
}

absl::StatusOr<bool> Run::Step() {
  const absl::Time now = clock_.Now();
  std::optional<Delivery> delivery;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    delivery = TRY(FindDelivery(txn, message_.delivery));
    return absl::OkStatus();
  }));
  later_ = std::nullopt;
  if (!Wants(delivery, now)) return false;
  const std::vector<Line> lines = desk_.switchboard.Lines(now);
  const Delivery resumed = Resumed(*delivery, lines, now);
  const bool taken = HandsOf(resumed) == Hands::kLast;
  const Route route = taken ? Route() : NextHop(resumed, lines, round_, now);
  if (!route.hop.has_value()) {
    later_ = route.later;
    TRY(Settle(!taken && !later_.has_value()));
    return false;
  }
  const std::optional<Switchboard::Turn> turn = desk_.switchboard.Admit(route.hop->line, now);
  if (!turn.has_value()) return true;  // somebody else makes the probe: look again
  const Message message = Along(message_, route.hop->way);
  return Ask({*turn, {message.channel, message.masked_address, lines[turn->line].name}, message});
}

// Nobody is asked now: a provider has the message, or nobody is left, or later.
absl::Status Run::Settle(bool nobody_left) const {
  const absl::Time now = clock_.Now();
  const std::vector<Line> lines = desk_.switchboard.Lines(now);
  return desk_.database()
      .Update([&](kv::Txn& txn) -> absl::Status {
        const std::optional<Delivery> found = TRY(FindDelivery(txn, message_.delivery));
        if (!Wants(found, now)) return absl::OkStatus();
        Delivery delivery = Resumed(*found, lines, now);
        if (HandsOf(delivery) == Hands::kLast) {
          delivery = TakenAfterAll(delivery, now).value_or(delivery);
          TRY(HoldWhileTaken(txn, desk_, delivery, row_.payload, message_.request_id, now));
        } else {
          const std::optional<Delivery> after =
              nobody_left ? Exhaust(delivery, now) : Apply(delivery, DeliveryTrigger::kPostpone, now);
          delivery = after.value_or(delivery);
        }
        return delivery == *found ? absl::OkStatus() : Record(txn, delivery);
      })
      .status();
}

absl::StatusOr<bool> Run::Ask(const Offer& offer) {
  const absl::StatusOr<int> attempt = Begin(offer.plan);
  if (!attempt.ok() || *attempt == 0) {
    desk_.switchboard.Release(offer.turn);
    if (!attempt.ok()) return attempt.status();
    return true;  // something has changed meanwhile: look again
  }
  Provider& provider = desk_.switchboard.provider(offer.turn.line);
  Handover handover{clock_.Now(), ""};
  if (receipt_url_) handover.receipt_url = receipt_url_(message_.delivery, *attempt, offer.plan.provider);
  const absl::StatusOr<Acceptance> result = provider.Send(offer.message, handover);
  desk_.switchboard.Report(offer.turn, offer.plan.channel, result.status(), clock_.Now());
  round_.tried.emplace_back(offer.plan.channel, offer.plan.provider);
  AttemptEnd end{FateOf(result.status()), "ACCEPTED", "", provider.info().repeats_safely};
  if (result.ok()) end.provider_message = result->provider_message;
  if (!result.ok()) end.outcome = std::string(result.status().message());
  outcome_ = end.outcome;
  return End(*attempt, end);
}

// The number of the attempt; 0: it may not be made.
absl::StatusOr<int> Run::Begin(const AttemptPlan& plan) const {
  const absl::Time now = clock_.Now();
  const std::vector<Line> lines = desk_.switchboard.Lines(now);
  int number = 0;
  Noted noted;
  TRY(desk_.database().Update([&](kv::Txn& txn) -> absl::Status {
    number = 0;
    noted = {};
    const std::optional<Delivery> delivery = TRY(FindDelivery(txn, message_.delivery));
    if (!Wants(delivery, now)) return absl::OkStatus();
    std::optional<Delivery> after = BeginAttempt(Resumed(*delivery, lines, now), plan, now);
    if (!after.has_value()) return absl::OkStatus();
    if (Unpaid(*after, plan.channel)) {
      const absl::Status budget = AdmitFallOver(txn, desk_, message_, plan.channel, now, noted);
      if (HasReason(budget, Reason::kBudgetExhausted)) return SaveUnaffordable(txn, *after, now);
      TRY(budget);
      after->paid.push_back(plan.channel);
    }
    number = after->attempts_made;
    return SaveBegun(txn, *after);
  }));
  Announce(desk_, noted, now);
  return number;
}

// Whether there may be another attempt.
absl::StatusOr<bool> Run::End(int attempt, const AttemptEnd& end) const {
  const absl::Time now = clock_.Now();
  bool go_on = false;
  TRY(desk_.database().Update([&](kv::Txn& txn) -> absl::Status {
    go_on = false;
    const std::optional<Delivery> delivery = TRY(FindDelivery(txn, message_.delivery));
    if (!delivery.has_value()) return absl::OkStatus();
    std::optional<Delivery> after = EndAttempt(*delivery, attempt, end, now);
    if (!after.has_value()) return absl::OkStatus();
    go_on = WithDispatcher(*after);
    TRY(HoldWhileTaken(txn, desk_, *after, row_.payload, message_.request_id, now));
    return Record(txn, *after);
  }));
  return go_on;
}

absl::Status Run::Answer() const {
  if (!later_.has_value()) return absl::OkStatus();
  absl::Duration pause = std::max(absl::ZeroDuration(), *later_ - clock_.Now());
  if (!message_.code.empty()) pause = std::min(pause, kLongestPauseOfCode);
  return Refuse(absl::StatusCode::kUnavailable, Reason::kChannelNotAvailable,
                "no provider takes the message now")
      .With("outcome", outcome_)
      .RetryAfter(pause);
}

}  // namespace

absl::Status Sender::Perform(const kv::OutboxRow& row) {
  Message message = TRY(Open(desk_.sealer, row.payload));
  if (message.request_id.empty()) message.request_id = row.request_id;
  const bool decoy = message.to.decoy();
  Run run(desk_, clock_, receipt_url_, row, std::move(message), TRY(RoundOf(row.payload)));
  if (decoy) return run.AcceptDecoy();
  while (TRY(run.Step())) {
  }
  return run.Answer();
}

}  // namespace tc::otp
