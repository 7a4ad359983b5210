#pragma once

// The methods of LinkingService without gRPC: parse, ask identity, decide in one transaction, answer. What
// each promises and refuses is in linking.proto. Somebody else's invitation, link or block is NOT_FOUND, the
// same as an absent one. Thread-safe.

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/env/random.h"
#include "common/rpc/answer.h"
#include "common/rpc/call.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "services/linking/domain/policy.h"
#include "services/linking/outbound/identity_peer.h"
#include "services/linking/rpc/convert.h"
#include "services/linking/rpc/steps.h"

namespace tc::linking {

class Handlers {
 public:
  // All of them must outlive it; the policy is copied.
  struct Parts {
    const rpc::Once& once;
    const rpc::Pager& pager;
    Random& random;
    IdentityPeer& identity;
    const Stores& stores;
    Policy policy;
  };
  explicit Handlers(const Parts& parts) : parts_(parts) {}

  absl::StatusOr<pb::Invitation> CreateInvitation(const rpc::Call& call,
                                                  const pb::CreateInvitationRequest& in);
  absl::StatusOr<pb::Invitation> CancelInvitation(const rpc::Call& call,
                                                  const pb::CancelInvitationRequest& in);
  absl::StatusOr<pb::Invitation> GetInvitation(const rpc::Call& call, const pb::GetInvitationRequest& in);
  absl::StatusOr<pb::ListInvitationsResponse> ListInvitations(const rpc::Call& call,
                                                              const pb::ListInvitationsRequest& in);
  void AcceptInvitation(const rpc::Call& call, const pb::AcceptInvitationRequest& in,
                        rpc::Answer<pb::Link> answer);
  absl::StatusOr<pb::Invitation> DeclineInvitation(const rpc::Call& call,
                                                   const pb::DeclineInvitationRequest& in);

  absl::StatusOr<pb::Link> GetTrustedContact(const rpc::Call& call, const pb::GetTrustedContactRequest& in);
  absl::StatusOr<pb::ListPrincipalsResponse> ListPrincipals(const rpc::Call& call,
                                                            const pb::ListPrincipalsRequest& in);
  absl::StatusOr<pb::Link> RemoveTrustedContact(const rpc::Call& call,
                                                const pb::RemoveTrustedContactRequest& in);
  absl::StatusOr<pb::Link> Resign(const rpc::Call& call, const pb::ResignRequest& in);
  absl::StatusOr<pb::DangerReport> ReportDanger(const rpc::Call& call, const pb::ReportDangerRequest& in);
  absl::StatusOr<pb::ListLinkHistoryResponse> ListLinkHistory(const rpc::Call& call,
                                                              const pb::ListLinkHistoryRequest& in);

  absl::StatusOr<pb::ListBlockedSendersResponse> ListBlockedSenders(const rpc::Call& call,
                                                                    const pb::ListBlockedSendersRequest& in);
  absl::StatusOr<pb::UnblockSenderResponse> UnblockSender(const rpc::Call& call,
                                                          const pb::UnblockSenderRequest& in);

  absl::StatusOr<pb::Guard> GetGuard(const rpc::Call& call, const pb::GetGuardRequest& in);
  absl::StatusOr<pb::Guard> HoldGuard(const rpc::Call& call, const pb::HoldGuardRequest& in);
  absl::StatusOr<pb::Guard> RemoveGuard(const rpc::Call& call, const pb::RemoveGuardRequest& in);

 private:
  kv::Database& database() const { return parts_.once.database(); }
  const InvitationStore& invitations() const { return parts_.stores.invitations; }
  const LinkStore& links() const { return parts_.stores.links; }
  const BlockStore& blocks() const { return parts_.stores.blocks; }

  absl::StatusOr<pb::Invitation> Show(const InvitationRow& row, Side side, absl::Time now) const;
  absl::StatusOr<pb::Link> Show(const LinkRow& row, const Protection& protection, Side side,
                                absl::Time now) const;
  // Who guarded at `at`; the protection is the one of now.
  absl::StatusOr<pb::Guard> ShowGuard(kv::ReadTxn& txn, const Protection& protection, absl::Time at) const;
  // The link that was the principal's at `at`, if there was one.
  absl::StatusOr<std::optional<LinkRow>> LinkAt(kv::ReadTxn& txn, const Protection& protection,
                                                absl::Time at) const;
  // LNK-09, LNK-14: who makes or ends a link has signed in a short time ago.
  absl::Status RequireRecent(const rpc::Call& call) const;

  // An invitation that only the transaction can still refuse, and whom it would reach.
  struct Draft {
    InvitationRow row;  // its invitee still open
    InvitationDetails details;
    AccountId match;  // empty: nobody
    std::string phone_window;
  };
  absl::StatusOr<Draft> AskForInvitation(const rpc::Call& call, const WantedContact& wanted) const;
  // Refuses what is one too many, and counts this one.
  absl::Status CountInvitation(kv::Txn& txn, Protection& protection, const std::string& phone_window,
                               absl::Time now) const;

  struct Acceptance;
  // The invitation, as it is seen before identity is asked; or the answer that this call has had already.
  absl::StatusOr<std::optional<pb::Link>> LookAtInvitation(Acceptance& acceptance,
                                                           const pb::AcceptInvitationRequest& in) const;
  // What identity says about it, and what the link will remember of that.
  absl::Status Judge(Acceptance& acceptance, const AcceptanceFacts& facts) const;
  void StartTakingUp(const std::shared_ptr<Acceptance>& acceptance) const;
  // The link that it makes, decided and written.
  absl::StatusOr<Link> TakeUp(kv::Txn& txn, const Acceptance& acceptance, absl::Time now) const;

  // A link, its place in a list, and what its state depends on.
  struct ListedGuard {
    std::string key;
    LinkRow row;
    Protection protection;
  };
  // The links of one account that have not been written down as ended, in the order of their ids, from behind
  // the id `after`.
  absl::StatusOr<std::vector<ListedGuard>> Current(kv::ReadTxn& txn, const AccountId& account, Side side,
                                                   absl::string_view after) const;
  // At most `limit` of those and then of the ended ones, from behind the place `after`.
  absl::StatusOr<std::vector<ListedGuard>> History(kv::ReadTxn& txn, const AccountId& account, Side side,
                                                   absl::string_view after, size_t limit) const;

  const Parts parts_;
};

}  // namespace tc::linking
