#include "services/identity/domain/sign_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using ::testing::ElementsAre;

// Minutes of the locks that `n` wrong passwords in a row bring; 0 where there is none.
std::vector<double> LocksOf(int n, const SignInPolicy& policy) {
  SignIn sign_in;
  std::vector<double> locks;
  for (int i = 0; i < n; ++i) {
    const WrongPassword counted = CountWrong(sign_in, policy);
    sign_in = counted.next;
    locks.push_back(absl::ToDoubleMinutes(counted.lock_for.value_or(absl::ZeroDuration())));
  }
  return locks;
}

TEST(CountWrong, LocksForHalfAnHourAtTheFifth) {
  EXPECT_THAT(LocksOf(10, SignInPolicy()), ElementsAre(0, 0, 0, 0, 30, 0, 0, 0, 0, 30));
}

TEST(CountWrong, GrowsFromHalfAMinuteToAnHourWhereTheProfileIsStrict) {
  const SignInPolicy strict{5, 1, absl::Seconds(30), absl::Hours(1)};
  EXPECT_THAT(LocksOf(13, strict), ElementsAre(0, 0, 0, 0, 0.5, 1, 2, 4, 8, 16, 32, 60, 60));
}

TEST(CountRight, ForgetsEverything) { EXPECT_EQ(CountRight(), SignIn()); }

TEST(CountWrong, DoesNotOverflowAfterManyLocks) {
  const SignInPolicy strict{5, 1, absl::Seconds(30), absl::Hours(1)};
  EXPECT_EQ(CountWrong({0, 1000000}, strict).lock_for, absl::Hours(1));
}

struct StateCase {
  const char* what;
  void (*spoil)(Account&);
  bool may;
};
class SignInStates : public ::testing::TestWithParam<StateCase> {};
TEST_P(SignInStates, Decide) {
  Account account = GoodAccount();
  GetParam().spoil(account);
  EXPECT_EQ(MaySignIn(account, TestNow()), GetParam().may) << GetParam().what;
}
INSTANTIATE_TEST_SUITE_P(
    SignIn, SignInStates,
    ::testing::Values(StateCase{"active", [](Account&) {}, true},
                      StateCase{"locked",
                                [](Account& a) {
                                  a.lock = Lock{TestNow() + absl::Minutes(1), "1"};
                                },
                                false},
                      StateCase{"lock over",
                                [](Account& a) {
                                  a.lock = Lock{TestNow(), "1"};
                                },
                                true},
                      StateCase{"frozen", [](Account& a) { a.owner_freeze_until = absl::InfiniteFuture(); },
                                true},
                      StateCase{"frozen and locked beneath",
                                [](Account& a) {
                                  a.owner_freeze_until = absl::InfiniteFuture();
                                  a.lock = Lock{TestNow() + absl::Minutes(1), "1"};
                                },
                                false},
                      StateCase{"blocked", [](Account& a) { a.block_reason = ""; }, false},
                      StateCase{"erased", [](Account& a) { a.deleted = true; }, false}));

TEST(PasswordExpiry, IsNinetyDaysOrNever) {
  EXPECT_EQ(PasswordExpiry(TestNow(), PasswordPolicy()), TestNow() + absl::Hours(24 * 90));
  PasswordPolicy strict;
  strict.max_age = absl::ZeroDuration();
  EXPECT_EQ(PasswordExpiry(TestNow(), strict), absl::InfiniteFuture());
}

struct WarningCase {
  absl::Duration max_age;
  std::vector<int> hours;  // after the password was set
};
class Warnings : public ::testing::TestWithParam<WarningCase> {};
TEST_P(Warnings, ComeFourteenSevenAndOneDayBeforeTheEnd) {  // PWD-13
  PasswordPolicy policy;
  policy.max_age = GetParam().max_age;
  std::vector<absl::Time> expected;
  for (const int hours : GetParam().hours) expected.push_back(TestNow() + absl::Hours(hours));
  EXPECT_EQ(ExpiryWarnings(TestNow(), policy), expected);
}
INSTANTIATE_TEST_SUITE_P(
    SignIn, Warnings,
    ::testing::Values(WarningCase{absl::Hours(24 * 90), {76 * 24, 83 * 24, 89 * 24}},
                      WarningCase{absl::ZeroDuration(), {}},
                      WarningCase{absl::Hours(24 * 15), {24, 192, 336}},
                      WarningCase{absl::Hours(24 * 14), {168, 312}},  // one that falls on the setting is none
                      WarningCase{absl::Hours(24 * 14) + absl::Hours(1), {1, 169, 313}},
                      WarningCase{absl::Hours(24 * 7), {144}}, WarningCase{absl::Hours(24 * 2), {24}},
                      WarningCase{absl::Hours(24), {}}, WarningCase{absl::Seconds(1), {}}));

}  // namespace
}  // namespace tc::identity
