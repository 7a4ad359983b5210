// The new password, or the deed of another purpose: mark, ask the peer, write the outcome (domain/grant.h
// tells what every answer means).

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/recovery/domain/grant.h"
#include "services/recovery/rpc/handlers.h"

namespace tc::recovery {
namespace {

// A permit for as long as a grant lives.
absl::Time PermitUntil(const Recovery& recovery) {
  return recovery.grant.redemption->started_at + recovery.policy.grant_lifetime;
}

}  // namespace

absl::Status Handlers::AfterRefusal(const rpc::Call& call, const Recovery& recovery,
                                    const absl::Status& refusal) const {
  const Redemption redemption = *recovery.grant.redemption;
  if (!HasReason(refusal, Reason::kPasswordPolicyViolated)) {
    TRY(Change(call, recovery.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
      return AbandonRedemption(now, redemption, call.now);
    }));
    if (HasReason(refusal, Reason::kProofInvalid)) {
      obs::Error("identity does not accept the proof: is --recovery-jwks of this --proof-key?",
                 {{"recovery", recovery.id.text()}});
      return absl::InternalError("identity does not accept the proof");
    }
    if (recovery.purpose == Purpose::kContactRemoval && absl::IsNotFound(refusal)) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kNoTrustedContact,
                    "the contact who was to be removed is none any more");
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
  const absl::Time started_at = recovery.grant.redemption->started_at;
  // One deed for one mark, whoever asks for it.
  const std::string deed =
      parts_.tokens.StepId(recovery, {"deed", absl::StrCat(absl::ToUnixMicros(started_at))});
  switch (recovery.purpose) {
    case Purpose::kPassword:
      return SetPassword(call, recovery, new_password);
    case Purpose::kPhoneChange:
      return parts_.identity.PermitPhoneChange(recovery.principal, PermitUntil(recovery), deed,
                                               call.deadline);
    case Purpose::kContactRemoval:
      return parts_.linking.RemoveGuard(recovery.principal, recovery.link, recovery.id, deed, call.deadline);
    case Purpose::kUnfreeze:
      return parts_.identity.Unfreeze(recovery.principal, deed, call.deadline);
  }
  return absl::InternalError("a purpose without a deed");
}

absl::Status Handlers::SetPassword(const rpc::Call& call, const Recovery& recovery,
                                   const Secret& new_password) const {
  const Redemption& redemption = *recovery.grant.redemption;
  // The same redemption gives the same bytes: identity sees a repetition, not a second reset.
  const std::string request_id = parts_.tokens.StepId(
      recovery, {"reset", redemption.redeemer, absl::StrCat(absl::ToUnixMicros(redemption.started_at))});
  const std::string proof = parts_.proofs.Sign(recovery.principal, recovery.id, redemption.started_at);
  const absl::Duration restricted = recovery.policy.restricted_period;
  const absl::Time until =
      restricted > absl::ZeroDuration() ? redemption.started_at + restricted : absl::InfinitePast();
  return parts_.identity.ResetPassword(recovery.principal, new_password, proof, until, request_id,
                                       call.deadline);
}

absl::StatusOr<pb::Recovery> Handlers::CompleteRecovery(const rpc::Call& call,
                                                        const pb::CompleteRecoveryRequest& in) {
  return Answer<pb::Recovery>(call, [&] { return CompleteNow(call, in); });
}

absl::StatusOr<pb::Recovery> Handlers::CompleteNow(const rpc::Call& call,
                                                   const pb::CompleteRecoveryRequest& in) const {
  const absl::StatusOr<std::string> capability = ParseCapability(in.name());
  if (!capability.ok()) return Parse(in, Purpose::kPassword).status();
  const Recovery found = TRY(Read(*capability));
  const CompleteRequest request = TRY(Parse(in, found.purpose));
  const std::string redeemer =
      parts_.tokens.StepId(found, {"redeem", call.peer.name, call.request_id, call.fingerprint});
  const Recovery marked = TRY(Change(call, found.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
    return BeginRedemption(now, Tokens::HashOf(request.grant), redeemer, call.now);
  }));
  const absl::Status set = Redeem(call, marked, request.new_password);
  const bool set_before = HasReason(set, Reason::kProofUsed);
  if (!set.ok() && !set_before) {
    if (IsPassing(set)) return set;  // the mark stays: repeat the call
    return AfterRefusal(call, marked, set);
  }
  if (set_before) return CompleteUsedBefore(call, marked, request.capability);
  return parts_.once.Run<pb::Recovery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Recovery> {
    const Recovery before = TRY(Load(txn, found.id));
    const Recovery after = TRY(Complete(before, call.now));
    return ClaimantView(TRY(Save(txn, call, before, after)), request.capability, call);
  });
}

absl::StatusOr<pb::Recovery> Handlers::CompleteUsedBefore(const rpc::Call& call, const Recovery& marked,
                                                          const std::string& capability) const {
  const Redemption& redemption = *marked.grant.redemption;
  bool mine = false;
  absl::StatusOr<pb::Recovery> answer =
      parts_.once.Run<pb::Recovery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Recovery> {
        const Recovery before = TRY(Load(txn, marked.id));
        const UsedBefore used = TRY(CompleteUsed(before, redemption, call.now));
        mine = used.mine;
        // Somebody else's: its end is written down below, and this call is refused.
        if (!mine) return RefuseUsed();
        return ClaimantView(TRY(Save(txn, call, before, used.next)), capability, call);
      });
  if (answer.ok() || mine || !HasReason(answer.status(), Reason::kGrantUsed)) return answer;
  TRY(Change(call, marked.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
    return TRY(CompleteUsed(now, redemption, call.now)).next;
  }));
  return answer;
}

}  // namespace tc::recovery
