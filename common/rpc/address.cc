#include "common/rpc/address.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace tc::rpc {
namespace {

// Dotted 127.x.y.z; a name such as "127.evil.example" is not one.
bool IsLoopbackV4(absl::string_view host) {
  if (host == "127.0.0.1") return true;  // nearly always, and asked for each call
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (const absl::string_view part : parts) {
    int octet = 0;
    if (part.size() > 3 || !absl::SimpleAtoi(part, &octet) || octet < 0 || octet > 255) return false;
  }
  return true;
}

// "host:port" or "[v6]:port" → host.
absl::string_view HostOf(absl::string_view address) {
  const size_t colon = address.rfind(':');
  absl::string_view host = colon == absl::string_view::npos ? address : address.substr(0, colon);
  absl::ConsumePrefix(&host, "[");
  absl::ConsumeSuffix(&host, "]");
  return host;
}

bool IsUnix(absl::string_view address) {
  return absl::StartsWith(address, "unix:") || absl::StartsWith(address, "unix-abstract:");
}

}  // namespace

bool ListensLocally(absl::string_view listen) {
  if (IsUnix(listen)) return true;
  const absl::string_view host = HostOf(listen);
  return host == "localhost" || host == "::1" || IsLoopbackV4(host);
}

bool CallsLocally(absl::string_view peer) {
  if (IsUnix(peer)) return true;
  if (absl::ConsumePrefix(&peer, "ipv4:")) return IsLoopbackV4(HostOf(peer));
  if (!absl::ConsumePrefix(&peer, "ipv6:")) return false;
  const std::string plain = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}});
  absl::string_view host = HostOf(plain);
  if (host == "::1") return true;
  return absl::ConsumePrefix(&host, "::ffff:") && IsLoopbackV4(host);
}

}  // namespace tc::rpc
