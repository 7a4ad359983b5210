#include "services/recovery/domain/occurrence.h"

#include <optional>

#include "absl/strings/str_cat.h"

namespace tc::recovery {
namespace {

Occurrence Make(const char* type, const Recovery& recovery) {
  Occurrence made{type, {{"recovery", recovery.id.text()}, {"principal", recovery.principal.text()}}};
  if (recovery.contact.has_value()) {
    made.attributes["contact"] = recovery.contact.text();
    made.attributes["link"] = recovery.link.text();
  }
  return made;
}

void AddTime(Occurrence& occurrence, const char* name, absl::Time time) {
  if (time != absl::InfinitePast()) occurrence.attributes[name] = absl::StrCat(absl::ToUnixMicros(time));
}

Occurrence Rejected(const Recovery& recovery) {
  Occurrence made = Make("RecoveryRejected", recovery);
  made.attributes["reason"] = std::string(RejectReasonName(recovery.reject_reason));
  AddTime(made, "frozen_until", FrozenUntil(recovery));
  return made;
}

Occurrence Completed(const Recovery& recovery) {
  Occurrence made = Make("RecoveryCompleted", recovery);
  made.attributes["purpose"] = std::string(PurposeName(recovery.purpose));
  AddTime(made, "restricted_until", RestrictedUntil(recovery));
  return made;
}

std::optional<Occurrence> Of(const Recovery& after, Effect effect) {
  switch (effect) {
    case Effect::kEventAwaitingContact:
      return Make("RecoveryAwaitingContact", after);
    case Effect::kEventHeld: {
      Occurrence held = Make("RecoveryHeld", after);
      held.attributes["reason"] = std::string(HoldReasonName(after.hold_reason));
      return held;
    }
    case Effect::kEventInPerson:
      return Make("RecoveryInPerson", after);
    case Effect::kEventApproved:
      return Make("RecoveryApproved", after);
    case Effect::kEventRejected:
      return Rejected(after);
    case Effect::kEventCompleted:
      return Completed(after);
    case Effect::kEventEnded:
      return after.hold_taken ? std::optional(EndOf(after)) : std::nullopt;
    case Effect::kTellStarted:
    case Effect::kAskContact:
    case Effect::kTellApproved:
    case Effect::kTellRejected:
    case Effect::kTellHeld:
    case Effect::kTellInPerson:
    case Effect::kTellEnded:
    case Effect::kTellCompleted:
    case Effect::kCancelOwnCode:
    case Effect::kCancelContactCode:
    case Effect::kFreezeOnFraud:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

absl::Time RestrictedUntil(const Recovery& ended) {
  const bool restricts =
      ended.purpose == Purpose::kPassword && ended.policy.restricted_period > absl::ZeroDuration();
  if (!restricts || !ended.ended_at.has_value()) return absl::InfinitePast();
  return *ended.ended_at + ended.policy.restricted_period;
}

absl::Time FrozenUntil(const Recovery& rejected) {
  if (rejected.reject_reason != RejectReason::kFraud || !rejected.ended_at.has_value())
    return absl::InfinitePast();
  return *rejected.ended_at + rejected.policy.fraud_freeze;
}

Occurrence EndOf(const Recovery& recovery) {
  Occurrence ended = Make("RecoveryEnded", recovery);
  ended.attributes["state"] = std::string(StateName(recovery.state));
  if (recovery.state == State::kCancelled)
    ended.attributes["by"] = std::string(CancellerName(recovery.canceller));
  // The outcome of a redemption that nobody asked for again is unknown: a password may have been set.
  if (recovery.state == State::kExpired && recovery.grant.redemption.has_value())
    AddTime(ended, "restricted_until", RestrictedUntil(recovery));
  return ended;
}

std::vector<Occurrence> OccurrencesFor(const Recovery& after) {
  std::vector<Occurrence> list;
  if (after.decoy) return list;
  for (const RecoveryTransition& row : after.taken) {
    for (const Effect effect : kAllEffects) {
      if (!row.effects.Has(effect)) continue;
      if (const std::optional<Occurrence> occurrence = Of(after, effect)) list.push_back(*occurrence);
    }
  }
  return list;
}

}  // namespace tc::recovery
