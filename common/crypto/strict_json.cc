#include "common/crypto/strict_json.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"

namespace tc::crypto {

using nlohmann::json;

std::optional<json> ParseObject(absl::string_view text) {
  constexpr size_t kDepth = 8;
  std::vector<std::set<std::string>> open;  // the members seen of each object that is not closed yet
  bool strict = true;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > static_cast<int>(kDepth)) strict = false;
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key) {
      strict = open.back().insert(value.get<std::string>()).second && strict;
    }
    return true;
  };
  json parsed = json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (!strict || !parsed.is_object()) return std::nullopt;
  return parsed;
}

std::optional<std::string> StringMember(const json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  return member->get<std::string>();
}

std::optional<std::string> FromBase64Url(absl::string_view text) {
  std::string bytes;
  // Abseil also takes padding, spaces and spare bits: only the one spelling that it would write itself is
  // good.
  if (!absl::WebSafeBase64Unescape(text, &bytes) || ToBase64Url(bytes) != text) return std::nullopt;
  return bytes;
}

std::string ToBase64Url(absl::string_view bytes) {
  std::string text;
  absl::WebSafeBase64Escape(bytes, &text);
  return text;
}

}  // namespace tc::crypto
