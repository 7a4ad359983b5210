#include "services/linking/domain/standing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using testing::IsOk;
using testing::Refused;

constexpr bool kYes = true;
constexpr bool kNo = false;
constexpr auto kPrincipalFails = SuspendReason::kPrincipalNotEligible;
constexpr auto kContactFails = SuspendReason::kContactNotEligible;
const absl::Time kMade = absl::FromUnixSeconds(1'770'000'000);
const absl::Time kNow = kMade + absl::Hours(1);

Link In(LinkState state, SuspendReason reason = SuspendReason::kNone) {
  Link link;
  link.id = LinkId::FromTrusted("l");
  link.state = state;
  link.suspend_reason = reason;
  link.created_at = kMade;
  link.changes = {{kMade, LinkState::kActive, Actor::kContact}};
  return link;
}

Judgement Suspend(SuspendReason reason) { return {LinkTrigger::kSuspend, reason}; }
const Judgement kResume = {LinkTrigger::kResume, SuspendReason::kNone};

PeopleNow Of(bool principal, bool contact) {
  return {.principal_eligible = principal, .contact_eligible = contact};
}

struct Row {
  const char* what;
  LinkState state;
  SuspendReason reason;
  bool principal;
  bool contact;
  std::optional<Judgement> judgement;
};

constexpr auto kNone = SuspendReason::kNone;
const Row kRows[] = {
    // E5
    {"both stand", LinkState::kActive, kNone, kYes, kYes, {}},
    {"the contact falls", LinkState::kActive, kNone, kYes, kNo, Suspend(kContactFails)},
    {"the principal falls", LinkState::kActive, kNone, kNo, kYes, Suspend(kPrincipalFails)},
    {"both fall", LinkState::kActive, kNone, kNo, kNo, Suspend(kContactFails)},

    {"the contact is back", LinkState::kSuspended, kContactFails, kYes, kYes, kResume},
    {"the contact is still out", LinkState::kSuspended, kContactFails, kYes, kNo, {}},
    {"the contact is back, the principal not", LinkState::kSuspended, kContactFails, kNo, kYes,
     Suspend(kPrincipalFails)},
    {"the principal falls, too", LinkState::kSuspended, kContactFails, kNo, kNo, {}},

    {"the principal is back", LinkState::kSuspended, kPrincipalFails, kYes, kYes, kResume},
    {"the principal is back, the contact not", LinkState::kSuspended, kPrincipalFails, kYes, kNo,
     Suspend(kContactFails)},
    {"the principal is still out", LinkState::kSuspended, kPrincipalFails, kNo, kYes, {}},
    {"the contact falls, too", LinkState::kSuspended, kPrincipalFails, kNo, kNo, {}},
};

TEST(Judge, SuspendsWhoFailsAndResumesWhenBothStand) {
  for (const Row& row : kRows) {
    EXPECT_TRUE(Rechecked(row.state));
    EXPECT_EQ(Judge(In(row.state, row.reason), Of(row.principal, row.contact)), row.judgement) << row.what;
  }
}

// Every combination of what identity can say, and every reason that the link can have (L6).
TEST(Judge, KeepsAReasonThatHoldsElseTakesTheFirstThatDoesElseResumes) {
  constexpr SuspendReason kReasons[] = {SuspendReason::kSamePerson, SuspendReason::kSamePhone, kContactFails,
                                        kPrincipalFails};
  for (int facts = 0; facts < 16; ++facts) {
    const bool holds[] = {(facts & 1) != 0, (facts & 2) != 0, (facts & 4) != 0, (facts & 8) != 0};
    const PeopleNow people = {.principal_eligible = !holds[3],
                              .contact_eligible = !holds[2],
                              .same_person = holds[0],
                              .same_phone = holds[1]};
    std::optional<SuspendReason> first;
    for (int i = 3; i >= 0; --i) {
      if (holds[i]) first = kReasons[i];
    }
    const auto active = Judge(In(LinkState::kActive), people);
    EXPECT_EQ(active, first.has_value() ? std::optional(Suspend(*first)) : std::nullopt) << facts;
    for (int i = 0; i < 4; ++i) {
      const auto judgement = Judge(In(LinkState::kSuspended, kReasons[i]), people);
      if (holds[i]) {
        EXPECT_EQ(judgement, std::nullopt) << facts << " stays";
      } else {
        EXPECT_EQ(judgement, first.has_value() ? Suspend(*first) : kResume) << facts;
      }
    }
  }
}

TEST(Judge, LeavesALinkAloneThatEndsOrHasEnded) {
  for (const auto state : {LinkState::kRemovalPending, LinkState::kRemoved, LinkState::kResigned}) {
    EXPECT_FALSE(Rechecked(state));
    for (const bool principal : {kNo, kYes}) {
      for (const bool contact : {kNo, kYes}) {
        EXPECT_EQ(Judge(In(state), Of(principal, contact)), std::nullopt) << StateName(state);
      }
    }
  }
}

TEST(Follow, EveryJudgementCanBeFollowedAndThenNothingMoreIsDue) {
  for (const Row& row : kRows) {
    if (!row.judgement.has_value()) continue;
    const auto followed = Follow(In(row.state, row.reason), *row.judgement, kNow);
    ASSERT_THAT(followed, IsOk()) << row.what;
    const bool suspends = row.judgement->trigger == LinkTrigger::kSuspend;
    EXPECT_EQ(followed->state, suspends ? LinkState::kSuspended : LinkState::kActive) << row.what;
    EXPECT_EQ(followed->suspend_reason, row.judgement->reason) << row.what;
    EXPECT_EQ(followed->changes.back(), (LinkChange{kNow, followed->state, Actor::kService})) << row.what;
    EXPECT_TRUE(Guards(followed->state)) << "protection stays on";
    EXPECT_EQ(Judge(*followed, Of(row.principal, row.contact)), std::nullopt) << row.what;
  }
}

TEST(Follow, IsRefusedOnceTheLinkHasEnded) {
  EXPECT_THAT(Follow(In(LinkState::kResigned), Suspend(kContactFails), kNow),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

}  // namespace
}  // namespace tc::linking
