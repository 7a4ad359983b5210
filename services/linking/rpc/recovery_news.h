#pragma once

// What linking does upon the recovery service's events: a recovery that has ended holds its principal's link
// no longer (L8, L9).

#include "common/env/clock.h"
#include "common/rpc/event_follower.h"
#include "services/linking/rpc/steps.h"

namespace tc::linking {

// Applies "RecoveryEnded" (attributes: recovery = public id, principal = account id) and ignores all else,
// also an event that names no recovery or no account: it could never be applied, and must not stop those
// behind it. `stores` and `clock` must outlive it.
rpc::EventHandler RecoveryNews(const Stores& stores, const Clock& clock);

}  // namespace tc::linking
