#pragma once

// Performs this service's outbox rows: notices, and codes that are no longer wanted. Each row takes effect
// once, by its request id; a notice also by its own id. Thread-safe.

#include <map>
#include <string>

#include "common/env/clock.h"
#include "common/kv/dispatcher.h"
#include "services/recovery/outbound/identity_peer.h"
#include "services/recovery/outbound/otp_peer.h"

namespace tc::recovery {

// The handlers for kv::Dispatcher, by kind of row. All arguments must outlive them.
std::map<std::string, kv::OutboxHandler> CourierHandlers(IdentityPeer& identity, OtpPeer& otp,
                                                         const Clock& clock);

}  // namespace tc::recovery
