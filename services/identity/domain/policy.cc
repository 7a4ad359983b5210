#include "services/identity/domain/policy.h"

namespace tc::identity {
namespace {

constexpr int64_t kDay = 24 * 60 * 60;

constexpr PolicyKey kKeys[] = {
    {"eligibility.principal_age", 14, 14, 14, 14, "full years of a principal"},
    {"eligibility.contact_age", 18, 18, 18, 18, "full years of a trusted contact"},
    {"password.min_length", 8, 15, 8, 64, "characters of a password, at least"},
    {"password.max_length", 128, 128, 64, 1024,
     "characters of a password, at most; a longer one is refused, never cut"},
    {"password.classes", 1, 0, 0, 1, "whether a password needs upper, lower, digit and special"},
    {"password.spaces", 0, 1, 0, 1, "whether a password may contain spaces"},
    {"password.sequence_run", 4, 0, 0, 8, "neighbours in a row (1234, abcd) that are refused; 0 allows any"},
    {"password.repeat_max", 2, 0, 0, 8, "times that one character may stand in a row; 0 allows any"},
    {"password.personal_parts", 1, 0, 0, 1,
     "1: no part of the person's data inside the password; 0: the password as a whole is not made of them"},
    {"password.history", 5, 5, 0, 24, "last passwords that may not come back"},
    {"password.max_age", 90 * kDay, 0, 0, 365 * kDay, "seconds until a password must be changed; 0 is never"},
    {"phone.change_interval", 30 * kDay, 30 * kDay, 0, 90 * kDay,
     "seconds between two changes of the main number"},
    {"phone.quarantine", 90 * kDay, 90 * kDay, 30 * kDay, 365 * kDay,
     "seconds during which a released number is bound by nobody else"},
    {"phone.reauthentication", 300, 120, 60, 900,
     "seconds since the sign-in, at most, to bind or release a number"},
    {"phone.post_delay", kDay, kDay, kDay, 3 * kDay,
     "seconds until a number imported by the post becomes the main one"},
    {"phone.change_confirmed", 0, 0, 0, 1,
     "whether another main number in the cabinet needs a recovery of purpose PHONE_CHANGE"},
    {"account.unfreeze_confirmed", 0, 0, 0, 1,
     "whether the owner's unfreezing needs a recovery of purpose UNFREEZE"},
    {"login.threshold", 5, 5, 3, 10, "wrong passwords in a row that lock the sign-in"},
    {"login.threshold_after_lock", 5, 1, 1, 10,
     "wrong passwords in a row that lock again, until a right one"},
    {"login.lock", 30 * 60, 30, 30, 3600, "seconds of the first lock"},
    {"login.lock_max", 30 * 60, 3600, 30, 24 * 3600,
     "seconds of the longest lock; each lock is twice the one before"},
};

}  // namespace

std::vector<PolicyKey> PolicyKeys() { return {std::begin(kKeys), std::end(kKeys)}; }

Policy MakePolicy(const PolicyValues& values) {
  const auto number = [&](const char* key) { return static_cast<int>(values.at(key)); };
  const auto seconds = [&](const char* key) { return absl::Seconds(values.at(key)); };
  Policy policy;
  policy.eligibility = {number("eligibility.principal_age"), number("eligibility.contact_age")};
  policy.password.min_length = number("password.min_length");
  policy.password.max_length = number("password.max_length");
  policy.password.classes = number("password.classes") != 0;
  policy.password.spaces = number("password.spaces") != 0;
  policy.password.sequence_run = number("password.sequence_run");
  policy.password.repeat_max = number("password.repeat_max");
  policy.password.personal_parts = number("password.personal_parts") != 0;
  policy.password.history = number("password.history");
  policy.password.max_age = seconds("password.max_age");
  policy.phone = {seconds("phone.change_interval"), seconds("phone.quarantine"),
                  seconds("phone.reauthentication"), seconds("phone.post_delay"),
                  number("phone.change_confirmed") != 0};
  policy.account.unfreeze_confirmed = number("account.unfreeze_confirmed") != 0;
  policy.login = {number("login.threshold"), number("login.threshold_after_lock"), seconds("login.lock"),
                  seconds("login.lock_max")};
  return policy;
}

}  // namespace tc::identity
