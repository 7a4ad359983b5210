#include "services/linking/domain/policy.h"

namespace tc::linking {
namespace {

constexpr int64_t kMinute = 60;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kYear = 365 * kDay;

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
      {"link.removal_confirmed", 0, 0, 0, 1,
       "1: a contact is disconnected by a recovery of purpose CONTACT_REMOVAL only, to which he agrees."},
      {"link.hold_limit", 5 * kDay, 5 * kDay, kDay + 10 * kMinute, 15 * kDay,
       "Seconds ahead for which a recovery may hold a link at most."},
      {"link.invitation_retention", 90 * kDay, 90 * kDay, kDay, 365 * kDay,
       "Seconds after which an invitation is erased."},
      {"link.session_age", 5 * kMinute, 2 * kMinute, kMinute, 15 * kMinute,
       "Seconds since the sign-in of a person who makes or ends a link, at most."},
      {"link.danger_freeze", kDay, kDay, kHour, 7 * kDay,
       "Seconds for which a contact's danger report freezes his principal."},
      {"link.reminder_interval", kYear, 180 * kDay, 30 * kDay, kYear,
       "Seconds between two questions whether the contact is still the right one."},
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
  policy.session_age = absl::Seconds(values.at("link.session_age"));
  policy.danger_freeze = absl::Seconds(values.at("link.danger_freeze"));
  policy.reminder_interval = absl::Seconds(values.at("link.reminder_interval"));
  policy.removal_confirmed = values.at("link.removal_confirmed") != 0;
  return policy;
}

}  // namespace tc::linking
