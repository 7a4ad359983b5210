// AcceptInvitation: the moment when a link comes to be. Identity is asked outside, everything that others
// could change meanwhile is decided inside the one transaction (L5, LNK-02, LNK-03, LNK-11). No thread waits
// for either.

#include <memory>
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

// An acceptance on its way from one step to the next.
struct Handlers::Acceptance {
  Acceptance(const rpc::Call& c, rpc::Answer<pb::Link> a) : call(c), answer(std::move(a)) {}

  const rpc::Call& call;
  rpc::Answer<pb::Link> answer;
  InvitationRow seen;
  InvitationDetails details;
  LinkId link;
  LinkPeople people;
  std::string sealed_people;
};

void Handlers::AcceptInvitation(const rpc::Call& call, const pb::AcceptInvitationRequest& in,
                                rpc::Answer<pb::Link> answer) {
  auto acceptance = std::make_shared<Acceptance>(call, std::move(answer));
  absl::StatusOr<std::optional<pb::Link>> earlier = LookAtInvitation(*acceptance, in);
  if (!earlier.ok()) return acceptance->answer.Give(earlier.status());
  if (earlier->has_value()) return acceptance->answer.Give(**std::move(earlier));
  const Invitation& invitation = acceptance->seen.invitation;
  parts_.identity.AskForAcceptance(
      {invitation.invitee, invitation.principal, acceptance->details.contact_first_name,
       acceptance->details.contact_phone},
      call.deadline, [this, acceptance](const AcceptanceFacts& facts) {
        const absl::Status status = Judge(*acceptance, facts);
        if (!status.ok()) return acceptance->answer.Give(status);
        StartTakingUp(acceptance);
      });
}

absl::StatusOr<std::optional<pb::Link>> Handlers::LookAtInvitation(
    Acceptance& acceptance, const pb::AcceptInvitationRequest& in) const {
  const rpc::Call& call = acceptance.call;
  const InvitationId id = TRY(InvitationId::ParseName(in.name()));
  InvitationRow& seen = acceptance.seen;
  std::optional<std::string> earlier;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    seen = TRY(invitations().Get(txn, id));
    // An earlier answer to this call was written with the acceptance: an open invitation has none. In one
    // look, so that a twin of this call that commits meanwhile is answered, not refused.
    if (seen.invitation.state == InvitationState::kAccepted) earlier = TRY(parts_.once.RecallIn(txn, call));
    return absl::OkStatus();
  }));
  if (earlier.has_value()) return std::optional<pb::Link>(TRY(EarlierLink(*earlier)));
  // Before the age of the sign-in, which must not tell somebody else's invitation from an absent one.
  if (seen.invitation.invitee != call.person->account) return NotFound("invitation");
  TRY(RequireRecent(call));
  TRY(Apply(seen.invitation, InvitationTrigger::kAccept, Actor::kContact, call.now).status());
  acceptance.details = TRY(invitations().Open(seen));
  return std::optional<pb::Link>();
}

absl::Status Handlers::Judge(Acceptance& acceptance, const AcceptanceFacts& facts) const {
  const Eligibility own = TRY(facts.contact);
  TRY(RequireEligible(own));
  const Match match = TRY(WithoutParticulars(facts.match));
  const Eligibility principals = TRY(WithoutParticulars(facts.principal));
  TRY(MayAccept(acceptance.seen.invitation.invitee, match, own, principals, acceptance.call.now));
  acceptance.people = {acceptance.details.masked_principal, match.masked_name,
                       acceptance.details.contact_phone.Masked()};
  acceptance.link = LinkId::FromTrusted(parts_.random.ShortId());
  acceptance.sealed_people = links().Seal(acceptance.link, acceptance.people);
  return absl::OkStatus();
}

void Handlers::StartTakingUp(const std::shared_ptr<Acceptance>& acceptance) const {
  const rpc::Call& call = acceptance->call;
  auto decide = [this, acceptance](kv::Txn& txn) -> absl::StatusOr<pb::Link> {
    const absl::Time now = acceptance->call.now;
    const Link link = TRY(TakeUp(txn, *acceptance, now));
    return ToProto(link, Protection(), acceptance->people, Side::kContact, now);
  };
  parts_.once.Start<pb::Link>(call, std::move(decide), std::move(acceptance->answer));
}

absl::StatusOr<Link> Handlers::TakeUp(kv::Txn& txn, const Acceptance& acceptance, absl::Time now) const {
  InvitationRow row = TRY(invitations().Get(txn, acceptance.seen.invitation.id));
  row.invitation = TRY(Apply(std::move(row.invitation), InvitationTrigger::kAccept, Actor::kContact, now));
  row.invitation.link = acceptance.link;
  Protection protection = TRY(links().ProtectionOf(txn, row.invitation.principal));
  TRY(SettleLink(txn, parts_.stores, protection, now));
  TRY(MayBeGuarded(protection, now));
  const Duty duty = TRY(SettledDuty(txn, parts_.stores, row.invitation.invitee, parts_.policy, now));
  TRY(MayGuardAnother(duty, parts_.policy));

  const LinkRow made{Establish(acceptance.link, row.invitation, parts_.policy.reminder_interval, now),
                     acceptance.sealed_people};
  TRY(Record(txn, parts_.stores, std::move(row), protection, now));
  TRY(Record(txn, parts_.stores, made, protection, now));
  TRY(links().SaveProtection(txn, protection));
  return made.link;
}

}  // namespace tc::linking
