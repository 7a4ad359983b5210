#include "services/identity/domain/guarded.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using testing::IsOk;
using testing::Refused;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr absl::Duration kTick = absl::Microseconds(1);

PhonePolicy Confirmed(bool demanded) {
  PhonePolicy policy;
  policy.change_confirmed = demanded;
  return policy;
}

TEST(TooFarAhead, AllowsTheOtherClockAMinute) {
  const absl::Time edge = TestNow() + kLongestFreeze + absl::Minutes(1);
  EXPECT_FALSE(TooFarAhead(edge, kLongestFreeze, TestNow()));
  EXPECT_TRUE(TooFarAhead(edge + kTick, kLongestFreeze, TestNow()));
  EXPECT_TRUE(TooFarAhead(absl::InfiniteFuture(), kLongestFreeze, TestNow()));
  EXPECT_FALSE(TooFarAhead(absl::InfinitePast(), kLongestFreeze, TestNow()));
}

TEST(Restrict, LastsUntilItsTimeAndNotLonger) {  // R9
  const absl::Time until = TestNow() + absl::Hours(72);
  const Account account = Restrict(GoodAccount(), until, TestNow());
  EXPECT_TRUE(RestrictedAt(account, until - kTick));
  EXPECT_FALSE(RestrictedAt(account, until));
  const absl::Status refused = CheckUnrestricted(account, TestNow());
  EXPECT_THAT(refused, Refused(kPrecondition, Reason::kRestrictedAfterRecovery));
  EXPECT_EQ(RetryAfterOf(refused), absl::Hours(72));
  EXPECT_THAT(CheckUnrestricted(account, until), IsOk());
}

TEST(Restrict, KeepsTheLaterEndAndForgetsWhatIsOver) {
  const absl::Time now = TestNow();
  const Account account = Restrict(GoodAccount(), now + absl::Hours(72), now);
  EXPECT_EQ(Restrict(account, now + absl::Hours(1), now), account);
  EXPECT_EQ(Restrict(account, now, now), account);
  EXPECT_EQ(Restrict(account, absl::InfinitePast(), now), account);
  EXPECT_EQ(Restrict(account, now + absl::Hours(80), now).restricted_until, now + absl::Hours(80));
  EXPECT_EQ(Restrict(GoodAccount(), now, now), GoodAccount());
}

TEST(PermitPhoneChange, IsGoodUntilItsTimeAndOfTwoTheLaterCounts) {
  const absl::Time until = TestNow() + absl::Minutes(15);
  ASSERT_OK_AND_ASSIGN(const Account account, PermitPhoneChange(GoodAccount(), until, TestNow()));
  EXPECT_TRUE(PhoneChangePermittedAt(account, until - kTick));
  EXPECT_FALSE(PhoneChangePermittedAt(account, until));
  EXPECT_EQ(PermitPhoneChange(account, until - absl::Minutes(1), TestNow())->phone_permit_until, until);
  EXPECT_FALSE(PhoneChangePermittedAt(GoodAccount(), TestNow()));
}

TEST(PermitPhoneChange, IsNotHinderedByALockButByAllElse) {  // R11
  Account locked = GoodAccount();
  locked.lock = Lock{TestNow() + absl::Hours(1), "12345678"};
  EXPECT_THAT(PermitPhoneChange(locked, TestNow() + absl::Minutes(1), TestNow()), IsOk());
  Account account = GoodAccount();
  account.danger_freeze_until = TestNow() + absl::Hours(1);
  EXPECT_THAT(PermitPhoneChange(account, TestNow() + absl::Minutes(1), TestNow()),
              Refused(kPrecondition, Reason::kAccountFrozen));
  account.block_reason = "fraud";
  EXPECT_THAT(PermitPhoneChange(account, TestNow() + absl::Minutes(1), TestNow()),
              Refused(kPrecondition, Reason::kAccountBlocked));
  account.deleted = true;
  EXPECT_THAT(PermitPhoneChange(account, TestNow() + absl::Minutes(1), TestNow()),
              Refused(kPrecondition, Reason::kAccountDeleted));
}

// Every combination of what may stand against a number that the cabinet wants to bind.
struct Binding {
  PhoneKind kind;
  bool had_main, recent_change, restricted, permitted, policy;
};

std::optional<Reason> Expected(const Binding& b) {
  const bool main = b.kind == PhoneKind::kMain;
  if (main && b.permitted) return std::nullopt;
  if (main && b.had_main && b.policy) return Reason::kConfirmationRequired;
  if (b.restricted) return Reason::kRestrictedAfterRecovery;
  if (main && b.had_main && b.recent_change) return Reason::kPhoneChangeTooSoon;
  return std::nullopt;
}

TEST(CheckCabinetBinding, NamesWhatStandsAgainstItInEveryCombination) {  // R13, I3
  for (int bits = 0; bits < 64; ++bits) {
    const auto bit = [&](int n) { return (bits >> n & 1) != 0; };
    const Binding b = {
        bit(0) ? PhoneKind::kMain : PhoneKind::kAdditional, bit(1), bit(2), bit(3), bit(4), bit(5)};
    Account account = GoodAccount();
    account.had_main_phone = b.had_main;
    if (b.recent_change) account.main_phone_changed_at = TestNow() - absl::Hours(1);
    if (b.restricted) account.restricted_until = TestNow() + absl::Hours(1);
    if (b.permitted) account.phone_permit_until = TestNow() + absl::Minutes(1);
    const absl::Status status = CheckCabinetBinding(account, b.kind, Confirmed(b.policy), TestNow());
    const std::optional<Reason> expected = Expected(b);
    if (!expected.has_value()) {
      EXPECT_THAT(status, IsOk()) << bits;
      continue;
    }
    EXPECT_THAT(status, Refused(kPrecondition, *expected)) << bits;
    const bool confirm = *expected == Reason::kConfirmationRequired;
    EXPECT_EQ(MetadataOf(status, "purpose"),
              confirm ? std::optional<std::string>("PHONE_CHANGE") : std::nullopt);
    EXPECT_EQ(RetryAfterOf(status).has_value(), !confirm) << bits;
  }
}

TEST(UnfreezeByOwner, NeedsAConfirmationWhereThePolicyDemandsOne) {
  Account own = GoodAccount();
  own.owner_freeze_until = absl::InfiniteFuture();
  Account danger = GoodAccount();
  danger.danger_freeze_until = TestNow() + absl::Hours(1);
  EXPECT_THAT(UnfreezeByOwner(own, {false}, TestNow()), IsOk());
  EXPECT_THAT(UnfreezeByOwner(danger, {false}, TestNow()), Refused(kPrecondition, Reason::kAccountFrozen));
  for (const Account& account : {own, danger}) {
    const absl::Status refused = UnfreezeByOwner(account, {true}, TestNow()).status();
    EXPECT_THAT(refused, Refused(kPrecondition, Reason::kConfirmationRequired));
    EXPECT_EQ(MetadataOf(refused, "purpose"), "UNFREEZE");
  }
  EXPECT_THAT(UnfreezeByOwner(GoodAccount(), {true}, TestNow()),
              Refused(kPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST(EndFreezes, EndsBothAndLeavesALock) {
  Account account = GoodAccount();
  account.owner_freeze_until = absl::InfiniteFuture();
  account.danger_freeze_until = TestNow() + absl::Hours(24);
  account.lock = Lock{TestNow() + absl::Hours(1), "12345678"};
  ASSERT_OK_AND_ASSIGN(const Account after, EndFreezes(account, TestNow()));
  EXPECT_EQ(StateAt(after, TestNow()), State::kLocked);
}

}  // namespace
}  // namespace tc::identity
