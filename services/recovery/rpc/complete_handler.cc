// The new password: mark, ask identity, write the outcome (domain/grant.h tells what every answer means).

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/recovery/domain/grant.h"
#include "services/recovery/rpc/handlers.h"

namespace tc::recovery {

absl::Status Handlers::AfterRefusal(const rpc::Call& call, const Recovery& recovery,
                                    const absl::Status& refusal) const {
  const Redemption redemption = *recovery.grant.redemption;
  if (!HasReason(refusal, Reason::kPasswordPolicyViolated)) {
    TRY(Change(call, recovery.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
      return AbandonRedemption(now, redemption);
    }));
    if (HasReason(refusal, Reason::kProofInvalid)) {
      obs::Error("identity does not accept the proof: is --recovery-jwks of this --proof-key?",
                 {{"recovery", recovery.id.text()}});
      return absl::InternalError("identity does not accept the proof");
    }
    return refusal;
  }
  const Recovery after = TRY(Change(call, recovery.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
    return RefusePassword(now, redemption, call.now);
  }));
  if (IsFinal(after.state)) return RefuseBurnt();
  Refusal answer = Refuse(absl::StatusCode::kInvalidArgument, Reason::kPasswordPolicyViolated,
                          "the password breaks rules");
  answer.With("passwords_left", absl::StrCat(PasswordsLeft(after)));
  for (const FieldViolation& v : ViolationsOf(refusal)) answer.Violation(v.field, v.reason, v.description);
  return answer;
}

absl::Status Handlers::Redeem(const rpc::Call& call, const Recovery& recovery,
                              const Secret& new_password) const {
  const Redemption& redemption = *recovery.grant.redemption;
  // The same redemption gives the same bytes: identity sees a repetition, not a second reset.
  const std::string request_id = parts_.tokens.StepId(
      recovery, {"reset", redemption.redeemer, absl::StrCat(absl::ToUnixMicros(redemption.started_at))});
  const std::string proof = parts_.proofs.Sign(recovery.principal, recovery.id, redemption.started_at);
  return parts_.identity.ResetPassword(recovery.principal, new_password, proof, request_id, call.deadline);
}

absl::StatusOr<pb::Recovery> Handlers::CompleteRecovery(const rpc::Call& call,
                                                        const pb::CompleteRecoveryRequest& in) {
  return Answer<pb::Recovery>(call, [&] { return CompleteNow(call, in); });
}

absl::StatusOr<pb::Recovery> Handlers::CompleteNow(const rpc::Call& call,
                                                   const pb::CompleteRecoveryRequest& in) const {
  const CompleteRequest request = TRY(Parse(in));
  const Recovery found = TRY(Read(request.capability));
  const std::string redeemer =
      parts_.tokens.StepId(found, {"redeem", call.peer.name, call.request_id, call.fingerprint});
  const Recovery marked = TRY(Change(call, found.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
    return BeginRedemption(now, Tokens::GrantHash(request.grant), redeemer, call.now);
  }));
  const absl::Status set = Redeem(call, marked, request.new_password);
  const bool set_before = HasReason(set, Reason::kProofUsed);
  if (!set.ok() && !set_before) {
    if (IsPassing(set)) return set;  // the mark stays: repeat the call
    return AfterRefusal(call, marked, set);
  }
  const auto complete = [&](const Recovery& before) -> absl::StatusOr<Recovery> {
    return Complete(before, call.now);
  };
  if (set_before && marked.grant.redemption->mixed) {
    // Some earlier call's password was set, and not necessarily this one.
    TRY(Change(call, found.id, complete));
    return RefuseUsed();
  }
  return parts_.once.Run<pb::Recovery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Recovery> {
    const Recovery before = TRY(Load(txn, found.id));
    return ClaimantView(TRY(Save(txn, call, before, TRY(complete(before)))), call);
  });
}

}  // namespace tc::recovery
