#pragma once

// What recovery does upon the identity service's events: an open recovery whose principal or contact is no
// longer as he was stops at once (R12, REC-21; domain/account_news.h).

#include <string>
#include <vector>

#include "common/env/clock.h"
#include "common/rpc/event_follower.h"
#include "services/recovery/store/recovery_store.h"

namespace tc::recovery {

// Applies PhoneBound and PhoneReleased of the main number, EmailBound, EmailReleased, AccountBlocked,
// AccountFrozen, AccountDeleted and an AccountUpdated by which the confirmation was lost, to the principal's
// open recovery and to those that are laid before the contact, with all that follows from a change (Record).
// An erased person's data leaves his recoveries on either side, ended ones too.
// Ignores all else, also an event that names no account: it could never be applied, and must not stop those
// behind it. `store` and `clock` must outlive it.
rpc::EventHandler IdentityNews(const RecoveryStore& store, const Clock& clock);
// Those types: what the follower need not ask for otherwise.
std::vector<std::string> IdentityNewsTypes();

}  // namespace tc::recovery
