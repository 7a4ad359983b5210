// CreateInvitation: the same answer after the same time, whomever it reaches, if anybody (L2).

#include <utility>

#include "common/base/status.h"
#include "services/linking/rpc/handlers.h"
#include "services/linking/rpc/timers.h"

namespace tc::linking {

absl::StatusOr<Handlers::Draft> Handlers::AskForInvitation(const rpc::Call& call,
                                                           const WantedContact& wanted) const {
  const AccountId& principal = call.person->account;
  IdentityPeer& identity = parts_.identity;
  // The same questions in the same order, whatever the answers: their time must not tell whether somebody
  // fits.
  const Eligibility eligibility =
      TRY(identity.CheckEligibility(principal, EligibilityRole::kPrincipal, call.deadline));
  std::string masked_principal = TRY(identity.MaskedName(principal, call.deadline));
  Match match = TRY(identity.MatchContact(principal, wanted.first_name, wanted.phone, call.deadline));
  TRY(RequireEligible(eligibility));
  TRY(RefuseRestricted(eligibility.restricted_until, call.now));
  TRY(RefuseConflicts(match));

  Draft draft;
  draft.details = {wanted.first_name, wanted.phone, wanted.phone.Masked(), std::move(masked_principal)};
  draft.match = std::move(match.account);
  draft.phone_window = invitations().PhoneWindow(wanted.phone);
  const InvitationId id = InvitationId::FromTrusted(parts_.random.ShortId());
  draft.row.invitation = Offer(id, principal, parts_.policy.invitation_lifetime, call.now);
  draft.row.sealed_details = invitations().Seal(id, draft.details);
  return draft;
}

absl::Status Handlers::CountInvitation(kv::Txn& txn, Protection& protection, const std::string& phone_window,
                                       absl::Time now) const {
  TRY(MayInvite(protection, parts_.policy, now));
  std::vector<absl::Time> to_phone = TRY(invitations().Recent(txn, phone_window));
  TRY(WithinLimit(to_phone, parts_.policy.invitations_per_phone, now));
  for (std::vector<absl::Time>* times : {&protection.recent_invitations, &to_phone}) {
    DropOld(*times, now);
    times->push_back(now);
  }
  TRY(invitations().SaveRecent(txn, phone_window, to_phone));
  return txn.Schedule(ShrinkPhoneWindowAt(phone_window, now + kWindow));
}

absl::StatusOr<pb::Invitation> Handlers::CreateInvitation(const rpc::Call& call,
                                                          const pb::CreateInvitationRequest& in) {
  if (const auto earlier = TRY(parts_.once.Replay<pb::Invitation>(call))) return *earlier;
  TRY(RequireRecent(call));
  const Draft draft = TRY(AskForInvitation(call, TRY(Parse(in))));
  return parts_.once.Run<pb::Invitation>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Invitation> {
    InvitationRow row = draft.row;
    const AccountId& principal = row.invitation.principal;
    Protection protection = TRY(links().ProtectionOf(txn, principal));
    TRY(SettleLink(txn, parts_.stores, protection, call.now));
    TRY(SettleInvitation(txn, parts_.stores, protection, call.now));
    TRY(CountInvitation(txn, protection, draft.phone_window, call.now));
    const bool blocked = TRY(blocks().IsBlocked(txn, draft.match, principal));
    if (!blocked) row.invitation.invitee = draft.match;
    TRY(txn.Schedule(EraseInvitationAt(row.invitation, call.now + parts_.policy.invitation_retention)));
    TRY(Record(txn, parts_.stores, row, protection, call.now));
    TRY(links().SaveProtection(txn, protection));
    return ToProto(row.invitation, draft.details, Side::kPrincipal, call.now);
  });
}

}  // namespace tc::linking
