#pragma once

// Steps: what methods, timers and followed events do alike. Each writes everything that belongs to it in the
// caller's transaction. `protection` is changed in the caller's hands; the caller saves it.

#include <string>

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
#include "services/linking/store/outbox.h"

namespace tc::linking {

struct Stores {
  InvitationStore invitations;
  LinkStore links;
  BlockStore blocks;
  Outbox outbox;
};

// Writes what an invitation or a link has become, and does what the rows of its table say that it has taken:
// every row's events; of the last row the rest, so that people are told where it has come to, and not of what
// it has passed through in the same moment (a removal without a delay). Followers are told ids: invitations
// name their principal, their contact only where a link has come of them (L2).
absl::Status Record(kv::Txn& txn, const Stores& stores, InvitationRow row, Protection& protection,
                    absl::Time now);
absl::Status Record(kv::Txn& txn, const Stores& stores, LinkRow row, Protection& protection, absl::Time now);

// The audit log's entries of a hold that was set or moved, and of one that ended with its recovery. One whose
// time has come ends without any: its entry says until when it holds.
absl::Status EnterHold(kv::Txn& txn, const Protection& protection, const std::string& recovery,
                       absl::Time now);
absl::Status EnterRelease(kv::Txn& txn, const Protection& protection, const std::string& recovery,
                          absl::Time now);

// The audit log's entries of a sender who was blocked, and let through again.
absl::Status EnterBlock(kv::Txn& txn, const Block& block);
absl::Status EnterUnblock(kv::Txn& txn, const AccountId& contact, const BlockId& id, absl::Time now);

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
