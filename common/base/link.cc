#include "common/base/link.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/refusal.h"

namespace tc {
namespace {

// What a link may be made of besides letters and digits.
constexpr absl::string_view kLinkSigns = "-._~:/?#[]!$&'()*+,;=%";

bool IsHostChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-'; }

// https on any host, http on the machine's own.
bool HasTrustedOrigin(absl::string_view link) {
  const bool secure = absl::ConsumePrefix(&link, "https://");
  if (!secure && !absl::ConsumePrefix(&link, "http://")) return false;
  const absl::string_view authority = link.substr(0, link.find_first_of("/?#"));
  absl::string_view host = authority, port;
  const size_t colon = authority.rfind(':');
  if (colon != absl::string_view::npos && authority.back() != ']') {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
    if (port.empty()) return false;
  }
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  if (port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) return false;
  if (host == "localhost" || host == "127.0.0.1" || host == "[::1]") return true;
  return secure && !host.empty() && std::all_of(host.begin(), host.end(), IsHostChar);
}

}  // namespace

absl::StatusOr<std::string> ParseLink(absl::string_view text, absl::string_view field) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kLinkSigns.find(c) != absl::string_view::npos;
  });
  if (!plain || text.size() > kLongestLink || !(text.empty() || HasTrustedOrigin(text))) {
    return InvalidField(field, "LINK_INVALID",
                        absl::StrCat("a link is an https address of at most ", kLongestLink, " characters"));
  }
  return std::string(text);
}

}  // namespace tc
