#include "common/rpc/client_context.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "trustedcontact/type/v1/values.pb.h"

namespace tc::rpc {
namespace {

// Of valid UTF-8, as protobuf made sure.
size_t Characters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void CheckLength(absl::string_view text, size_t longest, absl::string_view field, Mistakes& mistakes) {
  if (Characters(text) > longest)
    mistakes.Add(field, "TEXT_TOO_LONG", absl::StrCat("at most ", longest, " characters"));
}

}  // namespace

void CheckClientContext(const trustedcontact::type::v1::ClientContext& client, Mistakes& mistakes) {
  if (!client.address().empty() && !IsIpAddress(client.address()))
    mistakes.Add("client.address", "ADDRESS_FORMAT", "an IPv4 or IPv6 address, such as 203.0.113.7");
  CheckLength(client.device(), 64, "client.device", mistakes);
  CheckLength(client.user_agent(), 256, "client.user_agent", mistakes);
  CheckLength(client.place(), 64, "client.place", mistakes);
  if (!IsPlaceText(client.place()))
    mistakes.Add("client.place", "PLACE_CHARACTERS", "letters, digits, spaces, commas and hyphens only");
}

bool IsPlaceText(absl::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (absl::ascii_isalnum(c) || c == ' ' || c == ',' || c == '-') continue;
    // Cyrillic U+0400–U+045F: two bytes, D0 80 – D1 9F.
    if (i + 1 < text.size() && (c == 0xD0 || c == 0xD1)) {
      const auto next = static_cast<unsigned char>(text[i + 1]);
      if (next >= 0x80 && next <= (c == 0xD0 ? 0xBF : 0x9F)) {
        ++i;
        continue;
      }
    }
    return false;
  }
  return true;
}

bool IsIpAddress(absl::string_view text) {
  const std::string terminated(text);
  in6_addr out{};
  return terminated.size() == std::char_traits<char>::length(terminated.c_str()) &&
         (::inet_pton(AF_INET, terminated.c_str(), &out) == 1 ||
          ::inet_pton(AF_INET6, terminated.c_str(), &out) == 1);
}

}  // namespace tc::rpc
