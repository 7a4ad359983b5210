#include "services/linking/domain/policy.h"

namespace tc::linking {
namespace {

constexpr int64_t kMinute = 60;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

}  // namespace

std::vector<PolicyKey> PolicyKeys() {
  return {
      {"link.invitation_lifetime", 30 * kMinute, 30 * kMinute, kMinute, 30 * kMinute,
       "Seconds for which an invitation can be answered."},
      {"link.principals_per_contact", 5, 5, 1, 5, "Principals that one contact may guard."},
      {"link.invitations_per_principal", 5, 5, 1, 20, "Invitations that one principal may send in 24 hours."},
      {"link.invitations_per_phone", 3, 3, 1, 20, "Invitations to one phone in 24 hours, by whomever."},
      {"link.removal_delay", 0, kDay, 0, 7 * kDay,
       "Seconds until a contact that the principal has disconnected ceases to guard; 0: at once."},
      {"link.hold_limit", 2 * kDay, 2 * kDay, kDay + 10 * kMinute, 7 * kDay,
       "Seconds ahead for which a recovery may hold a link at most."},
      {"link.invitation_retention", 90 * kDay, 90 * kDay, kDay, 365 * kDay,
       "Seconds after which an invitation is erased."},
  };
}

Policy MakePolicy(const PolicyValues& values) {
  Policy policy;
  policy.invitation_lifetime = absl::Seconds(values.at("link.invitation_lifetime"));
  policy.principals_per_contact = values.at("link.principals_per_contact");
  policy.invitations_per_principal = values.at("link.invitations_per_principal");
  policy.invitations_per_phone = values.at("link.invitations_per_phone");
  policy.removal_delay = absl::Seconds(values.at("link.removal_delay"));
  policy.hold_limit = absl::Seconds(values.at("link.hold_limit"));
  policy.invitation_retention = absl::Seconds(values.at("link.invitation_retention"));
  return policy;
}

}  // namespace tc::linking
