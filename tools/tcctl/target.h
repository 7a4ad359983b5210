#pragma once

// Target: which method of which server a user means.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::ctl {

struct Target {
  std::string server;   // "linking"; empty when it cannot be told
  std::string service;  // "LinkingService", or a full name
  std::string method;
};

// "linking/GetGuard" (the server's main service), "linking/AdminService/GetPolicy", or
// "trustedcontact.linking.v1.LinkingService/GetGuard". INVALID_ARGUMENT for anything else.
absl::StatusOr<Target> ParseTarget(absl::string_view text);

// `address` when it is given, else where the suite of `data` has the target's server.
absl::StatusOr<std::string> AddressOf(const Target& target, const std::string& address,
                                      const std::string& data);

}  // namespace tc::ctl
