#pragma once

// The little that a test with servers of others needs: free ports, pages, and waiting by looking again.

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tc::e2e {

// A TCP port on which nobody listens just now. For programs that cannot choose one themselves.
int FreePort();

// The body of a 200 answer to a GET; UNAVAILABLE for everything else.
absl::StatusOr<std::string> HttpGet(const std::string& url);
bool ListensOn(int port);

// Looks again and again; false when it does not hold in time.
bool Eventually(absl::FunctionRef<bool()> holds, absl::Duration patience = absl::Seconds(20));

// The content of a file; empty when there is none.
std::string Contents(const std::string& path);

}  // namespace tc::e2e
