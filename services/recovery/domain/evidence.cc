#include "services/recovery/domain/evidence.h"

#include <arpa/inet.h>

#include <array>

#include "absl/strings/match.h"

namespace tc::recovery {
namespace {

// The network of an address: its bytes, of IPv6 the first eight; empty for what is no address.
std::string NetworkOf(const std::string& address) {
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 4);
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return std::string();
  static constexpr char kMapped[] = "\0\0\0\0\0\0\0\0\0\0\xff\xff";
  const std::string whole(bytes.data(), bytes.size());
  if (absl::StartsWith(whole, absl::string_view(kMapped, 12))) return whole.substr(12);
  return whole.substr(0, 8);
}

bool Same(const std::string& one, const std::string& other) { return !one.empty() && one == other; }

}  // namespace

std::optional<HoldReason> WhyHold(Purpose purpose, const PrincipalNow& principal) {
  const bool usable = principal.active || (purpose == Purpose::kUnfreeze && principal.frozen);
  if (!usable) return HoldReason::kAccountNotActive;
  if (!principal.addresses_unchanged) return HoldReason::kPrincipalAddressChanged;
  return std::nullopt;
}

EligibilityNow ForPurpose(Purpose purpose, const EligibilityNow& principal) {
  EligibilityNow fit = principal;
  fit.eligible = principal.eligible || (purpose == Purpose::kUnfreeze && principal.only_frozen);
  return fit;
}

std::optional<HoldReason> WhyHold(const Recovery& recovery, const ContactPhone& phone, absl::Time now) {
  if (phone.index.empty() || phone.index != recovery.contact_phone_index)
    return HoldReason::kContactPhoneChanged;
  if (now - phone.bound_at < recovery.policy.phone_age) return HoldReason::kContactPhoneTooNew;
  return std::nullopt;
}

bool SameGuard(const Recovery& recovery, const GuardNow& guard) {
  return guard.guarded && guard.link == recovery.link && guard.contact == recovery.contact;
}

bool SamePlace(const Recovery& recovery, const ContactPlace& contact) {
  const std::string& device = recovery.client.device;
  if (Same(device, contact.device) || Same(device, contact.session_device)) return true;
  return recovery.policy.same_address && Same(NetworkOf(recovery.client.address), NetworkOf(contact.address));
}

}  // namespace tc::recovery
