#pragma once

// What concerns the whole process: set up before anything else, and the wait for the order to stop.

#include <string>

namespace tc::rpc {

// Blocks until SIGTERM or SIGINT and returns its name. InitProcess must have run before the first thread was
// started.
std::string WaitForStop();

}  // namespace tc::rpc
