#include "services/recovery/domain/policy.h"

namespace tc::recovery {
namespace {

absl::Duration Seconds(const PolicyValues& values, const char* key) { return absl::Seconds(values.at(key)); }
int Count(const PolicyValues& values, const char* key) { return static_cast<int>(values.at(key)); }

}  // namespace

std::vector<PolicyKey> PolicyKeys() {
  return {
      {"recovery.own_code_lifetime", 1800, 1800, 300, 3600, "Seconds to enter the claimant's own code."},
      {"recovery.lifetime", 86400, 86400, 900, 87000,
       "Seconds from the proved own code until the recovery expires."},
      {"recovery.starts_per_day", 3, 3, 1, 10, "Recoveries that one principal may start within 24 hours."},
      {"recovery.cool_down_1", 900, 900, 0, 86400,
       "Seconds without a start after the first failure within a day."},
      {"recovery.cool_down_2", 3600, 3600, 0, 86400,
       "Seconds without a start after the second failure within a day."},
      {"recovery.cool_down_3", 86400, 86400, 0, 604800,
       "Seconds without a start after every further failure within a day."},
      {"recovery.fraud_freeze", 86400, 86400, 3600, 604800,
       "Seconds without a start after a reject for fraud."},
      {"recovery.match_code", 0, 1, 0, 1, "1: the contact must type four digits that the claimant sees."},
      {"recovery.match_tries", 3, 3, 1, 5, "Wrong match codes before the recovery is locked."},
      {"recovery.grant_lifetime", 900, 600, 60, 900, "Seconds in which the grant may be used."},
      {"recovery.refused_passwords", 3, 3, 1, 3, "Refused passwords after which the grant is burnt."},
      {"recovery.codes", 3, 3, 1, 5,
       "Times that a code that has expired is replaced by a fresh one, on each side of a recovery."},
      {"recovery.retention", 2592000, 2592000, 86400, 94608000, "Seconds that an ended recovery is kept."},
      {"contact.thinking_time", 0, 60, 0, 600,
       "Seconds between the acknowledged warning and the contact's code."},
      {"contact.session_age", 300, 120, 60, 900,
       "Seconds since the contact's sign-in, at most, when he approves."},
      {"contact.phone_age", 0, 259200, 0, 604800, "Seconds that the contact's phone must have been bound."},
      {"contact.same_address", 0, 1, 0, 1,
       "1: a contact who approves from the claimant's network address is held; 0: only from his device."},
      {"recovery.restricted_period", 0, 259200, 0, 604800,
       "Seconds after a recovered password without a change of contact, phone or e-mail."},
      {"recovery.in_person_delay", 86400, 86400, 86400, 604800,
       "Seconds between the two officers of the way in person, where somebody guards."},
      {"recovery.in_person_window", 172800, 172800, 86400, 604800,
       "Seconds after that delay in which the second officer can confirm."},
      {"recovery.purpose_phone_change", 0, 0, 0, 1, "1: recoveries of purpose PHONE_CHANGE can be started."},
      {"recovery.purpose_contact_removal", 0, 0, 0, 1,
       "1: recoveries of purpose CONTACT_REMOVAL can be started."},
      {"recovery.purpose_unfreeze", 0, 0, 0, 1, "1: recoveries of purpose UNFREEZE can be started."},
  };
}

Policy MakePolicy(const PolicyValues& values) {
  Policy policy;
  policy.own_code_lifetime = Seconds(values, "recovery.own_code_lifetime");
  policy.lifetime = Seconds(values, "recovery.lifetime");
  policy.starts_per_day = Count(values, "recovery.starts_per_day");
  policy.cool_downs = {Seconds(values, "recovery.cool_down_1"), Seconds(values, "recovery.cool_down_2"),
                       Seconds(values, "recovery.cool_down_3")};
  policy.fraud_freeze = Seconds(values, "recovery.fraud_freeze");
  policy.match_code = values.at("recovery.match_code") != 0;
  policy.match_tries = Count(values, "recovery.match_tries");
  policy.grant_lifetime = Seconds(values, "recovery.grant_lifetime");
  policy.refused_passwords = Count(values, "recovery.refused_passwords");
  policy.codes = Count(values, "recovery.codes");
  policy.retention = Seconds(values, "recovery.retention");
  policy.thinking_time = Seconds(values, "contact.thinking_time");
  policy.session_age = Seconds(values, "contact.session_age");
  policy.phone_age = Seconds(values, "contact.phone_age");
  policy.same_address = values.at("contact.same_address") != 0;
  policy.restricted_period = Seconds(values, "recovery.restricted_period");
  policy.in_person_delay = Seconds(values, "recovery.in_person_delay");
  policy.in_person_window = Seconds(values, "recovery.in_person_window");
  policy.purpose_phone_change = values.at("recovery.purpose_phone_change") != 0;
  policy.purpose_contact_removal = values.at("recovery.purpose_contact_removal") != 0;
  policy.purpose_unfreeze = values.at("recovery.purpose_unfreeze") != 0;
  return policy;
}

PolicyValues ToValues(const Policy& policy) {
  const auto seconds = [](absl::Duration d) { return absl::ToInt64Seconds(d); };
  const auto cool_down = [&](size_t i) {
    return i < policy.cool_downs.size() ? seconds(policy.cool_downs[i]) : int64_t{0};
  };
  return {
      {"recovery.own_code_lifetime", seconds(policy.own_code_lifetime)},
      {"recovery.lifetime", seconds(policy.lifetime)},
      {"recovery.starts_per_day", policy.starts_per_day},
      {"recovery.cool_down_1", cool_down(0)},
      {"recovery.cool_down_2", cool_down(1)},
      {"recovery.cool_down_3", cool_down(2)},
      {"recovery.fraud_freeze", seconds(policy.fraud_freeze)},
      {"recovery.match_code", policy.match_code ? 1 : 0},
      {"recovery.match_tries", policy.match_tries},
      {"recovery.grant_lifetime", seconds(policy.grant_lifetime)},
      {"recovery.refused_passwords", policy.refused_passwords},
      {"recovery.codes", policy.codes},
      {"recovery.retention", seconds(policy.retention)},
      {"contact.thinking_time", seconds(policy.thinking_time)},
      {"contact.session_age", seconds(policy.session_age)},
      {"contact.phone_age", seconds(policy.phone_age)},
      {"contact.same_address", policy.same_address ? 1 : 0},
      {"recovery.restricted_period", seconds(policy.restricted_period)},
      {"recovery.in_person_delay", seconds(policy.in_person_delay)},
      {"recovery.in_person_window", seconds(policy.in_person_window)},
      {"recovery.purpose_phone_change", policy.purpose_phone_change ? 1 : 0},
      {"recovery.purpose_contact_removal", policy.purpose_contact_removal ? 1 : 0},
      {"recovery.purpose_unfreeze", policy.purpose_unfreeze ? 1 : 0},
  };
}

}  // namespace tc::recovery
