#pragma once

namespace tc::crypto {

// For a process that holds keys (CRY-13): no core dump when it crashes, and nobody but root may look into its
// memory with a debugger. Cannot fail but on a broken system, and then the process ends.
void ForbidDumps();

}  // namespace tc::crypto
