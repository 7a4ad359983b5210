#pragma once

// Re-checks of links: whether principal and contact are still what they must be (E5), and still two with two
// phones (L6). One is enqueued when a link has come to be, and when something has happened to either of them.
// Identity is asked after the commit, and what it says is judged in a transaction of its own. Until it has
// answered the link stays as it is.

#include "common/env/clock.h"
#include "common/kv/dispatcher.h"
#include "services/linking/outbound/identity_peer.h"
#include "services/linking/rpc/steps.h"

namespace tc::linking {

// For rows of kRecheckLink; all arguments must outlive it. An account that identity does not know is not
// eligible, and has nothing in common with anybody. A link that is about to be removed or has ended meanwhile
// is left alone. Who turns out to be erased is erased here, too: he may have been when the link came to be.
kv::OutboxHandler RecheckHandler(kv::Database& database, const Stores& stores, IdentityPeer& identity,
                                 const Clock& clock);

}  // namespace tc::linking
