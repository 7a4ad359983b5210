#pragma once

// What is insecure and therefore not started in production, and what is said at the start.

#include <string>
#include <vector>

#include "common/rpc/flags.h"

namespace tc::rpc {

// One sentence for each combination of flags, files and environment that would weaken the door, naming it
// (TRN-14, TRN-15, CFG-02). Flags that are missing are not its affair.
std::vector<std::string> InsecureIn(const Flags& flags);

// "example.org": lower-case letters, digits, inner hyphens, dots and underscores between them
// (SPIFFE-ID 2.1).
bool IsTrustDomain(const std::string& text);

}  // namespace tc::rpc
