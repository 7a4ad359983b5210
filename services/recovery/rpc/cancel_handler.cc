// Cancelling: by the claimant, by the principal who is signed in, by the "this was not me" way of a notice.
// Good for as long as the grant is not being used (R8, REC-19).

#include <string>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/recovery/rpc/handlers.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;

absl::StatusOr<std::string> ParseNotMeToken(absl::string_view token) {
  // What is no token leads nowhere, like one that is not ours.
  if (token.size() != Tokens::kNotMeLength || !IsIdText(token)) return NotFound("recovery");
  return std::string(token);
}

// By what right somebody cancels; one of the three.
struct CancelTarget {
  Canceller who = Canceller::kNone;
  std::string capability;
  AccountId principal;
  std::string not_me_token;
};

absl::StatusOr<CancelTarget> TargetOf(const rpc::Call& call, const pb::CancelRecoveryRequest& in) {
  CancelTarget target;
  switch (in.target_case()) {
    case pb::CancelRecoveryRequest::kName:
      target.who = Canceller::kClaimant;
      target.capability = TRY(ParseCapability(in.name()));
      return target;
    case pb::CancelRecoveryRequest::kPrincipal:
      target.who = Canceller::kPrincipal;
      target.principal = TRY(AccountId::ParseName(in.principal(), "principal"));
      if (!call.person.has_value()) {
        return Refuse(kUnauthenticated, Reason::kPersonRequired, "the principal must be signed in");
      }
      if (target.principal != call.person->account) return NotFound("recovery");
      return target;
    case pb::CancelRecoveryRequest::kNotMeToken:
      target.who = Canceller::kNotMe;
      target.not_me_token = TRY(ParseNotMeToken(in.not_me_token()));
      return target;
    case pb::CancelRecoveryRequest::TARGET_NOT_SET:
      break;
  }
  return InvalidField("target", "FIELD_MISSING", "say which recovery is to be cancelled");
}

absl::StatusOr<Recovery> Find(kv::ReadTxn& txn, const RecoveryStore& store, const CancelTarget& target,
                              absl::Time now) {
  std::optional<Recovery> found;
  switch (target.who) {
    case Canceller::kPrincipal: {
      const PublicId open = TRY(store.LedgerOf(txn, target.principal)).open;
      if (open.has_value()) found = TRY(store.Find(txn, open));
      if (found.has_value() && !IsFinal(AsOf(*found, now).state)) return *found;
      return Refuse(kFailedPrecondition, Reason::kNoOpenRecovery, "no recovery of this account is open");
    }
    case Canceller::kNotMe:
      found = TRY(store.FindByNotMeToken(txn, target.not_me_token));
      break;
    default:
      found = TRY(store.FindByCapability(txn, target.capability));
  }
  if (!found.has_value()) return NotFound("recovery");
  return *found;
}

}  // namespace

absl::StatusOr<pb::CancelRecoveryResponse> Handlers::CancelRecovery(const rpc::Call& call,
                                                                    const pb::CancelRecoveryRequest& in) {
  const CancelTarget target = TRY(TargetOf(call, in));
  return parts_.once.Run<pb::CancelRecoveryResponse>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::CancelRecoveryResponse> {
        const Recovery before = TRY(Find(txn, parts_.store, target, call.now));
        const Recovery after = TRY(Save(txn, call, before, TRY(Cancel(before, target.who, call.now))));
        pb::CancelRecoveryResponse out;
        out.set_state(pb::RECOVERY_STATE_CANCELLED);
        *out.mutable_end_time() = ToSummary(after, call.now).end_time();
        return out;
      });
}

}  // namespace tc::recovery
