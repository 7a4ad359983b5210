#pragma once

// What is due by time: expiry made durable and told; a contact who has not answered reminded; a hold whose
// end must be told once more; ended recoveries and what counts no more removed. Nothing here can approve
// (REC-04).

#include <map>
#include <string>

#include "common/kv/timer_runner.h"
#include "services/recovery/store/recovery_store.h"

namespace tc::recovery {

// The handlers for kv::TimerRunner. The store must outlive them.
std::map<std::string, kv::TimerHandler> TimerHandlers(const RecoveryStore& store);

}  // namespace tc::recovery
