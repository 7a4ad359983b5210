#pragma once

// What linking does upon the recovery service's events: a recovery that has ended holds its principal no
// longer (L8, L9), and for a time after a recovered password or a fraud nobody changes his contact (REC-18).

#include <string>
#include <vector>

#include "common/env/clock.h"
#include "common/rpc/event_follower.h"
#include "services/linking/rpc/steps.h"

namespace tc::linking {

// Applies
//   RecoveryEnded      attributes recovery (public id), principal (account)
//   RecoveryCompleted  principal, restricted_until (microseconds since 1970, decimal; absent: no restriction)
//   RecoveryRejected   principal, frozen_until (the same form; absent: no fraud)
// and ignores all else, also an event that names no recovery, no account or no time: it could never be
// applied, and must not stop those behind it. `stores` and `clock` must outlive it.
rpc::EventHandler RecoveryNews(const Stores& stores, const Clock& clock);
// Those types: what the follower need not ask for otherwise.
std::vector<std::string> RecoveryNewsTypes();

}  // namespace tc::linking
