#pragma once

// Erasure: identity has erased an account. Its owner's masked name and phone leave what is kept here: his
// links, present and ended, the invitations that he has sent and received, his block list and the blocks
// against him. Ids stay, they tell nobody's name.

#include "common/env/clock.h"
#include "common/kv/dispatcher.h"
#include "services/linking/rpc/steps.h"

namespace tc::linking {

// For rows of kErasePerson; all arguments must outlive it. As a principal he is guarded no more: his link is
// REMOVED, his open invitation CANCELLED. As a contact he cannot confirm any more, and protection stays on:
// his links are SUSPENDED. In pages, a transaction each; what has been erased before is no harm.
kv::OutboxHandler ErasureHandler(kv::Database& database, const Stores& stores, const Clock& clock);

}  // namespace tc::linking
