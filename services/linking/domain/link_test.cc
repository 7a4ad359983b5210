#include "services/linking/domain/link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "common/testing/status.h"
#include "services/linking/domain/notice.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using ::testing::Combine;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Refused;
using ::testing::ValuesIn;

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
  const bool guards = alive || from == LinkState::kRemovalPending;
  switch (trigger) {
    case LinkTrigger::kAccept:
      if (from == LinkState::kNew && actor == Actor::kContact) return LinkState::kActive;
      break;
    case LinkTrigger::kConfirmRemoval:
    case LinkTrigger::kErasePrincipal:
      if (guards && actor == Actor::kService) return LinkState::kRemoved;
      break;
    case LinkTrigger::kReportDanger:
      if (guards && actor == Actor::kContact) return from;
      break;
    case LinkTrigger::kRemind:
      if (alive && actor == Actor::kTime) return from;
      break;
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
  EXPECT_EQ(next->ended_at, Guards(*specified) ? absl::InfiniteFuture() : kNow);
  EXPECT_THAT(next->taken, ElementsAre(*FindRow(from, trigger, actor))) << "for whoever records it";
  if (trigger == LinkTrigger::kReportDanger || trigger == LinkTrigger::kRemind) {
    EXPECT_EQ(next->changes.size(), 1u) << "the link is as it was";
    EXPECT_EQ(next->suspend_reason, In(from).suspend_reason);
  } else {
    EXPECT_THAT(next->changes.back(), (LinkChange{kNow, *specified, actor})) << "the history has the change";
    EXPECT_EQ(next->changes.size(), 2u);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, LinkStep,
                         Combine(ValuesIn(kAllLinkStates), ValuesIn(kAllLinkTriggers), ValuesIn(kAllActors)));

TEST(LinkTable, HasNoRowTwice) {
  for (const LinkTransition& a : LinkTransitions()) {
    int same = 0;
    for (const LinkTransition& b : LinkTransitions()) {
      same += a.from == b.from && a.trigger == b.trigger && a.actor == b.actor;
    }
    EXPECT_EQ(same, 1);
  }
}

TEST(LinkTable, TakesThePlacesWhereItBeginsToGuardAndFreesThemWhereItCeases) {
  for (const LinkTransition& row : LinkTransitions()) {
    EXPECT_EQ(row.effects.Has(Effect::kTakePlace), !Guards(row.from) && Guards(row.to));
    EXPECT_EQ(row.effects.Has(Effect::kFreePlace), Guards(row.from) && !Guards(row.to));
  }
}

// L11, LNK-14: whatever changes is told to both; who must not hear of it, or has heard, is named here.
TEST(LinkTable, TellsBothSidesOfEveryChange) {
  for (const LinkTransition& row : LinkTransitions()) {
    bool principal = false;
    bool contact = false;
    for (const Effect effect : kAllEffects) {
      const auto telling = TellingOf(effect);
      if (!row.effects.Has(effect) || !telling.has_value()) continue;
      EXPECT_TRUE(telling->names_other);
      principal = principal || telling->principal;
      contact = contact || telling->contact;
    }
    const bool of_principal_only =
        row.trigger == LinkTrigger::kSuspend || row.trigger == LinkTrigger::kResume ||
        row.trigger == LinkTrigger::kReportDanger || row.trigger == LinkTrigger::kRemind;
    const bool told_already = row.from == LinkState::kSuspended && row.to == LinkState::kSuspended &&
                              row.trigger == LinkTrigger::kSuspend;
    const bool nobody_there = row.trigger == LinkTrigger::kErasePrincipal;
    EXPECT_EQ(principal, !told_already && !nobody_there) << TriggerName(row.trigger);
    EXPECT_EQ(contact, !of_principal_only) << TriggerName(row.trigger);
  }
}

TEST(LinkTable, LetsNobodyButThePrincipalOrHisTimeOrHisConsentEndHisProtection) {
  for (const LinkTransition& row : LinkTransitions()) {
    if (!Guards(row.from) || Guards(row.to)) continue;
    const bool own = row.trigger == LinkTrigger::kResign
                         ? row.actor == Actor::kContact
                         : row.actor == Actor::kTime || row.actor == Actor::kService;
    EXPECT_TRUE(own) << TriggerName(row.trigger);
  }
}

TEST(Names, AreThereForEverything) {
  for (const LinkState state : kAllLinkStates) EXPECT_FALSE(StateName(state).empty());
  for (const LinkTrigger trigger : kAllLinkTriggers) EXPECT_FALSE(TriggerName(trigger).empty());
  for (const InvitationTrigger trigger : kAllInvitationTriggers) EXPECT_FALSE(TriggerName(trigger).empty());
  for (const Actor actor : kAllActors) EXPECT_FALSE(ActorName(actor).empty());
  for (const Guard guard : kAllGuards) EXPECT_EQ(GuardName(guard).empty(), guard == Guard::kNone);
  std::set<std::string> names;
  for (const Effect effect : kAllEffects) names.emplace(EffectName(effect));
  EXPECT_EQ(names.size(), std::size(kAllEffects));
  EXPECT_EQ(EventType(Effect::kEventDangerReported), "DangerReported");
  EXPECT_EQ(EventType(Effect::kTellDanger), "");
}

TEST(Names, EveryEffectIsUsedByATable) {
  for (const Effect effect : kAllEffects) {
    const auto has = [effect](const auto& row) { return row.effects.Has(effect); };
    EXPECT_TRUE(std::any_of(LinkTransitions().begin(), LinkTransitions().end(), has) ||
                std::any_of(InvitationTransitions().begin(), InvitationTransitions().end(), has))
        << EffectName(effect);
  }
}

TEST(Remind, AsksAgainAnIntervalLater) {  // LNK-15
  const auto reminded = Remind(In(LinkState::kActive), absl::Hours(24 * 365), kNow);
  ASSERT_THAT(reminded, IsOk());
  EXPECT_EQ(reminded->remind_at, kNow + absl::Hours(24 * 365));
  EXPECT_THAT(Remind(In(LinkState::kRemovalPending), absl::Hours(1), kNow),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST(Establish, MakesAnActiveLinkOfTheTwoWithItsFirstChange) {
  Invitation invitation;
  invitation.principal = AccountId::FromTrusted("alice");
  invitation.invitee = AccountId::FromTrusted("bob");
  const Link link = Establish(LinkId::FromTrusted("new"), invitation, absl::Hours(24), kNow);
  EXPECT_EQ(link.id.text(), "new");
  EXPECT_EQ(link.principal.text(), "alice");
  EXPECT_EQ(link.contact.text(), "bob");
  EXPECT_EQ(link.state, LinkState::kActive);
  EXPECT_EQ(link.created_at, kNow);
  EXPECT_EQ(link.remind_at, kNow + absl::Hours(24));
  EXPECT_EQ(link.taken.size(), 1u);
  EXPECT_THAT(link.changes, ElementsAre(LinkChange{kNow, LinkState::kActive, Actor::kContact}));
}

TEST(Remove, WithoutADelayEndsAtOnce) {
  const auto removed = Remove(In(LinkState::kActive), absl::ZeroDuration(), kNow);
  ASSERT_THAT(removed, IsOk());
  EXPECT_EQ(removed->state, LinkState::kRemoved);
  EXPECT_EQ(removed->ended_at, kNow);
  EXPECT_EQ(removed->taken.size(), 2u) << "through REMOVAL_PENDING, which takes no time";
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
