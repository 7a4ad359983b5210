// Codes of either side: sending, checking, consuming at otp. The ids of the steps hold whatever tells one
// step from another, so that a repeated call repeats the step and a different one does not.

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/rpc/handlers.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;

const CodeStep& StepOf(const Recovery& recovery, Side side) {
  return side == Side::kClaimant ? recovery.own_code : recovery.contact_code;
}

std::string SideName(Side side) { return side == Side::kClaimant ? "claim" : "contact"; }

bool IsOver(const absl::Status& status) {
  return HasReason(status, Reason::kVerificationExpired) || HasReason(status, Reason::kVerificationClosed);
}

// What a decoy's code does not meet, or not at the same time: it has no number, and other codes count for it.
bool IsLimitOfTheAccount(const absl::Status& status) {
  for (const Reason reason : {Reason::kNumberLimitReached, Reason::kAccountLimitReached,
                              Reason::kPrefixThrottled, Reason::kAddressDisabled}) {
    if (HasReason(status, reason)) return true;
  }
  return false;
}

// Refusals that not everybody would get: all but those of the call itself, its channel, the channel's budget
// and the client.
bool IsOfTheAccount(const absl::Status& status) {
  if (status.ok() || IsPassing(status)) return false;
  for (const Reason reason : {Reason::kChannelNotAvailable, Reason::kBudgetExhausted,
                              Reason::kClientLimitReached, Reason::kRequestIdReused}) {
    if (HasReason(status, reason)) return false;
  }
  return true;
}

// No code of this side will ever be right. A claimant does not learn that it is because of his address.
bool IsEndOf(const absl::Status& status, Side side) {
  return HasReason(status, Reason::kAttemptsExhausted) ||
         (side == Side::kClaimant && HasReason(status, Reason::kAddressDisabled));
}

CodeMessage ToNobody(CodeMessage message) {
  message.address = Nowhere();
  message.fallback_email.clear();
  return message;
}

absl::Status NoMoreCodes() {
  return Refuse(kResourceExhausted, Reason::kSendLimitReached, "no more codes can be sent for this recovery");
}

absl::Status WrongCode(const CodeStatus& status, absl::Time now) {
  Refusal refusal = Refuse(kInvalidArgument, Reason::kCodeMismatch, "the code is wrong");
  refusal.With("attempts_left", absl::StrCat(status.attempts_left));
  // Delays are whole seconds; less than one is only the way of this call.
  const absl::Duration delay = status.next_attempt_at - now;
  if (delay >= absl::Seconds(1)) refusal.RetryAfter(delay);
  return refusal;
}

}  // namespace

CodeBinding Handlers::BindingOf(const Recovery& recovery, Side side, int serial) const {
  CodeBinding binding;
  binding.verification = VerificationOf(recovery.id, side, serial);
  binding.side = side;
  binding.subject = side == Side::kClaimant ? recovery.subject : recovery.contact.Name();
  binding.recovery = recovery.id;
  return binding;
}

absl::StatusOr<Handlers::Sent> Handlers::FirstCode(const rpc::Call& call, Recovery& recovery,
                                                   const CodeMessage& message) const {
  const auto create = [&](const CodeMessage& how, const char* step) -> absl::StatusOr<SentCode> {
    return parts_.otp.Create(BindingOf(recovery, Side::kClaimant, 1), how,
                             parts_.tokens.StepId(recovery, {step, "1"}), call.deadline);
  };
  absl::StatusOr<SentCode> sent = create(message, "create-claim");
  // An error would tell that there is an account. Go on as if nothing were, and send nothing.
  if (!recovery.decoy && IsOfTheAccount(sent.status())) {
    obs::Info("start answered with a decoy",
              {{"recovery", recovery.id.text()}, {"reason", ReasonOf(sent.status()).value_or("")}});
    recovery = TurnIntoDecoy(recovery);
    sent = create(ToNobody(message), "create-decoy");
  }
  if (recovery.decoy && IsOfTheAccount(sent.status())) {
    recovery.subject = SubjectOfNobody(recovery);
    sent = create(ToNobody(message), "create-nobody");
  }
  if (!sent.ok()) return sent.status();
  return Sent{1, sent->status};
}

absl::StatusOr<Handlers::Sent> Handlers::NextCode(const rpc::Call& call, const Recovery& recovery, Side side,
                                                  const CodeMessage& message) const {
  const CodeStep& step = StepOf(recovery, side);
  int serial = step.serial;
  absl::StatusOr<SentCode> sent =
      Refuse(kFailedPrecondition, Reason::kVerificationExpired, "there is no code yet");
  if (serial > 0) {
    sent = parts_.otp.Resend(
        BindingOf(recovery, side, serial), message,
        parts_.tokens.StepId(recovery, {"resend", SideName(side), absl::StrCat(serial), call.request_id}),
        call.deadline);
  }
  if (!sent.ok() && IsOver(sent.status())) {
    if (!MayRenewCode(step, recovery.policy)) return NoMoreCodes();
    ++serial;
    sent = parts_.otp.Create(
        BindingOf(recovery, side, serial), message,
        parts_.tokens.StepId(recovery, {"create", SideName(side), absl::StrCat(serial), call.request_id}),
        call.deadline);
  }
  if (!sent.ok() && HasReason(sent.status(), Reason::kAttemptsExhausted))
    return Exhausted(call, recovery, side);
  // Not: that there is a number, how busy it is, and which range it is of.
  if (side == Side::kClaimant && IsLimitOfTheAccount(sent.status())) return NoMoreCodes();
  if (!sent.ok()) return sent.status();
  return Sent{serial, sent->status};
}

absl::Status Handlers::Exhausted(const rpc::Call& call, const Recovery& recovery, Side side) const {
  TRY(Change(call, recovery.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
    return side == Side::kClaimant ? LockClaim(now, call.now) : LockAnswer(now, call.now);
  }));
  return Refuse(kFailedPrecondition, Reason::kAttemptsExhausted,
                "no attempts are left; the recovery has ended");
}

absl::Status Handlers::CheckCode(const rpc::Call& call, const Recovery& recovery, Side side,
                                 const TypedCode& typed) const {
  const CodeStep& step = StepOf(recovery, side);
  if (step.serial == 0) {
    return Refuse(kFailedPrecondition, Reason::kVerificationExpired, "there is no code yet; ask for one");
  }
  const std::string request_id =
      parts_.tokens.StepId(recovery, {"check", SideName(side), absl::StrCat(step.serial),
                                      absl::StrCat(step.sends), std::string(typed.code.Reveal())});
  const absl::StatusOr<CheckedCode> checked = parts_.otp.Check(
      BindingOf(recovery, side, step.serial), typed.code, typed.client, request_id, call.deadline);
  if (!checked.ok()) {
    if (IsEndOf(checked.status(), side)) return Exhausted(call, recovery, side);
    return checked.status();  // nothing was evaluated: he waits, or passes the challenge
  }
  if (checked->matched && !recovery.decoy) return absl::OkStatus();
  if (checked->locked) return Exhausted(call, recovery, side);
  TRY(Change(call, recovery.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
    Recovery next = now;
    (side == Side::kClaimant ? next.own_code : next.contact_code).status = checked->status;
    return next;
  }));
  return WrongCode(checked->status, call.now);
}

absl::Status Handlers::ConsumeCode(const rpc::Call& call, const Recovery& recovery, Side side) const {
  const std::string serial = absl::StrCat(StepOf(recovery, side).serial);
  return parts_.otp.Consume(BindingOf(recovery, side, StepOf(recovery, side).serial),
                            parts_.tokens.StepId(recovery, {"consume", SideName(side), serial}),
                            call.deadline);
}

}  // namespace tc::recovery
