#pragma once

// Steps: changes that methods, timers and followed events have in common. Each writes everything that belongs
// to it in the caller's transaction: the record, the places that name it, the event. `protection` is changed
// in the caller's hands; the caller saves it.

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "services/linking/domain/limits.h"
#include "services/linking/domain/policy.h"
#include "services/linking/domain/protection.h"
#include "services/linking/store/block_store.h"
#include "services/linking/store/invitation_store.h"
#include "services/linking/store/link_store.h"

namespace tc::linking {

struct Stores {
  InvitationStore invitations;
  LinkStore links;
  BlockStore blocks;
};

// What followers are told. Invitations name their principal; their contact only where a link has come of them
// (L2).
absl::Status Tell(kv::Txn& txn, const Invitation& invitation, absl::Time now);
absl::Status Tell(kv::Txn& txn, const Link& link, absl::Time now);

// Writes an invitation that has left PENDING and frees the principal's place for another one.
absl::Status CloseInvitation(kv::Txn& txn, const Stores& stores, const InvitationRow& row,
                             Protection& protection, absl::Time now);

// Writes a link that guards no more, takes it from both sides and files it among the ended ones.
absl::Status EndLink(kv::Txn& txn, const Stores& stores, const LinkRow& row, Protection& protection,
                     absl::Time now);

// What the clock has decided already is written down before anything else is: an open invitation that has
// expired, a removal that is due. True when there was something to write.
absl::StatusOr<bool> SettleInvitation(kv::Txn& txn, const Stores& stores, Protection& protection,
                                      absl::Time now);
absl::StatusOr<bool> SettleLink(kv::Txn& txn, const Stores& stores, Protection& protection, absl::Time now);

// The contact's duty; when it is full, removals that are due are written down first, so that they take
// nobody's place.
absl::StatusOr<Duty> SettledDuty(kv::Txn& txn, const Stores& stores, const AccountId& contact,
                                 const Policy& policy, absl::Time now);

}  // namespace tc::linking
