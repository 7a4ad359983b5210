#include "tools/tcctl/target.h"

#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "tools/tcctl/dev_suite.h"

namespace tc::ctl {

namespace {

bool IsServer(absl::string_view name) {
  for (const dev::Service service : dev::kServices) {
    if (dev::NameOf(service) == name) return true;
  }
  return false;
}

// "trustedcontact.linking.v1.LinkingService" → "linking"; empty for what all of them serve.
std::string ServerOfFullName(absl::string_view service) {
  const std::vector<std::string> parts = absl::StrSplit(service, '.');
  return parts.size() == 4 && parts[0] == "trustedcontact" && IsServer(parts[1]) ? parts[1] : "";
}

std::string MainService(std::string server) {
  server[0] = absl::ascii_toupper(static_cast<unsigned char>(server[0]));
  return absl::StrCat(server, "Service");
}

}  // namespace

absl::StatusOr<Target> ParseTarget(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() == 3 && IsServer(parts[0])) return Target{parts[0], parts[1], parts[2]};
  if (parts.size() == 2 && IsServer(parts[0])) return Target{parts[0], MainService(parts[0]), parts[1]};
  if (parts.size() == 2 && absl::StrContains(parts[0], "."))
    return Target{ServerOfFullName(parts[0]), parts[0], parts[1]};
  return absl::InvalidArgumentError(
      absl::StrCat(text,
                   " names no method; write identity/METHOD, linking/METHOD, recovery/METHOD, otp/METHOD, "
                   "SERVER/SERVICE/METHOD or a full name"));
}

absl::StatusOr<std::string> AddressOf(const Target& target, const std::string& address,
                                      const std::string& data) {
  if (!address.empty()) return address;
  const dev::Location location = TRY(dev::Locate(data));
  for (const auto& [service, found] : location.targets) {
    if (dev::NameOf(service) == target.server) return found;
  }
  return absl::InvalidArgumentError(absl::StrCat("every server has ", target.service, "; say which: SERVER/",
                                                 target.service, "/", target.method, ", or --address"));
}

}  // namespace tc::ctl
