#include "services/identity/domain/phone_book.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using tc::testing::IsOk;
using tc::testing::Refused;
using tc::testing::Violates;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
const PhonePolicy kPolicy;

struct KindCase {
  AccountType type;
  PhoneKind kind;
  bool allowed;
};
class Kinds : public ::testing::TestWithParam<KindCase> {};
TEST_P(Kinds, DependOnTheAccountsType) {
  const absl::Status status = CheckKind(GetParam().type, GetParam().kind, {});
  if (GetParam().allowed) {
    EXPECT_THAT(status, IsOk());
  } else {
    EXPECT_THAT(status, Violates("PHONE_KIND_NOT_ALLOWED"));
  }
}
INSTANTIATE_TEST_SUITE_P(
    I4, Kinds,
    ::testing::Values(KindCase{AccountType::kPersonal, PhoneKind::kMain, true},
                      KindCase{AccountType::kPersonal, PhoneKind::kAdditional, false},
                      KindCase{AccountType::kPersonal, PhoneKind::kSecondFactor, false},
                      KindCase{AccountType::kLegalEntity, PhoneKind::kMain, true},
                      KindCase{AccountType::kLegalEntity, PhoneKind::kAdditional, true},
                      KindCase{AccountType::kLegalEntity, PhoneKind::kSecondFactor, false},
                      KindCase{AccountType::kSoleProprietor, PhoneKind::kAdditional, true},
                      KindCase{AccountType::kSoleProprietor, PhoneKind::kSecondFactor, false},
                      KindCase{AccountType::kPrivileged, PhoneKind::kSecondFactor, true},
                      KindCase{AccountType::kPrivileged, PhoneKind::kAdditional, false}));

TEST(CheckKind, RefusesATwentyFirstAdditionalNumber) {
  std::vector<OwnedPhone> phones(20, BoundPhone(GoodAccount()));
  for (OwnedPhone& phone : phones) phone.kind = PhoneKind::kAdditional;
  EXPECT_THAT(CheckKind(AccountType::kLegalEntity, PhoneKind::kAdditional, phones),
              Refused(kPrecondition, Reason::kStateTransitionNotAllowed));
  phones.back().state = PhoneState::kReleased;  // only bound ones count
  EXPECT_THAT(CheckKind(AccountType::kLegalEntity, PhoneKind::kAdditional, phones), IsOk());
}

TEST(CheckChangeInterval, LetsTheFirstNumberAndTheFirstChangePass) {
  Account account = GoodAccount();
  EXPECT_THAT(CheckChangeInterval(account, kPolicy, TestNow()), IsOk());
  account.had_main_phone = true;
  EXPECT_THAT(CheckChangeInterval(account, kPolicy, TestNow()), IsOk());
}

TEST(CheckChangeInterval, AllowsOneChangeInThirtyDays) {
  Account account = GoodAccount();
  account.had_main_phone = true;
  account.main_phone_changed_at = TestNow();
  const absl::Time next = TestNow() + absl::Hours(24 * 30);
  const absl::Status early = CheckChangeInterval(account, kPolicy, next - absl::Milliseconds(1));
  EXPECT_THAT(early, Refused(kPrecondition, Reason::kPhoneChangeTooSoon));
  EXPECT_EQ(RetryAfterOf(early), absl::Milliseconds(1));
  EXPECT_THAT(CheckChangeInterval(account, kPolicy, next), IsOk());
}

TEST(CheckFree, TakesANumberThatNobodyHas) {
  EXPECT_THAT(CheckFree(std::nullopt, AccountId::FromTrusted("a"), kPolicy, TestNow()), IsOk());
}

TEST(CheckFree, RefusesABoundNumber) {
  const Holder holder{AccountId::FromTrusted("b"), PhoneId::FromTrusted("p"), std::nullopt};
  EXPECT_THAT(CheckFree(holder, AccountId::FromTrusted("a"), kPolicy, TestNow()),
              Refused(kPrecondition, Reason::kPhoneBusy));
  EXPECT_THAT(CheckFree(holder, AccountId::FromTrusted("b"), kPolicy, TestNow()),
              Refused(kPrecondition, Reason::kPhoneBusy));
}

TEST(CheckFree, QuarantinesAReleasedNumberForNinetyDays) {
  const Holder holder{AccountId::FromTrusted("b"), PhoneId::FromTrusted("p"), TestNow()};
  const absl::Time free_at = TestNow() + absl::Hours(24 * 90);
  const AccountId other = AccountId::FromTrusted("a");
  const absl::Status early = CheckFree(holder, other, kPolicy, free_at - absl::Milliseconds(1));
  EXPECT_THAT(early, Refused(kPrecondition, Reason::kPhoneQuarantined));
  EXPECT_EQ(RetryAfterOf(early), absl::Milliseconds(1));
  EXPECT_THAT(CheckFree(holder, other, kPolicy, free_at), IsOk());
}

TEST(CheckFree, GivesAnOwnReleasedNumberBackAtOnce) {
  const Holder holder{AccountId::FromTrusted("b"), PhoneId::FromTrusted("p"), TestNow()};
  EXPECT_THAT(CheckFree(holder, AccountId::FromTrusted("b"), kPolicy, TestNow()), IsOk());
}

TEST(ParsePhoneName, TakesTheWholeForm) {
  ASSERT_OK_AND_ASSIGN(const PhoneName name, ParsePhoneName("accounts/ivan/phones/p1"));
  EXPECT_EQ(name.account.text(), "ivan");
  EXPECT_EQ(name.phone.text(), "p1");
  OwnedPhone phone = BoundPhone(GoodAccount());
  EXPECT_EQ(phone.Name(), "accounts/ivan/phones/p1");
}

class BadPhoneName : public ::testing::TestWithParam<const char*> {};
TEST_P(BadPhoneName, IsRefused) { EXPECT_THAT(ParsePhoneName(GetParam()), Violates("NAME_INVALID")); }
INSTANTIATE_TEST_SUITE_P(Names, BadPhoneName,
                         ::testing::Values("", "accounts/ivan", "accounts/ivan/phones/", "phones/p1",
                                           "accounts//phones/p1", "accounts/ivan/phones/p1/x",
                                           "accounts/a/phones/b/phones/c", "account/ivan/phones/p1"));

TEST(MainPhone, IsTheBoundMainOne) {
  std::vector<OwnedPhone> phones(3, BoundPhone(GoodAccount()));
  phones[0].state = PhoneState::kReleased;
  phones[1].kind = PhoneKind::kAdditional;
  EXPECT_EQ(MainPhone(phones), &phones[2]);
  phones[2].state = PhoneState::kPending;
  EXPECT_EQ(MainPhone(phones), nullptr);
}

TEST(Pending, LastsAnHour) {
  OwnedPhone phone = BoundPhone(GoodAccount());
  phone.state = PhoneState::kPending;
  EXPECT_TRUE(phone.PendingAt(phone.created_at + absl::Hours(1) - absl::Milliseconds(1)));
  EXPECT_FALSE(phone.PendingAt(phone.created_at + absl::Hours(1)));
}

}  // namespace
}  // namespace tc::identity
