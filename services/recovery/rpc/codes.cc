// Codes of either side: sending, checking, consuming at otp. The ids of the steps hold whatever tells one
// step from another, so that a repeated call repeats the step and a different one does not.

#include <string>
#include <utility>

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
  const bool refused =
      !sent.ok() && !IsPassing(sent.status()) && !HasReason(sent.status(), Reason::kChannelNotAvailable);
  if (refused) {
    // A limit of this number or person: an error here would tell that there is one. Go on as if nothing were,
    // and send nothing.
    obs::Info("start answered with a decoy",
              {{"recovery", recovery.id.text()}, {"reason", ReasonOf(sent.status()).value_or("")}});
    recovery = TurnIntoDecoy(recovery);
    CodeMessage nowhere = message;
    nowhere.address = Nowhere();
    sent = create(nowhere, "create-decoy");
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
  if (!sent.ok() && side == Side::kClaimant && HasReason(sent.status(), Reason::kNumberLimitReached)) {
    return NoMoreCodes();  // not: that there is a number, and how busy it is
  }
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
                                 const Secret& code) const {
  const CodeStep& step = StepOf(recovery, side);
  if (step.serial == 0) {
    return Refuse(kFailedPrecondition, Reason::kVerificationExpired, "there is no code yet; ask for one");
  }
  const std::string request_id =
      parts_.tokens.StepId(recovery, {"check", SideName(side), absl::StrCat(step.serial),
                                      absl::StrCat(step.sends), std::string(code.Reveal())});
  const absl::StatusOr<CheckedCode> checked =
      parts_.otp.Check(BindingOf(recovery, side, step.serial), code, request_id, call.deadline);
  if (!checked.ok()) {
    if (HasReason(checked.status(), Reason::kAttemptsExhausted)) return Exhausted(call, recovery, side);
    return checked.status();
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
