#include "services/identity/domain/phone_import.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using tc::testing::IsOk;
using tc::testing::Refused;
using tc::testing::Violates;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr absl::Duration kTick = absl::Milliseconds(1);
const PhonePolicy kPolicy;

absl::Time BoundAt() { return *BoundPhone(GoodAccount()).bound_at; }

struct ProofCase {
  const char* name;
  PhoneKind kind;
  std::optional<absl::Duration> released;  // after the binding
  absl::Duration proved;                   // after the binding
  bool good;
};
class Proofs : public ::testing::TestWithParam<ProofCase> {};
TEST_P(Proofs, MustBeNewerThanEveryChangeOfTheMainNumber) {  // I3
  OwnedPhone phone = BoundPhone(GoodAccount());
  phone.kind = GetParam().kind;
  if (GetParam().released.has_value()) {
    phone.state = PhoneState::kReleased;
    phone.released_at = BoundAt() + *GetParam().released;
  }
  const absl::Status status = CheckProof({phone}, BoundAt() + GetParam().proved);
  if (GetParam().good) {
    EXPECT_THAT(status, IsOk());
  } else {
    EXPECT_THAT(status, Violates("PROOF_OUTDATED"));
  }
}
INSTANTIATE_TEST_SUITE_P(
    I3, Proofs,
    ::testing::Values(
        ProofCase{"Newer", PhoneKind::kMain, std::nullopt, kTick, true},
        ProofCase{"OfTheSameMoment", PhoneKind::kMain, std::nullopt, absl::ZeroDuration(), false},
        ProofCase{"Older", PhoneKind::kMain, std::nullopt, -kTick, false},
        ProofCase{"AsOldAsTheRelease", PhoneKind::kMain, absl::Hours(1), absl::Hours(1), false},
        ProofCase{"NewerThanTheRelease", PhoneKind::kMain, absl::Hours(1), absl::Hours(1) + kTick, true},
        ProofCase{"OlderThanAnAdditionalOne", PhoneKind::kAdditional, std::nullopt, -kTick, true}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(CheckImport, TakesAFreeNumberOfAnActiveAccount) {
  const Account account = GoodAccount();
  EXPECT_THAT(CheckImport(account, {}, std::nullopt, BoundAt(), kPolicy, TestNow()), IsOk());
  EXPECT_THAT(CheckImport(account, {BoundPhone(account)}, std::nullopt, TestNow(), kPolicy, TestNow()),
              IsOk());
}

struct StateCase {
  const char* name;
  void (*spoil)(Account&);
  Reason reason;
};
class States : public ::testing::TestWithParam<StateCase> {};
TEST_P(States, OtherThanActiveStopAnImport) {
  Account account = GoodAccount();
  GetParam().spoil(account);
  EXPECT_THAT(CheckImport(account, {}, std::nullopt, BoundAt(), kPolicy, TestNow()),
              Refused(kPrecondition, GetParam().reason));
}
INSTANTIATE_TEST_SUITE_P(
    I3, States,
    ::testing::Values(
        StateCase{"Locked",
                  [](Account& a) {
                    a.lock = Lock{TestNow() + kTick, "12345678"};
                  },
                  Reason::kAccountLocked},
        StateCase{"FrozenByItsOwner", [](Account& a) { a.owner_freeze_until = absl::InfiniteFuture(); },
                  Reason::kAccountFrozen},
        StateCase{"FrozenAfterADangerReport", [](Account& a) { a.danger_freeze_until = TestNow() + kTick; },
                  Reason::kAccountFrozen},
        StateCase{"Blocked", [](Account& a) { a.block_reason = "fraud"; }, Reason::kAccountBlocked},
        StateCase{"Deleted", [](Account& a) { a.deleted = true; }, Reason::kAccountDeleted}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(CheckImport, WaitsForTheOneThatIsScheduled) {
  const Account account = GoodAccount();
  OwnedPhone scheduled = BoundPhone(account);
  scheduled.state = PhoneState::kScheduled;
  scheduled.bound_at.reset();
  EXPECT_THAT(CheckImport(account, {scheduled}, std::nullopt, TestNow(), kPolicy, TestNow()),
              Refused(kPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST(CheckImport, RefusesBusyAndQuarantinedNumbers) {  // IDN-04, IDN-16
  const Account account = GoodAccount();
  const AccountId other = AccountId::FromTrusted("oleg");
  const PhoneId phone = PhoneId::FromTrusted("p7");
  const absl::Time now = TestNow();
  const auto check = [&](const Holder& holder) {
    return CheckImport(account, {}, holder, now, kPolicy, now);
  };
  EXPECT_THAT(check({other, phone, std::nullopt}), Refused(kPrecondition, Reason::kPhoneBusy));
  EXPECT_THAT(check({account.id, phone, std::nullopt}), Refused(kPrecondition, Reason::kPhoneBusy));
  EXPECT_THAT(check({other, phone, now - kPolicy.quarantine + kTick}),
              Refused(kPrecondition, Reason::kPhoneQuarantined));
  EXPECT_THAT(check({other, phone, now - kPolicy.quarantine}), IsOk());
  EXPECT_THAT(check({account.id, phone, now}), IsOk());  // one's own comes back at once
}

}  // namespace
}  // namespace tc::identity
