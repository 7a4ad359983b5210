#pragma once

// The reference server: an empty call, and a durable read-modify-write without any rule (one writer over
// RocksDB, callback API).

#include <string>

namespace tc::bench {

// Serves until SIGTERM; the store is in `data`. Returns main's exit code.
int ServeReference(const std::string& listen, const std::string& data);

}  // namespace tc::bench
