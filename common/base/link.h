#pragma once

// Links in messages to people.

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc {

inline constexpr size_t kLongestLink = 96;  // characters: what two SMS segments leave beside the words

// "https://host/…", or "http://…" on a loopback host (localhost, 127.0.0.1, [::1]): at most kLongestLink
// characters of RFC 3986 without '@', so that neither a user name nor another origin can be feigned.
// INVALID_ARGUMENT with LINK_INVALID otherwise. Empty is allowed.
absl::StatusOr<std::string> ParseLink(absl::string_view text, absl::string_view field);

}  // namespace tc
