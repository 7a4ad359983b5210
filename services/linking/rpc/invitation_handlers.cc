// Invitations: taken back, declined, read. Made: create_handler.cc. Accepted: accept_handler.cc.

#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/rpc/cut.h"
#include "services/linking/rpc/handlers.h"

namespace tc::linking {
namespace {

// On which side of this invitation the person stands; NOT_FOUND for a stranger.
absl::StatusOr<Side> SideOf(const Invitation& invitation, const AccountId& person) {
  if (invitation.principal == person) return Side::kPrincipal;
  if (invitation.invitee == person) return Side::kContact;
  return NotFound("invitation");
}

}  // namespace

absl::StatusOr<pb::Invitation> Handlers::Show(const InvitationRow& row, Side side, absl::Time now) const {
  return ToProto(row.invitation, TRY(invitations().Open(row)), side, now);
}

absl::StatusOr<pb::Invitation> Handlers::CancelInvitation(const rpc::Call& call,
                                                          const pb::CancelInvitationRequest& in) {
  const InvitationId id = TRY(InvitationId::ParseName(in.name()));
  return parts_.once.Run<pb::Invitation>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Invitation> {
    InvitationRow row = TRY(invitations().Get(txn, id));
    if (row.invitation.principal != call.person->account) return NotFound("invitation");
    row.invitation =
        TRY(Apply(std::move(row.invitation), InvitationTrigger::kCancel, Actor::kPrincipal, call.now));
    Protection protection = TRY(links().ProtectionOf(txn, row.invitation.principal));
    TRY(Record(txn, parts_.stores, row, protection, call.now));
    TRY(links().SaveProtection(txn, protection));
    return Show(row, Side::kPrincipal, call.now);
  });
}

absl::StatusOr<pb::Invitation> Handlers::DeclineInvitation(const rpc::Call& call,
                                                           const pb::DeclineInvitationRequest& in) {
  const InvitationId id = TRY(InvitationId::ParseName(in.name()));
  const BlockId block_id = BlockId::FromTrusted(parts_.random.ShortId());
  return parts_.once.Run<pb::Invitation>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Invitation> {
    InvitationRow row = TRY(invitations().Get(txn, id));
    if (row.invitation.invitee != call.person->account) return NotFound("invitation");
    row.invitation =
        TRY(Apply(std::move(row.invitation), InvitationTrigger::kDecline, Actor::kContact, call.now));
    Protection protection = TRY(links().ProtectionOf(txn, row.invitation.principal));
    TRY(Record(txn, parts_.stores, row, protection, call.now));
    TRY(links().SaveProtection(txn, protection));
    const InvitationDetails details = TRY(invitations().Open(row));
    const bool blocked = TRY(blocks().IsBlocked(txn, row.invitation.invitee, row.invitation.principal));
    if (in.block_sender() && !blocked) {
      const Block block{block_id, row.invitation.invitee, row.invitation.principal, call.now};
      TRY(blocks().Insert(txn, {block, blocks().Seal(block_id, details.masked_principal)}));
      TRY(EnterBlock(txn, block));
    }
    return ToProto(row.invitation, details, Side::kContact, call.now);
  });
}

absl::StatusOr<pb::Invitation> Handlers::GetInvitation(const rpc::Call& call,
                                                       const pb::GetInvitationRequest& in) {
  const InvitationId id = TRY(InvitationId::ParseName(in.name()));
  InvitationRow row;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    row = TRY(invitations().Get(txn, id));
    return absl::OkStatus();
  }));
  const Side side = TRY(SideOf(row.invitation, call.person->account));
  return Show(row, side, call.now);
}

absl::StatusOr<pb::ListInvitationsResponse> Handlers::ListInvitations(const rpc::Call& call,
                                                                      const pb::ListInvitationsRequest& in) {
  const Side side = TRY(Parse(in.view()));
  const AccountId& person = call.person->account;
  const std::string list =
      absl::StrCat("invitations/", person.text(), side == Side::kPrincipal ? "/SENT" : "/RECEIVED");
  const rpc::Page page = TRY(parts_.pager.Parse(in.page_size(), in.page_token(), list));
  std::vector<ListedInvitation> rows;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    rows = TRY(side == Side::kPrincipal ? invitations().Sent(txn, person, page.after, page.size + 1)
                                        : invitations().Received(txn, person, page.after, page.size + 1));
    return absl::OkStatus();
  }));
  pb::ListInvitationsResponse out;
  out.set_next_page_token(CutToPage(rows, page, parts_.pager, list));
  for (const ListedInvitation& listed : rows) *out.add_invitations() = TRY(Show(listed.row, side, call.now));
  return out;
}

}  // namespace tc::linking
