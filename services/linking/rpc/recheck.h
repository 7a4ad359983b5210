#pragma once

// Re-checks of links: whether principal and contact are still what they must be (E5). One is enqueued when
// something has happened to either of them. Identity is asked after the commit, and what it says is judged in
// a transaction of its own. Until it has answered the link stays as it is.

#include <map>
#include <string>

#include "common/env/clock.h"
#include "common/kv/dispatcher.h"
#include "services/linking/outbound/identity_peer.h"
#include "services/linking/rpc/steps.h"

namespace tc::linking {

// Re-checks of one link are performed in the order of their commits, so that the last one has asked last.
absl::Status EnqueueRecheck(kv::Txn& txn, const LinkId& link);

// All arguments must outlive the handlers. An account that identity does not know is not eligible. A link
// that is about to be removed or has ended meanwhile is left alone.
std::map<std::string, kv::OutboxHandler> OutboxHandlers(kv::Database& database, const Stores& stores,
                                                        IdentityPeer& identity, const Clock& clock);

}  // namespace tc::linking
