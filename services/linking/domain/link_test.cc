#include "services/linking/domain/link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "common/testing/status.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using ::testing::Combine;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Refused;
using ::testing::ValuesIn;

constexpr LinkState kStates[] = {LinkState::kActive, LinkState::kSuspended, LinkState::kRemovalPending,
                                 LinkState::kRemoved, LinkState::kResigned};
constexpr LinkTrigger kTriggers[] = {LinkTrigger::kSuspend, LinkTrigger::kResume, LinkTrigger::kRemove,
                                     LinkTrigger::kCompleteRemoval, LinkTrigger::kResign};

const absl::Time kMade = absl::FromUnixSeconds(1'770'000'000);
const absl::Time kNow = kMade + absl::Hours(1);

Link In(LinkState state) {
  Link link;
  link.id = LinkId::FromTrusted("l");
  link.principal = AccountId::FromTrusted("alice");
  link.contact = AccountId::FromTrusted("bob");
  link.state = state;
  link.created_at = kMade;
  link.changes = {{kMade, LinkState::kActive, Actor::kContact}};
  if (state == LinkState::kSuspended) link.suspend_reason = SuspendReason::kContactNotEligible;
  return link;
}

// The specification, written down apart from the table in the code.
std::optional<LinkState> Specified(LinkState from, LinkTrigger trigger, Actor actor) {
  const bool alive = from == LinkState::kActive || from == LinkState::kSuspended;
  switch (trigger) {
    case LinkTrigger::kSuspend:
      if (alive && actor == Actor::kService) return LinkState::kSuspended;
      break;
    case LinkTrigger::kResume:
      if (from == LinkState::kSuspended && actor == Actor::kService) return LinkState::kActive;
      break;
    case LinkTrigger::kRemove:
      if (alive && actor == Actor::kPrincipal) return LinkState::kRemovalPending;
      break;
    case LinkTrigger::kCompleteRemoval:
      if (from == LinkState::kRemovalPending && actor == Actor::kTime) return LinkState::kRemoved;
      break;
    case LinkTrigger::kResign:
      if (alive && actor == Actor::kContact) return LinkState::kResigned;
      break;
  }
  return std::nullopt;
}

class LinkStep : public ::testing::TestWithParam<std::tuple<LinkState, LinkTrigger, Actor>> {};

TEST_P(LinkStep, GoesWhereTheSpecificationSaysOrIsRefused) {
  const auto [from, trigger, actor] = GetParam();
  const absl::StatusOr<Link> next = Apply(In(from), trigger, actor, kNow);
  const std::optional<LinkState> specified = Specified(from, trigger, actor);
  if (!specified.has_value()) {
    EXPECT_THAT(next, Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
    EXPECT_EQ(MetadataOf(next.status(), "state"), StateName(from));
    return;
  }
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->state, *specified);
  EXPECT_THAT(next->changes.back(), (LinkChange{kNow, *specified, actor})) << "the history has the change";
  EXPECT_EQ(next->changes.size(), 2u);
  EXPECT_EQ(next->ended_at, Guards(*specified) ? absl::InfiniteFuture() : kNow);
}

INSTANTIATE_TEST_SUITE_P(Table, LinkStep, Combine(ValuesIn(kStates), ValuesIn(kTriggers), ValuesIn(kActors)));

TEST(LinkTable, HasNoRowTwice) {
  for (const LinkTransition& a : kLinkTransitions) {
    int same = 0;
    for (const LinkTransition& b : kLinkTransitions) {
      same += a.from == b.from && a.trigger == b.trigger && a.actor == b.actor;
    }
    EXPECT_EQ(same, 1);
  }
}

TEST(Establish, MakesAnActiveLinkOfTheTwoWithItsFirstChange) {
  Invitation invitation;
  invitation.principal = AccountId::FromTrusted("alice");
  invitation.invitee = AccountId::FromTrusted("bob");
  const Link link = Establish(LinkId::FromTrusted("new"), invitation, kNow);
  EXPECT_EQ(link.id.text(), "new");
  EXPECT_EQ(link.principal.text(), "alice");
  EXPECT_EQ(link.contact.text(), "bob");
  EXPECT_EQ(link.state, LinkState::kActive);
  EXPECT_EQ(link.created_at, kNow);
  EXPECT_THAT(link.changes, ElementsAre(LinkChange{kNow, LinkState::kActive, Actor::kContact}));
}

TEST(Remove, WithoutADelayEndsAtOnce) {
  const auto removed = Remove(In(LinkState::kActive), absl::ZeroDuration(), kNow);
  ASSERT_THAT(removed, IsOk());
  EXPECT_EQ(removed->state, LinkState::kRemoved);
  EXPECT_EQ(removed->ended_at, kNow);
}

TEST(Remove, WithADelayGuardsOn) {
  const auto pending = Remove(In(LinkState::kSuspended), absl::Hours(24), kNow);
  ASSERT_THAT(pending, IsOk());
  EXPECT_EQ(pending->state, LinkState::kRemovalPending);
  EXPECT_EQ(pending->removal_at, kNow + absl::Hours(24));
  EXPECT_EQ(pending->ended_at, absl::InfiniteFuture());
  EXPECT_TRUE(Guards(pending->state));
}

TEST(Remove, IsRefusedASecondTime) {
  const auto pending = Remove(In(LinkState::kActive), absl::Hours(24), kNow);
  ASSERT_THAT(pending, IsOk());
  EXPECT_THAT(Remove(*pending, absl::Hours(24), kNow),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST(Resume, ForgetsWhyItWasSuspended) {
  const auto active = Apply(In(LinkState::kSuspended), LinkTrigger::kResume, Actor::kService, kNow);
  ASSERT_THAT(active, IsOk());
  EXPECT_EQ(active->suspend_reason, SuspendReason::kNone);
}

TEST(Guards, WhileActiveSuspendedOrRemovalPending) {
  EXPECT_TRUE(Guards(LinkState::kActive));
  EXPECT_TRUE(Guards(LinkState::kSuspended));
  EXPECT_TRUE(Guards(LinkState::kRemovalPending));
  EXPECT_FALSE(Guards(LinkState::kRemoved));
  EXPECT_FALSE(Guards(LinkState::kResigned));
}

}  // namespace
}  // namespace tc::linking
