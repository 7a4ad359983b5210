#include "services/identity/domain/account.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using tc::testing::Refused;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

constexpr Trigger kTriggers[] = {Trigger::kConfirm,         Trigger::kLock,     Trigger::kUnlock,
                                 Trigger::kFreeze,          Trigger::kUnfreeze, Trigger::kReportDanger,
                                 Trigger::kConfirmUnfreeze, Trigger::kBlock,    Trigger::kUnblock,
                                 Trigger::kDelete};
constexpr Actor kActors[] = {Actor::kOwner, Actor::kService, Actor::kOperator, Actor::kRegistrar,
                             Actor::kSystem};

// An account of which nothing but this state is true.
Account In(State state) {
  Account account = GoodAccount();
  switch (state) {
    case State::kActive:
      break;
    case State::kLocked:
      account.lock = Lock{TestNow() + absl::Minutes(1), "12345678"};
      break;
    case State::kFrozen:
      account.owner_freeze_until = absl::InfiniteFuture();
      break;
    case State::kBlocked:
      account.block_reason = "fraud";
      break;
    case State::kDeleted:
      account.deleted = true;
      break;
  }
  return account;
}

absl::StatusOr<Account> Fire(Account account, Trigger trigger, Actor actor) {
  const absl::Time later = TestNow() + absl::Hours(1);
  switch (trigger) {
    case Trigger::kConfirm:
      return ConfirmBy(account, {Confirmation::kOnlineBank, TestNow(), "r"}, *IvanPetrov().document,
                       TestNow());
    case Trigger::kLock:
      return LockUntil(account, {later, "1"}, TestNow());
    case Trigger::kUnlock:
      return Unlock(account, actor, TestNow());
    case Trigger::kFreeze:
      return Freeze(account, later, TestNow());
    case Trigger::kUnfreeze:
      return Unfreeze(account, TestNow());
    case Trigger::kReportDanger:
      return ReportDanger(account, later, TestNow());
    case Trigger::kConfirmUnfreeze:
      return EndFreezes(account, TestNow());
    case Trigger::kBlock:
      return Block(account, "r", TestNow());
    case Trigger::kUnblock:
      return Unblock(account, TestNow());
    case Trigger::kDelete:
      return account;  // has its own method of erasing
  }
  return account;
}

using Edge = std::tuple<State, Trigger, Actor>;
class EveryEdge : public ::testing::TestWithParam<Edge> {};

TEST_P(EveryEdge, IsInTheTableOrRefused) {
  const auto& [from, trigger, actor] = GetParam();
  const Transition* row = nullptr;
  for (const Transition& t : Transitions()) {
    if (t.from == from && t.trigger == trigger && t.actor == actor) row = &t;
  }
  const absl::Status allowed = Allowed(In(from), trigger, actor, TestNow());
  if (row == nullptr) {
    EXPECT_THAT(allowed, Refused(kPrecondition, Reason::kStateTransitionNotAllowed));
    EXPECT_EQ(MetadataOf(allowed, "state"), std::string(StateName(from)));
    return;
  }
  EXPECT_THAT(allowed, tc::testing::IsOk());
  if (trigger == Trigger::kDelete) return;
  ASSERT_OK_AND_ASSIGN(const Account after, Fire(In(from), trigger, actor));
  EXPECT_EQ(StateAt(after, TestNow()), row->to);
}

INSTANTIATE_TEST_SUITE_P(Account, EveryEdge,
                         ::testing::Combine(::testing::ValuesIn(kStates), ::testing::ValuesIn(kTriggers),
                                            ::testing::ValuesIn(kActors)));

TEST(Transitions, ListsNoEdgeTwiceAndNoneOutOfDeleted) {
  const auto rows = Transitions();
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_NE(rows[i].from, State::kDeleted);
    for (size_t j = i + 1; j < rows.size(); ++j) {
      EXPECT_FALSE(rows[i].from == rows[j].from && rows[i].trigger == rows[j].trigger &&
                   rows[i].actor == rows[j].actor);
    }
  }
}

TEST(StateAt, IsTheGravestFactInForce) {
  Account account = In(State::kLocked);
  EXPECT_EQ(StateAt(account, TestNow()), State::kLocked);
  account.danger_freeze_until = TestNow() + absl::Hours(1);
  EXPECT_EQ(StateAt(account, TestNow()), State::kFrozen);
  account.block_reason = "fraud";
  EXPECT_EQ(StateAt(account, TestNow()), State::kBlocked);
  account.deleted = true;
  EXPECT_EQ(StateAt(account, TestNow()), State::kDeleted);
}

TEST(StateAt, OpensALockAtItsTimeAndNotBefore) {
  const Account account = In(State::kLocked);
  EXPECT_EQ(StateAt(account, account.lock->until - absl::Milliseconds(1)), State::kLocked);
  EXPECT_EQ(StateAt(account, account.lock->until), State::kActive);
  EXPECT_EQ(StateAt(account, account.lock->until + absl::Milliseconds(1)), State::kActive);
}

TEST(StateAt, EndsAFreezeAtItsTimeAndNotBefore) {
  Account account = GoodAccount();
  account.danger_freeze_until = TestNow() + absl::Hours(24);
  EXPECT_EQ(StateAt(account, TestNow() + absl::Hours(24) - absl::Milliseconds(1)), State::kFrozen);
  EXPECT_EQ(StateAt(account, TestNow() + absl::Hours(24)), State::kActive);
}

TEST(Block, DoesNotForgetTheFreezeBeneath) {
  ASSERT_OK_AND_ASSIGN(const Account frozen,
                       ReportDanger(GoodAccount(), TestNow() + absl::Hours(24), TestNow()));
  ASSERT_OK_AND_ASSIGN(const Account blocked, Block(frozen, "fraud", TestNow()));
  ASSERT_OK_AND_ASSIGN(const Account unblocked, Unblock(blocked, TestNow()));
  EXPECT_EQ(StateAt(unblocked, TestNow()), State::kFrozen);
}

TEST(Freeze, KeepsTheLaterEnd) {
  ASSERT_OK_AND_ASSIGN(const Account first,
                       ReportDanger(GoodAccount(), TestNow() + absl::Hours(24), TestNow()));
  ASSERT_OK_AND_ASSIGN(const Account second, ReportDanger(first, TestNow() + absl::Hours(2), TestNow()));
  EXPECT_EQ(FrozenUntil(second, TestNow()), TestNow() + absl::Hours(24));
}

TEST(Unfreeze, CannotLiftAFreezeAfterADangerReport) {
  ASSERT_OK_AND_ASSIGN(const Account account,
                       ReportDanger(GoodAccount(), TestNow() + absl::Hours(24), TestNow()));
  const absl::StatusOr<Account> refused = Unfreeze(account, TestNow());
  EXPECT_THAT(refused, Refused(kPrecondition, Reason::kAccountFrozen));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(24));
}

TEST(Unfreeze, LiftsOnlyTheOwnersOwnOfTwo) {
  ASSERT_OK_AND_ASSIGN(const Account own, Freeze(GoodAccount(), absl::InfiniteFuture(), TestNow()));
  ASSERT_OK_AND_ASSIGN(const Account both, ReportDanger(own, TestNow() + absl::Hours(24), TestNow()));
  ASSERT_OK_AND_ASSIGN(const Account left, Unfreeze(both, TestNow()));
  EXPECT_EQ(StateAt(left, TestNow()), State::kFrozen);
}

TEST(Confirm, RaisesTheLevelAndTakesTheDocument) {
  Account account = GoodAccount();
  account.confirmed.reset();
  EXPECT_EQ(LevelOf(account), Level::kStandard);
  account.person.document.reset();
  const Document shown{DocumentType::kRfPassport, "4510", "654321", absl::CivilDay(2020, 1, 1), ""};
  ASSERT_OK_AND_ASSIGN(const Account after,
                       ConfirmBy(account, {Confirmation::kPostalCode, TestNow(), "r"}, shown, TestNow()));
  EXPECT_EQ(LevelOf(after), Level::kConfirmed);
  EXPECT_EQ(after.person.document, shown);
}

TEST(Confirm, ReplacesADocumentWhereAnOfficerSeesItOnly) {  // I5
  const Account account = GoodAccount();
  const Document other{DocumentType::kRfPassport, "4510", "654321", absl::CivilDay(2020, 1, 1), ""};
  for (const Confirmation way :
       {Confirmation::kPostalCode, Confirmation::kOnlineBank, Confirmation::kElectronicSignature}) {
    const absl::Status refused = ConfirmBy(account, {way, TestNow(), "r"}, other, TestNow()).status();
    EXPECT_THAT(refused, Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
    ASSERT_EQ(ViolationsOf(refused).size(), 1U);
    EXPECT_EQ(ViolationsOf(refused).front().reason, "DOCUMENT_DIFFERS");
    EXPECT_TRUE(ConfirmBy(account, {way, TestNow(), "r"}, *account.person.document, TestNow()).ok());
  }
  ASSERT_OK_AND_ASSIGN(const Account after,
                       ConfirmBy(account, {Confirmation::kServiceCentre, TestNow(), "r"}, other, TestNow()));
  EXPECT_EQ(after.person.document, other);
}

TEST(Confirm, NeedsTheRestOfTheRegistrationData) {
  for (void (*spoil)(Person&) :
       {+[](Person& p) { p.birth.reset(); }, +[](Person& p) { p.snils.clear(); },
        +[](Person& p) { p.first_name.clear(); }, +[](Person& p) { p.last_name.clear(); }}) {
    Account account = GoodAccount();
    account.confirmed.reset();
    spoil(account.person);
    EXPECT_EQ(LevelOf(account), Level::kSimplified);
    EXPECT_THAT(ConfirmBy(account, {}, *IvanPetrov().document, TestNow()),
                Refused(kPrecondition, Reason::kNotEligible));
  }
}

struct StateReason {
  State state;
  Reason reason;
};
class RequireStateTable : public ::testing::TestWithParam<StateReason> {};

TEST_P(RequireStateTable, NamesWhatStandsAgainstIt) {
  EXPECT_THAT(RequireState(In(GetParam().state), {State::kActive}, TestNow()),
              Refused(kPrecondition, GetParam().reason));
  EXPECT_THAT(RequireState(In(GetParam().state), {State::kActive, GetParam().state}, TestNow()),
              tc::testing::IsOk());
}

INSTANTIATE_TEST_SUITE_P(Account, RequireStateTable,
                         ::testing::Values(StateReason{State::kLocked, Reason::kAccountLocked},
                                           StateReason{State::kFrozen, Reason::kAccountFrozen},
                                           StateReason{State::kBlocked, Reason::kAccountBlocked},
                                           StateReason{State::kDeleted, Reason::kAccountDeleted}));

TEST(RequireState, TellsWhenALockEndsAndNothingOfAnOpenFreeze) {
  EXPECT_EQ(RetryAfterOf(RequireState(In(State::kLocked), {State::kActive}, TestNow())), absl::Minutes(1));
  EXPECT_EQ(RetryAfterOf(RequireState(In(State::kFrozen), {State::kActive}, TestNow())), std::nullopt);
}

}  // namespace
}  // namespace tc::identity
