// AcceptInvitation: the moment when a link comes to be. Identity is asked outside, everything that others
// could change meanwhile is decided inside the one transaction (L5, LNK-02, LNK-03, LNK-11).

#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/rpc/handlers.h"

namespace tc::linking {
namespace {

// An account of the principal's that has vanished must not look different from one that is not eligible.
template <typename T>
absl::StatusOr<T> WithoutParticulars(absl::StatusOr<T> answer) {
  if (absl::IsNotFound(answer.status())) return NotForYouNow();
  return answer;
}

absl::StatusOr<pb::Link> EarlierLink(const std::string& answer) {
  pb::Link link;
  if (!link.ParseFromString(answer)) return absl::DataLossError("an earlier answer does not decode");
  return link;
}

}  // namespace

absl::StatusOr<LinkPeople> Handlers::AskForAcceptance(const rpc::Call& call, const InvitationRow& row) const {
  const AccountId& contact = call.person->account;
  const AccountId& principal = row.invitation.principal;
  const InvitationDetails details = TRY(invitations().Open(row));
  IdentityPeer& identity = parts_.identity;
  const Eligibility own = TRY(identity.CheckEligibility(contact, EligibilityRole::kContact, call.deadline));
  TRY(RequireEligible(own));
  const Match match = TRY(WithoutParticulars(
      identity.MatchContact(principal, details.contact_first_name, details.contact_phone, call.deadline)));
  const Eligibility principals = TRY(
      WithoutParticulars(identity.CheckEligibility(principal, EligibilityRole::kPrincipal, call.deadline)));
  TRY(MayAccept(contact, match, own, principals));
  return LinkPeople{details.masked_principal, match.masked_name, details.contact_phone.Masked()};
}

absl::StatusOr<pb::Link> Handlers::AcceptInvitation(const rpc::Call& call,
                                                    const pb::AcceptInvitationRequest& in) {
  const InvitationId id = TRY(InvitationId::ParseName(in.name()));
  const AccountId& contact = call.person->account;
  InvitationRow seen;
  std::optional<std::string> earlier;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    seen = TRY(invitations().Get(txn, id));
    // An earlier answer to this call was written with the acceptance: an open invitation has none. In one
    // look, so that a twin of this call that commits meanwhile is answered, not refused.
    if (seen.invitation.state == InvitationState::kAccepted) earlier = TRY(parts_.once.RecallIn(txn, call));
    return absl::OkStatus();
  }));
  if (earlier.has_value()) return EarlierLink(*earlier);
  if (seen.invitation.invitee != contact) return NotFound("invitation");
  TRY(Apply(seen.invitation, InvitationTrigger::kAccept, Actor::kContact, call.now).status());
  const LinkPeople people = TRY(AskForAcceptance(call, seen));
  const LinkId link_id = LinkId::FromTrusted(parts_.random.ShortId());
  const std::string sealed_people = links().Seal(link_id, people);

  return parts_.once.Run<pb::Link>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Link> {
    const Link link = TRY(TakeUp(txn, id, link_id, sealed_people, call.now));
    return ToProto(link, Protection(), people, Side::kContact, call.now);
  });
}

absl::StatusOr<Link> Handlers::TakeUp(kv::Txn& txn, const InvitationId& id, const LinkId& link_id,
                                      const std::string& sealed_people, absl::Time now) const {
  InvitationRow row = TRY(invitations().Get(txn, id));
  row.invitation = TRY(Apply(std::move(row.invitation), InvitationTrigger::kAccept, Actor::kContact, now));
  row.invitation.link = link_id;
  Protection protection = TRY(links().ProtectionOf(txn, row.invitation.principal));
  TRY(SettleLink(txn, parts_.stores, protection, now));
  TRY(MayBeGuarded(protection));
  Duty duty = TRY(SettledDuty(txn, parts_.stores, row.invitation.invitee, parts_.policy, now));
  TRY(MayGuardAnother(duty, parts_.policy));

  TRY(CloseInvitation(txn, parts_.stores, row, protection, now));
  const LinkRow made{Establish(link_id, row.invitation, now), sealed_people};
  protection.link = link_id;
  duty.links.push_back(link_id);
  TRY(links().Save(txn, made));
  TRY(links().SaveProtection(txn, protection));
  TRY(links().SaveDuty(txn, duty));
  TRY(Tell(txn, made.link, now));
  return made.link;
}

}  // namespace tc::linking
