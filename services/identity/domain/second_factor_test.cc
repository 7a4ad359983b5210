#include "services/identity/domain/second_factor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kNotFound;
using testing::IsOk;
using testing::Refused;

TEST(CheckEnrolment, EndsByTimeAndByAttempts) {
  EXPECT_THAT(CheckEnrolment(std::nullopt, TestNow()),
              Refused(kFailedPrecondition, Reason::kVerificationClosed));
  TotpEnrolment enrolment{Secret("key"), TestNow() + TotpEnrolment::kLifetime, 4};
  EXPECT_THAT(CheckEnrolment(enrolment, TestNow()), IsOk());
  EXPECT_THAT(CheckEnrolment(enrolment, enrolment.expires_at - absl::Microseconds(1)), IsOk());
  EXPECT_THAT(CheckEnrolment(enrolment, enrolment.expires_at),
              Refused(kFailedPrecondition, Reason::kVerificationExpired));
  enrolment.wrong = 5;
  EXPECT_THAT(CheckEnrolment(enrolment, TestNow()), Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

OwnedPhone Number(const std::string& id, PhoneKind kind, PhoneState state = PhoneState::kBound) {
  OwnedPhone phone = BoundPhone(GoodAccount());
  phone.id = PhoneId::FromTrusted(id);
  phone.kind = kind;
  phone.state = state;
  return phone;
}

TEST(WithSecondFactor, TellsAPasswordAloneFromMore) {
  for (const std::vector<std::string>& alone :
       {std::vector<std::string>{}, {"pwd"}, {"pwd", "pin"}, {"OTP"}, {""}, {"otp "}}) {
    EXPECT_FALSE(WithSecondFactor(alone));
  }
  for (const char* factor : {"mfa", "otp", "sms", "hwk", "swk"})
    EXPECT_TRUE(WithSecondFactor({"pwd", factor})) << factor;
}

TEST(NumberForCode, IsTheNamedOrOldestOfThoseForTheSecondFactorOrTheMainNumber) {
  const std::vector<OwnedPhone> all = {
      Number("gone", PhoneKind::kSecondFactor, PhoneState::kReleased), Number("main", PhoneKind::kMain),
      Number("a", PhoneKind::kSecondFactor), Number("b", PhoneKind::kSecondFactor)};
  const std::vector<OwnedPhone> main = {Number("main", PhoneKind::kMain)};
  struct Case {
    AccountType type;
    std::vector<OwnedPhone> phones;
    const char* named;   // "": none
    const char* wanted;  // "": refused
  };
  for (const Case& c : {
           Case{AccountType::kPersonal, main, "", "main"},
           Case{AccountType::kPersonal, all, "", "main"},
           Case{AccountType::kPersonal, all, "a", ""},
           Case{AccountType::kPersonal, main, "main", ""},
           Case{AccountType::kPrivileged, all, "", "a"},
           Case{AccountType::kPrivileged, all, "b", "b"},
           Case{AccountType::kPrivileged, all, "gone", ""},
           Case{AccountType::kPrivileged, all, "main", ""},
           Case{AccountType::kPrivileged, main, "", "main"},
       }) {
    const std::optional<PhoneId> named =
        *c.named == '\0' ? std::nullopt : std::optional(PhoneId::FromTrusted(c.named));
    const absl::StatusOr<OwnedPhone> number = NumberForCode(c.type, c.phones, named);
    if (*c.wanted == '\0') {
      EXPECT_THAT(number, Refused(kNotFound, Reason::kNotFound)) << c.named;
    } else {
      EXPECT_EQ(number->id.text(), c.wanted) << c.named;
    }
  }
}

TEST(NumberForCode, IsRefusedWithoutANumber) {
  EXPECT_THAT(NumberForCode(AccountType::kPersonal, {}, std::nullopt),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

}  // namespace
}  // namespace tc::identity
