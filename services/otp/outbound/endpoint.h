#pragma once

// Where a URL of the configuration leads, and whether the operator allows it (SND-18).

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/otp/outbound/config.h"

namespace tc::otp {

struct Endpoint {
  std::string scheme;     // "https"
  std::string host;       // lower case; "[::1]"
  std::string path = {};  // "/", "/a/b"
  bool loopback = false;  // localhost, 127.0.0.0/8, [::1]
};

// INVALID_ARGUMENT for what is no URL, and for a URL with a user, a password or a fragment.
absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view url);

using Hosts = std::set<std::string>;  // lower case

// Notes mistakes under `name` unless `url` leads by one of the schemes `safe`, or to this machine by one of
// `plain`, to one of `allowed`.
Endpoint CheckEndpoint(ConfigObject& config, absl::string_view name, absl::string_view url,
                       const std::set<std::string>& safe, const std::set<std::string>& plain,
                       const Hosts& allowed);

}  // namespace tc::otp
