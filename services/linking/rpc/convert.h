#pragma once

// The wire's words ⇄ the domain's values. Parsing is validation: a refusal lists every mistake of a request.

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "services/linking/domain/first_name.h"
#include "services/linking/domain/invitation.h"
#include "services/linking/domain/link.h"
#include "services/linking/domain/protection.h"
#include "services/linking/store/block_store.h"
#include "trustedcontact/linking/v1/linking.pb.h"

namespace tc::linking {

namespace pb = ::trustedcontact::linking::v1;

// On which side a reader stands.
enum class Side { kPrincipal, kContact, kOperator };

struct WantedContact {
  FirstName first_name;
  Phone phone;
};
absl::StatusOr<WantedContact> Parse(const pb::CreateInvitationRequest& in);

struct WantedHold {
  AccountId principal;
  Hold hold;
};
// `until` lies at most `limit` after `now`; one that is past already is a hold that is over.
absl::StatusOr<WantedHold> Parse(const pb::HoldGuardRequest& in, absl::Duration limit, absl::Time now);

struct WantedGuard {
  AccountId principal;
  absl::Time at;  // not after now
};
absl::StatusOr<WantedGuard> Parse(const pb::GetGuardRequest& in, absl::Time now);

struct WantedRemoval {
  AccountId principal;
  LinkId link;
  std::string recovery;
};
absl::StatusOr<WantedRemoval> Parse(const pb::RemoveGuardRequest& in);

absl::StatusOr<Side> Parse(pb::InvitationView view);
absl::StatusOr<Side> Parse(pb::LinkView view);

// The invitation as that side may see it (L2, L12): the principal what he typed, the contact whom it is from.
pb::Invitation ToProto(const Invitation& invitation, const InvitationDetails& details, Side side,
                       absl::Time now);

// The link as that side may see it: its own account, the other person masked; an operator sees both accounts
// and no names.
pb::Link ToProto(const Link& link, const Protection& protection, const LinkPeople& people, Side side,
                 absl::Time now);
void AddChanges(const Link& link, pb::Link& out);

pb::BlockedSender ToProto(const Block& block, const std::string& masked_principal);

// A principal whom nobody guards.
pb::Guard Unguarded(const AccountId& principal);
// Who guards, in the state that the link has or had.
pb::Guard ToGuard(const Link& link, LinkState state, const LinkPeople& people);

pb::DangerReport ToProto(const Link& link, const Protection& protection);

}  // namespace tc::linking
