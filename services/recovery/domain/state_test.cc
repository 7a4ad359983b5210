#include "services/recovery/domain/state.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>

#include "services/recovery/domain/recovery.h"
#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::Noon;
using testing::Refused;

std::optional<State> To(State from, Trigger trigger, Actor actor) {
  const RecoveryTransition* row = FindRow(from, trigger, actor);
  return row == nullptr ? std::nullopt : std::optional(row->to);
}

TEST(Table, HasNoRowTwice) {
  std::set<std::tuple<State, Trigger, Actor>> seen;
  for (const RecoveryTransition& t : Transitions())
    EXPECT_TRUE(seen.emplace(t.from, t.trigger, t.actor).second);
}

TEST(Table, LeadsOutOfNoFinalState) {
  for (const RecoveryTransition& t : Transitions()) EXPECT_FALSE(IsFinal(t.from)) << StateName(t.from);
}

TEST(Table, ReachesEveryState) {
  std::set<State> reached = {State::kAwaitingOwnCode};
  for (size_t i = 0; i < std::size(kAllStates); ++i) {
    for (const RecoveryTransition& t : Transitions()) {
      if (reached.count(t.from) != 0) reached.insert(t.to);
    }
  }
  EXPECT_EQ(reached.size(), std::size(kAllStates));
}

TEST(Table, UsesEveryTriggerAndEveryActor) {
  std::set<Trigger> triggers;
  std::set<Actor> actors;
  for (const RecoveryTransition& t : Transitions()) {
    triggers.insert(t.trigger);
    actors.insert(t.actor);
  }
  EXPECT_EQ(triggers.size(), std::size(kAllTriggers));
  EXPECT_EQ(actors.size(), std::size(kAllActors));
}

// What must never happen, read off the table itself.
TEST(Table, LeadsToApprovedOnlyByTheContactByOfficersOrWhereNobodyGuards) {
  for (const RecoveryTransition& t : Transitions()) {
    if (t.to != State::kApproved || t.from == State::kApproved) continue;
    const bool contact =
        t.from == State::kContactCodeSent && t.trigger == Trigger::kApprove && t.actor == Actor::kContact;
    const bool officer =
        t.from == State::kInPerson && t.trigger == Trigger::kConfirmInPerson && t.actor == Actor::kOfficer;
    const bool unguarded = (t.from == State::kAwaitingOwnCode && t.guard == Guard::kOwnCodeNobodyGuards &&
                            t.actor == Actor::kClaimant) ||
                           (t.trigger == Trigger::kProveInPerson &&
                            t.guard == Guard::kDocumentsNobodyGuards && t.actor == Actor::kOfficer);
    EXPECT_TRUE(contact || officer || unguarded) << StateName(t.from) << " by " << ActorName(t.actor);
  }
}

TEST(Table, LetsTimeLeadToExpiredOnly) {
  for (const RecoveryTransition& t : Transitions()) {
    EXPECT_TRUE(t.trigger != Trigger::kExpire || t.to == State::kExpired);
  }
}

TEST(Table, LetsEveryOpenStateExpireAndBeCancelled) {
  for (const State state : kAllStates) {
    if (IsFinal(state)) continue;
    EXPECT_EQ(To(state, Trigger::kExpire, Actor::kSystem), State::kExpired);
    for (const Actor actor : {Actor::kClaimant, Actor::kPrincipal, Actor::kSystem}) {
      EXPECT_EQ(To(state, Trigger::kCancel, actor), State::kCancelled);
    }
  }
}

TEST(Table, LetsTheOperatorApproveAndCancelNothing) {
  for (const RecoveryTransition& t : Transitions()) {
    EXPECT_FALSE(t.actor == Actor::kOperator && t.to == State::kCancelled);
    const bool by_nobody = t.actor == Actor::kOperator || t.actor == Actor::kSystem;
    EXPECT_FALSE(by_nobody && t.to == State::kApproved);
  }
}

TEST(Table, TellsEveryEndToLinking) {
  for (const RecoveryTransition& t : Transitions())
    EXPECT_EQ(IsFinal(t.to), t.effects.Has(Effect::kEventEnded)) << StateName(t.from);
}

TEST(Table, TellsBothOfEveryHoldAndCancelsTheContactsCode) {
  for (const RecoveryTransition& t : Transitions()) {
    if (t.to != State::kHeld) continue;
    EXPECT_TRUE(t.effects.Has(Effect::kTellHeld) && t.effects.Has(Effect::kEventHeld)) << StateName(t.from);
    EXPECT_EQ(t.effects.Has(Effect::kCancelContactCode), t.from == State::kContactCodeSent);
  }
}

// The walk over everything: state × trigger × actor.
class Walk : public ::testing::TestWithParam<std::tuple<State, Trigger, Actor>> {};

TEST_P(Walk, MovesAsTheTableSaysAndRefusesTheRest) {
  const auto [state, trigger, actor] = GetParam();
  Recovery recovery = testing::InState(state);
  const absl::StatusOr<Recovery> next = Move(recovery, trigger, actor, Noon());
  const std::optional<State> to = To(state, trigger, actor);
  if (to.has_value()) {
    ASSERT_TRUE(next.ok()) << next.status();
    EXPECT_EQ(next->state, *to);
    EXPECT_EQ(next->taken, (std::vector<RecoveryTransition>{*FindRow(state, trigger, actor)}));
    EXPECT_EQ(next->ended_at.has_value(), IsFinal(*to));
    EXPECT_EQ(next->ended_from, IsFinal(*to) ? std::optional(state) : std::nullopt);
    return;
  }
  EXPECT_EQ(next.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MetadataOf(next.status(), "state"), std::string(StateName(state)));
  const Reason reason = state == State::kExpired ? Reason::kRecoveryExpired
                        : IsFinal(state)         ? Reason::kRecoveryClosed
                        : state == State::kHeld  ? Reason::kRecoveryHeld
                                                 : Reason::kStateTransitionNotAllowed;
  EXPECT_TRUE(HasReason(next.status(), reason)) << next.status();
}

INSTANTIATE_TEST_SUITE_P(All, Walk,
                         ::testing::Combine(::testing::ValuesIn(kAllStates),
                                            ::testing::ValuesIn(kAllTriggers),
                                            ::testing::ValuesIn(kAllActors)));

// REC-04: whatever the state, a hundred years of silence approve nothing.
class Silence : public ::testing::TestWithParam<State> {};

TEST_P(Silence, EndsInExpired) {
  const Recovery recovery = testing::InState(GetParam());
  const Recovery later = AsOf(recovery, Noon() + absl::Hours(24 * 365 * 100));
  EXPECT_EQ(later.state, IsFinal(GetParam()) ? GetParam() : State::kExpired);
  if (!IsFinal(GetParam())) {
    EXPECT_EQ(later.ended_at, recovery.expires_at);
    EXPECT_EQ(later.ended_from, GetParam());
  }
}

TEST_P(Silence, EndsAtTheVeryMoment) {
  const Recovery recovery = testing::InState(GetParam());
  const absl::Time end = recovery.expires_at;
  EXPECT_EQ(AsOf(recovery, end - absl::Milliseconds(1)).state, GetParam());
  EXPECT_EQ(AsOf(recovery, end).state, IsFinal(GetParam()) ? GetParam() : State::kExpired);
  EXPECT_EQ(AsOf(recovery, end + absl::Milliseconds(1)).state,
            IsFinal(GetParam()) ? GetParam() : State::kExpired);
}

INSTANTIATE_TEST_SUITE_P(All, Silence, ::testing::ValuesIn(kAllStates));

TEST(Names, AreThoseOfThePublicEnum) {
  std::set<std::string> names;
  for (const State state : kAllStates) names.insert(std::string(StateName(state)));
  EXPECT_EQ(names.size(), std::size(kAllStates));
  EXPECT_EQ(StateName(State::kContactCodeSent), "CONTACT_CODE_SENT");
  EXPECT_EQ(TriggerName(Trigger::kExpire), "expire");
  EXPECT_EQ(ActorName(Actor::kSystem), "system");
}

}  // namespace
}  // namespace tc::recovery
