#pragma once

// Courier: performs this service's outbox rows after their commit.

#include <map>
#include <string>

#include "common/env/clock.h"
#include "common/kv/dispatcher.h"
#include "services/linking/outbound/identity_peer.h"
#include "services/linking/rpc/steps.h"

namespace tc::linking {

// The handlers for kv::Dispatcher, by kind of row: notices and freezes go to identity, each once by the row's
// request id; links are checked again; persons are erased. All arguments must outlive them. A notice to
// nobody ends here (L2). A freeze of an account whose state does not allow one is done: it can do nothing.
std::map<std::string, kv::OutboxHandler> OutboxHandlers(kv::Database& database, const Stores& stores,
                                                        IdentityPeer& identity, const Clock& clock);

}  // namespace tc::linking
