#include "services/otp/domain/network.h"

#include <arpa/inet.h>

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace tc::otp {
namespace {

constexpr absl::string_view kMappedPrefix("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

Place Networks(absl::string_view kind, absl::string_view bytes, size_t client, size_t network) {
  return {absl::StrCat(kind, "/", absl::BytesToHexString(bytes.substr(0, client))),
          absl::StrCat(kind, "/", absl::BytesToHexString(bytes.substr(0, network)))};
}

}  // namespace

Place PlaceOf(absl::string_view address) {
  const std::string text(address);
  std::array<char, 16> raw{};
  if (::inet_pton(AF_INET, text.c_str(), raw.data()) == 1) return Networks("4", {raw.data(), 4}, 4, 3);
  if (::inet_pton(AF_INET6, text.c_str(), raw.data()) == 1) {
    const absl::string_view bytes(raw.data(), raw.size());
    if (bytes.substr(0, kMappedPrefix.size()) == kMappedPrefix) return Networks("4", bytes.substr(12), 4, 3);
    return Networks("6", bytes, 8, 6);
  }
  if (text.empty()) return {};
  return {absl::StrCat("text/", text), ""};
}

}  // namespace tc::otp
