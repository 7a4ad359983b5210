#pragma once

// What is known about gateways that many use: one file each under presets/, a provider's configuration
// without secrets and accounts. The build puts them into the program.

#include <map>

#include "absl/strings/string_view.h"

namespace tc::otp {

// Name ("exolve") → JSON.
const std::map<absl::string_view, absl::string_view>& PresetFiles();

}  // namespace tc::otp
