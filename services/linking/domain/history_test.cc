#include "services/linking/domain/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tc::linking {
namespace {

const absl::Time kMade = absl::FromUnixSeconds(1'770'000'000);
constexpr absl::Duration kTick = absl::Microseconds(1);

absl::Time At(int hours) { return kMade + absl::Hours(hours); }

Link With(std::vector<LinkChange> changes) {
  Link link;
  link.created_at = changes.front().at;
  link.state = changes.back().to;
  if (!Guards(link.state)) link.ended_at = changes.back().at;
  link.changes = std::move(changes);
  return link;
}

const LinkChange kBegin = {kMade, LinkState::kActive, Actor::kContact};

struct Moment {
  const char* what;
  absl::Time at;
  std::optional<LinkState> state;
};

TEST(GuardedAt, FollowsTheHistory) {  // L8
  const Link link = With({kBegin,
                          {At(1), LinkState::kSuspended, Actor::kService},
                          {At(2), LinkState::kActive, Actor::kService},
                          {At(3), LinkState::kRemovalPending, Actor::kPrincipal},
                          {At(27), LinkState::kRemoved, Actor::kTime}});
  const Moment kMoments[] = {
      {"before", kMade - kTick, std::nullopt},
      {"at the acceptance", kMade, LinkState::kActive},
      {"suspended", At(1), LinkState::kSuspended},
      {"a moment before it resumes", At(2) - kTick, LinkState::kSuspended},
      {"active again", At(2), LinkState::kActive},
      {"in his last day he guards", At(27) - kTick, LinkState::kRemovalPending},
      {"at the end", At(27), std::nullopt},
      {"for ever after", At(9000), std::nullopt},
  };
  for (const Moment& moment : kMoments)
    EXPECT_EQ(GuardedAt(link, {}, moment.at), moment.state) << moment.what;
}

TEST(GuardedAt, EndsWhenARemovalIsDueThoughNobodyHasWrittenItDown) {
  Link link = With({kBegin, {At(3), LinkState::kRemovalPending, Actor::kPrincipal}});
  link.removal_at = At(27);
  EXPECT_EQ(GuardedAt(link, {}, At(27) - kTick), LinkState::kRemovalPending);
  EXPECT_EQ(GuardedAt(link, {}, At(27)), std::nullopt);
  Protection held;
  held.holds = {{"rec-1", At(30)}};
  EXPECT_EQ(GuardedAt(link, held, At(29)), LinkState::kRemovalPending) << "the recovery holds him";
  EXPECT_EQ(GuardedAt(link, held, At(2)), LinkState::kActive) << "and the past stays what it was";
}

TEST(GuardedAt, OfTwoChangesInOneMomentTheLaterCounts) {
  const Link link = With({kBegin,
                          {At(3), LinkState::kRemovalPending, Actor::kPrincipal},
                          {At(3), LinkState::kRemoved, Actor::kTime}});
  EXPECT_EQ(GuardedAt(link, {}, At(3) - kTick), LinkState::kActive);
  EXPECT_EQ(GuardedAt(link, {}, At(3)), std::nullopt);
}

TEST(GuardedAt, TheMomentOfNowIsTheStateOfNow) {
  for (const LinkState state : {LinkState::kActive, LinkState::kSuspended, LinkState::kRemovalPending,
                                LinkState::kRemoved, LinkState::kResigned}) {
    const Link link = With({kBegin, {At(1), state, Actor::kService}});
    const LinkState now = StateAt(link, {}, At(2));
    EXPECT_EQ(GuardedAt(link, {}, At(2)), Guards(now) ? std::optional(now) : std::nullopt)
        << StateName(state);
  }
}

TEST(Remember, TheLatestHundredSuspensionsAndResumptionsAndAllElse) {
  std::vector<LinkChange> changes = {kBegin};
  for (int i = 1; i <= 1001; ++i) {
    Remember(changes, {At(i), i % 2 == 1 ? LinkState::kSuspended : LinkState::kActive, Actor::kService});
  }
  EXPECT_EQ(changes.size(), 1 + kRememberedSuspensions);
  EXPECT_EQ(changes.front(), kBegin) << "since when he guards is never forgotten";
  EXPECT_EQ(changes[1].at, At(902));
  EXPECT_EQ(changes.back().at, At(1001));
  Remember(changes, {At(2000), LinkState::kRemovalPending, Actor::kPrincipal});
  Remember(changes, {At(2024), LinkState::kRemoved, Actor::kTime});
  EXPECT_EQ(changes.size(), 3 + kRememberedSuspensions);
  const Link link = With(changes);
  EXPECT_EQ(GuardedAt(link, {}, At(1)), LinkState::kActive)
      << "that he guarded is known; that he was suspended not";
  EXPECT_EQ(GuardedAt(link, {}, At(1001)), LinkState::kSuspended);
  EXPECT_EQ(GuardedAt(link, {}, At(2024)), std::nullopt);
}

TEST(Remember, KeepsARemovalByTheService) {
  std::vector<LinkChange> changes = {kBegin};
  for (size_t i = 0; i < kRememberedSuspensions; ++i) {
    Remember(changes, {At(1), LinkState::kSuspended, Actor::kService});
  }
  Remember(changes, {At(2), LinkState::kRemoved, Actor::kService});
  EXPECT_EQ(changes.size(), 2 + kRememberedSuspensions);
}

}  // namespace
}  // namespace tc::linking
