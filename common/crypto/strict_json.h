#pragma once

// Reading what others signed: JSON objects without duplicate members, and base64url with exactly one
// spelling. What two readers could read in two ways is refused (SES-06). Only for the sources of this folder.

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace tc::crypto {

// An object nested at most 8 deep, no member named twice anywhere; nullopt for all else.
std::optional<nlohmann::json> ParseObject(absl::string_view text);

// The member's text; nullopt when it is absent or no string.
std::optional<std::string> StringMember(const nlohmann::json& object, const char* name);

// RFC 4648 §5 without padding, line breaks or spare bits; nullopt for all else.
std::optional<std::string> FromBase64Url(absl::string_view text);
std::string ToBase64Url(absl::string_view bytes);

}  // namespace tc::crypto
