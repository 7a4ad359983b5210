// CheckVerification: charge, commit, compare, and only then approve (O2, OTP-07).

#include "common/base/status.h"
#include "services/otp/rpc/load.h"
#include "services/otp/rpc/verification_handlers.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

pb::CheckVerificationResponse Answer(bool matched, const Verification& v, absl::Time now,
                                     const Policy& policy) {
  pb::CheckVerificationResponse response;
  response.set_matched(matched);
  *response.mutable_verification() = ToProto(v, now, policy);
  return response;
}

bool ApprovedBy(const Verification& v, const rpc::Call& call) {
  return !v.approving_request_id.empty() && v.approving_request_id == call.request_id;
}

}  // namespace

absl::StatusOr<pb::CheckVerificationResponse> VerificationHandlers::CheckVerification(
    const rpc::Call& call, const pb::CheckVerificationRequest& in) {
  const BoundRequest request = TRY(Parse(call, in));
  if (desk_.switches.compare_before_charge) return CompareBeforeCharge(call, request);
  const Charged charged = TRY(ChargeAttempt(call, request));
  const Attempt& attempt = charged.after.attempts[charged.attempt];
  const Verification then = AsOfAttempt(charged.after, charged.attempt);
  if (ApprovedBy(charged.after, call)) return Answer(true, then, attempt.at, desk_.policy);
  // A repetition after a crash between the two transactions is compared again: same code, so nothing new is
  // learnt.
  const bool matched =
      attempt.code_number == charged.after.code_number && Compare(charged.after, request.code);
  if (!matched) return Answer(false, then, attempt.at, desk_.policy);
  const Verification approved = TRY(ApproveAttempt(call, request, attempt.code_number));
  return Answer(true, AsOfAttempt(approved, charged.attempt), attempt.at, desk_.policy);
}

absl::StatusOr<Charged> VerificationHandlers::ChargeAttempt(const rpc::Call& call,
                                                            const BoundRequest& request) {
  const std::string fingerprint = desk_.codes.Fingerprint(request.id, request.code.Reveal());
  Charged charged;
  TRY(desk_.database().Update([&](kv::Txn& txn) -> absl::Status {
    const Verification v = TRY(Load(txn, request.id, request.binding));
    if (request.code.Reveal().size() != static_cast<size_t>(v.code_digits)) return CodeFormat(v.code_digits);
    charged = TRY(Charge(v, call.request_id, fingerprint, call.now, desk_.policy));
    return charged.repeated ? absl::OkStatus() : SaveVerification(txn, charged.after);
  }));
  return charged;
}

absl::StatusOr<Verification> VerificationHandlers::ApproveAttempt(const rpc::Call& call,
                                                                  const BoundRequest& request,
                                                                  int code_number) {
  Verification approved;
  TRY(desk_.database().Update([&](kv::Txn& txn) -> absl::Status {
    const Verification v = TRY(Load(txn, request.id, request.binding));
    approved = TRY(Approve(v, call.request_id, code_number, call.now));
    if (approved == v) return absl::OkStatus();
    TRY(SaveVerification(txn, approved));
    TRY(ScheduleEnd(txn, approved, desk_.policy));
    return EmitVerification(txn, "VerificationApproved", approved, call.now);
  }));
  return approved;
}

bool VerificationHandlers::Compare(const Verification& v, const Secret& code) {
  if (desk_.switches.on_compare) desk_.switches.on_compare();
  const bool matches = desk_.codes.Matches(v, code.Reveal());
  (matches ? matched_ : mismatched_).Increment();
  return matches;
}

// The mutant that the concurrency test must catch: it looks, compares, and charges only afterwards.
absl::StatusOr<pb::CheckVerificationResponse> VerificationHandlers::CompareBeforeCharge(
    const rpc::Call& call, const BoundRequest& request) {
  Verification v;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    v = TRY(Load(txn, request.id, request.binding));
    return Charge(v, call.request_id, "", call.now, desk_.policy).status();
  }));
  const bool matched = Compare(v, request.code);
  const absl::StatusOr<Charged> charged = ChargeAttempt(call, request);
  return Answer(matched, charged.ok() ? charged->after : v, call.now, desk_.policy);
}

}  // namespace tc::otp
