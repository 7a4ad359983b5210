#pragma once

// EnterTrust: what this process is about to believe or to prove itself with (certificates, authorities,
// public keys, the key of proofs) is in the audit log before it is in force.

#include "common/env/clock.h"
#include "common/kv/database.h"
#include "common/obs/reload_log.h"

namespace tc::rpc {

// Enters TrustTaken, in a commit of its own. What cannot be entered is not taken: the message says so. Both
// outlive what is returned.
obs::OnTaking EnterTrust(kv::Database& database, const Clock& clock);

}  // namespace tc::rpc
