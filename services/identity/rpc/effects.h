#pragma once

// What happens after commits: messages that leave through the outbox, and endings that the clock brings.

#include <map>
#include <string>

#include "common/env/clock.h"
#include "common/kv/dispatcher.h"
#include "common/kv/timer_runner.h"
#include "services/identity/outbound/otp_peer.h"
#include "services/identity/rpc/desk.h"
#include "services/identity/rpc/erasure.h"

namespace tc::identity {

// All arguments must outlive the handlers.
std::map<std::string, kv::OutboxHandler> OutboxHandlers(OtpPeer& otp, const Vault& vault, const Clock& clock,
                                                        const Purges& purges);
std::map<std::string, kv::TimerHandler> TimerHandlers(const Desk& desk);

}  // namespace tc::identity
