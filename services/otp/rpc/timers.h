#pragma once

// What the clock does to records: ends become durable, kept times end. The handlers for kv::TimerRunner; pure
// but for their transaction.

#include <map>
#include <string>

#include "common/kv/timer_runner.h"
#include "services/otp/domain/policy.h"

namespace tc::otp {

std::map<std::string, kv::TimerHandler> TimerHandlers(const Policy& policy);

}  // namespace tc::otp
