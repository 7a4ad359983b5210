#include "services/linking/domain/invitation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "common/testing/status.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using ::testing::Combine;
using testing::IsOk;
using testing::Refused;
using ::testing::ValuesIn;

const absl::Time kMade = absl::FromUnixSeconds(1'770'000'000);
const absl::Time kEnd = kMade + absl::Minutes(30);

Invitation In(InvitationState state) {
  Invitation invitation;
  invitation.id = InvitationId::FromTrusted("i");
  invitation.principal = AccountId::FromTrusted("alice");
  invitation.invitee = AccountId::FromTrusted("bob");
  invitation.state = state;
  invitation.created_at = kMade;
  invitation.expire_at = kEnd;
  if (state != InvitationState::kPending && state != InvitationState::kNew)
    invitation.ended_at = kMade + absl::Minutes(1);
  return invitation;
}

// The specification, written down apart from the table in the code.
std::optional<InvitationState> Specified(InvitationState from, InvitationTrigger trigger, Actor actor) {
  if (from == InvitationState::kNew && trigger == InvitationTrigger::kInvite && actor == Actor::kPrincipal)
    return InvitationState::kPending;
  if (from != InvitationState::kPending) return std::nullopt;
  if (trigger == InvitationTrigger::kAccept && actor == Actor::kContact) return InvitationState::kAccepted;
  if (trigger == InvitationTrigger::kDecline && actor == Actor::kContact) return InvitationState::kDeclined;
  if (trigger == InvitationTrigger::kCancel && actor == Actor::kPrincipal) return InvitationState::kCancelled;
  if (trigger == InvitationTrigger::kExpire && actor == Actor::kTime) return InvitationState::kExpired;
  if (trigger == InvitationTrigger::kErasePrincipal && actor == Actor::kService)
    return InvitationState::kCancelled;
  return std::nullopt;
}

class InvitationStep
    : public ::testing::TestWithParam<std::tuple<InvitationState, InvitationTrigger, Actor>> {};

TEST_P(InvitationStep, GoesWhereTheSpecificationSaysOrIsRefused) {
  const auto [from, trigger, actor] = GetParam();
  const bool expiry = trigger == InvitationTrigger::kExpire;
  const absl::Time now = expiry ? kEnd : kMade + absl::Minutes(2);
  const absl::StatusOr<Invitation> next = Apply(In(from), trigger, actor, now);
  const std::optional<InvitationState> specified = Specified(from, trigger, actor);
  if (specified.has_value()) {
    ASSERT_THAT(next, IsOk());
    EXPECT_EQ(next->state, *specified);
    EXPECT_EQ(next->ended_at, *specified == InvitationState::kPending ? absl::InfiniteFuture() : now);
    ASSERT_EQ(next->taken.size(), 1u) << "remembered for whoever records it";
    EXPECT_EQ(next->taken[0], *FindRow(from, trigger, actor));
    return;
  }
  EXPECT_EQ(next.status().code(), kFailedPrecondition);
  const bool open = from == InvitationState::kPending || from == InvitationState::kNew;
  const Reason reason = open                                ? Reason::kStateTransitionNotAllowed
                        : from == InvitationState::kExpired ? Reason::kInvitationExpired
                                                            : Reason::kInvitationClosed;
  EXPECT_TRUE(HasReason(next.status(), reason)) << next.status();
}

INSTANTIATE_TEST_SUITE_P(Table, InvitationStep,
                         Combine(ValuesIn(kAllInvitationStates), ValuesIn(kAllInvitationTriggers),
                                 ValuesIn(kAllActors)));

TEST(InvitationTable, HasNoRowTwice) {
  for (const InvitationTransition& a : InvitationTransitions()) {
    int same = 0;
    for (const InvitationTransition& b : InvitationTransitions()) {
      same += a.from == b.from && a.trigger == b.trigger && a.actor == b.actor;
    }
    EXPECT_EQ(same, 1);
  }
}

TEST(InvitationTable, EveryStepTellsFollowersWhereItLedAndFreesThePlaceWhenItIsOver) {
  for (const InvitationTransition& row : InvitationTransitions()) {
    int events = 0;
    for (const Effect effect : kAllEffects) events += row.effects.Has(effect) && !EventType(effect).empty();
    EXPECT_EQ(events, 1) << TriggerName(row.trigger);
    const bool open = row.to == InvitationState::kPending;
    EXPECT_EQ(row.effects.Has(Effect::kTakePlace), open) << TriggerName(row.trigger);
    EXPECT_EQ(row.effects.Has(Effect::kFreePlace), !open) << TriggerName(row.trigger);
    // L11: the principal hears of every end but of an acceptance, of which the link's notice tells.
    const bool heard_otherwise =
        row.trigger == InvitationTrigger::kAccept || row.trigger == InvitationTrigger::kErasePrincipal;
    EXPECT_EQ(row.effects.Has(Effect::kTellInvitationEnded), !open && !heard_otherwise);
  }
}

TEST(InvitationTable, TellsTheInviteeOfItsBeginningOnly) {  // L2: a later notice would tell who it reached
  for (const InvitationTransition& row : InvitationTransitions()) {
    EXPECT_EQ(row.effects.Has(Effect::kTellInvitationReceived), row.from == InvitationState::kNew);
  }
}

TEST(Offer, IsOpenForItsLifetimeAndHasReachedNobodyYet) {
  const Invitation offer =
      Offer(InvitationId::FromTrusted("i"), AccountId::FromTrusted("alice"), absl::Minutes(30), kMade);
  EXPECT_EQ(offer.state, InvitationState::kPending);
  EXPECT_EQ(offer.created_at, kMade);
  EXPECT_EQ(offer.expire_at, kEnd);
  EXPECT_EQ(offer.ended_at, absl::InfiniteFuture());
  EXPECT_FALSE(offer.invitee.has_value());
  ASSERT_EQ(offer.taken.size(), 1u);
  EXPECT_EQ(offer.taken[0].trigger, InvitationTrigger::kInvite);
}

struct Instant {
  const char* when;
  absl::Duration before_end;
  bool open;
};

class LastInstant : public ::testing::TestWithParam<Instant> {};

TEST_P(LastInstant, DecidesWhetherItCanBeAnswered) {
  const absl::Time now = kEnd - GetParam().before_end;
  const Invitation invitation = In(InvitationState::kPending);
  EXPECT_EQ(StateAt(invitation, now),
            GetParam().open ? InvitationState::kPending : InvitationState::kExpired);
  for (const auto& [trigger, actor] : {std::pair(InvitationTrigger::kAccept, Actor::kContact),
                                       std::pair(InvitationTrigger::kDecline, Actor::kContact),
                                       std::pair(InvitationTrigger::kCancel, Actor::kPrincipal)}) {
    const auto next = Apply(invitation, trigger, actor, now);
    if (GetParam().open) {
      EXPECT_THAT(next, IsOk());
    } else {
      EXPECT_THAT(next, Refused(kFailedPrecondition, Reason::kInvitationExpired));
    }
  }
  EXPECT_EQ(Apply(invitation, InvitationTrigger::kExpire, Actor::kTime, now).ok(), !GetParam().open);
}

INSTANTIATE_TEST_SUITE_P(ThirtyMinutes, LastInstant,
                         ::testing::Values(Instant{"made", absl::Minutes(30), true},
                                           Instant{"a millisecond before", absl::Milliseconds(1), true},
                                           Instant{"at the end", absl::ZeroDuration(), false},
                                           Instant{"a millisecond after", -absl::Milliseconds(1), false}));

TEST(Expiry, CountsFromTheDeadlineNotFromTheMomentSomebodyLooked) {
  const auto expired =
      Apply(In(InvitationState::kPending), InvitationTrigger::kExpire, Actor::kTime, kEnd + absl::Hours(5));
  ASSERT_THAT(expired, IsOk());
  EXPECT_EQ(expired->ended_at, kEnd);
}

TEST(Expiry, DoesNotTouchWhatHasEnded) {
  const Invitation accepted = In(InvitationState::kAccepted);
  EXPECT_EQ(StateAt(accepted, kEnd + absl::Hours(1)), InvitationState::kAccepted);
}

TEST(Refusal, NamesTheStateThatStandsInTheWay) {
  const auto refused = Apply(In(InvitationState::kDeclined), InvitationTrigger::kAccept, Actor::kContact,
                             kMade + absl::Minutes(2));
  EXPECT_EQ(MetadataOf(refused.status(), "state"), "DECLINED");
  const auto stranger = Apply(In(InvitationState::kPending), InvitationTrigger::kAccept, Actor::kPrincipal,
                              kMade + absl::Minutes(2));
  EXPECT_EQ(MetadataOf(stranger.status(), "state"), "PENDING");
}

TEST(StateName, IsThatOfThePublicEnum) {
  EXPECT_EQ(StateName(InvitationState::kPending), "PENDING");
  EXPECT_EQ(StateName(InvitationState::kAccepted), "ACCEPTED");
  EXPECT_EQ(StateName(InvitationState::kDeclined), "DECLINED");
  EXPECT_EQ(StateName(InvitationState::kCancelled), "CANCELLED");
  EXPECT_EQ(StateName(InvitationState::kExpired), "EXPIRED");
}

}  // namespace
}  // namespace tc::linking
