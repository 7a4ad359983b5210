#include "services/recovery/domain/notice.h"

#include <gtest/gtest.h>

#include <set>

#include "services/recovery/domain/occurrence.h"
#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::Approved;
using testing::Assigned;
using testing::Begun;
using testing::CodeSent;
using testing::InState;
using testing::Noon;

std::vector<std::pair<NoticeKind, std::string>> Told(const Recovery& before, const Recovery& after) {
  std::vector<std::pair<NoticeKind, std::string>> told;
  for (const Notice& notice : NoticesFor(before, after))
    told.emplace_back(notice.kind, notice.receiver.text());
  return told;
}
using Told_ = std::vector<std::pair<NoticeKind, std::string>>;

Recovery Ended(Recovery recovery, State state) {
  recovery.state = state;
  recovery.hold_taken = true;
  return recovery;
}

TEST(Notices, DisturbNobodyBeforeTheOwnCodeIsProved) {  // REC-02
  EXPECT_TRUE(NoticesFor(Recovery(), Begun()).empty());
  EXPECT_TRUE(NoticesFor(Begun(), Ended(Begun(), State::kExpired)).empty());
  EXPECT_TRUE(NoticesFor(Begun(), Ended(Begun(), State::kCancelled)).empty());
}

TEST(Notices, TellBothWhenTheContactIsAsked) {
  EXPECT_EQ(Told(Begun(), Assigned()),
            (Told_{{NoticeKind::kStarted, "alice"}, {NoticeKind::kAwaitingContact, "bob"}}));
}

TEST(Notices, TellThePrincipalWhereNobodyGuards) {
  ClaimEvidence evidence;
  evidence.account_active = evidence.addresses_unchanged = true;
  EXPECT_EQ(Told(Begun(), *ProveClaim(Begun(), evidence, "h", "", Noon())),
            (Told_{{NoticeKind::kStarted, "alice"}}));
}

TEST(Notices, TellThePrincipalOfTheAnswer) {
  EXPECT_EQ(Told(CodeSent(), Approved()), (Told_{{NoticeKind::kApproved, "alice"}}));
  EXPECT_EQ(Told(CodeSent(), Ended(CodeSent(), State::kRejected)), (Told_{{NoticeKind::kRejected, "alice"}}));
}

TEST(Notices, TellBothOfTheEnd) {
  EXPECT_EQ(Told(Approved(), Ended(Approved(), State::kCompleted)),
            (Told_{{NoticeKind::kCompleted, "alice"}, {NoticeKind::kCompleted, "bob"}}));
  for (const State end : {State::kExpired, State::kCancelled, State::kLocked, State::kHeld}) {
    EXPECT_EQ(Told(CodeSent(), Ended(CodeSent(), end)),
              (Told_{{NoticeKind::kEnded, "alice"}, {NoticeKind::kEnded, "bob"}}));
  }
}

TEST(Notices, SayNothingOfADecoyOrOfNoChange) {
  EXPECT_TRUE(NoticesFor(CodeSent(), CodeSent()).empty());
  Recovery decoy = Ended(CodeSent(), State::kLocked);
  decoy.decoy = true;
  EXPECT_TRUE(NoticesFor(CodeSent(), decoy).empty());
}

TEST(Notice, ComesBackFromItsRow) {
  for (const Notice& notice : NoticesFor(Begun(), Assigned()))
    EXPECT_EQ(*Notice::Decode(notice.Encode()), notice);
  EXPECT_EQ(Notice::Decode("").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Notice::Decode("a|9|b|c").status().code(), absl::StatusCode::kDataLoss);
}

TEST(Notice, HasAnIdOfItsOwnThatIsAnId) {
  std::set<std::string> ids;
  for (const Notice& notice : NoticesFor(Approved(), Ended(Approved(), State::kCompleted))) {
    EXPECT_TRUE(IsIdText(notice.id)) << notice.id;
    EXPECT_TRUE(ids.insert(notice.id).second);
  }
}

TEST(Notice, TellsEachSideOfTheOther) {
  const std::vector<Notice> notices = NoticesFor(Begun(), Assigned());
  EXPECT_EQ(notices[1].about, testing::Account("alice"));
}

std::vector<std::string> TypesFor(const Recovery& before, const Recovery& after) {
  std::vector<std::string> types;
  for (const Occurrence& occurrence : OccurrencesFor(before, after)) types.push_back(occurrence.type);
  return types;
}
using Types = std::vector<std::string>;

TEST(Occurrences, AreTheDocumentedEvents) {
  EXPECT_EQ(TypesFor(Begun(), Assigned()), (Types{"RecoveryAwaitingContact"}));
  EXPECT_EQ(TypesFor(CodeSent(), Approved()), (Types{"RecoveryApproved"}));
  EXPECT_EQ(TypesFor(CodeSent(), Ended(CodeSent(), State::kRejected)),
            (Types{"RecoveryRejected", "RecoveryEnded"}));
  EXPECT_EQ(TypesFor(Approved(), Ended(Approved(), State::kCompleted)),
            (Types{"RecoveryCompleted", "RecoveryEnded"}));
  EXPECT_EQ(TypesFor(CodeSent(), Ended(CodeSent(), State::kExpired)), (Types{"RecoveryEnded"}));
  EXPECT_EQ(TypesFor(CodeSent(), Ended(CodeSent(), State::kHeld)), (Types{"RecoveryHeld"}));
  EXPECT_TRUE(TypesFor(Assigned(), CodeSent()).empty());
}

TEST(Occurrences, AreSilentOnUnprovedClaimsAndDecoys) {
  Recovery cancelled = Begun();
  cancelled.state = State::kCancelled;
  EXPECT_TRUE(OccurrencesFor(Begun(), cancelled).empty());
  EXPECT_TRUE(OccurrencesFor(Recovery(), Begun()).empty());
  cancelled.hold_taken = true;  // linking may hold: its end must be told
  EXPECT_EQ(TypesFor(Begun(), cancelled), (Types{"RecoveryEnded"}));
  cancelled.decoy = true;
  EXPECT_TRUE(OccurrencesFor(Begun(), cancelled).empty());
}

class EveryEnd : public ::testing::TestWithParam<State> {};
TEST_P(EveryEnd, IsToldOnceAHoldMayExist) {
  Recovery before = InState(State::kHeld);
  if (!IsFinal(GetParam())) return;
  const std::vector<Occurrence> list = OccurrencesFor(before, InState(GetParam()));
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list.back().type, "RecoveryEnded");
  EXPECT_EQ(list.back().attributes.at("recovery"), "recovery-1");
  EXPECT_EQ(list.back().attributes.at("principal"), "alice");
}
INSTANTIATE_TEST_SUITE_P(All, EveryEnd, ::testing::ValuesIn(kAllStates));

TEST(KeptUntil, IsADayForUnprovedClaimsRealOrNot) {
  Recovery real = Begun();
  real.ended_at = Noon();
  Recovery decoy = TurnIntoDecoy(real);
  EXPECT_EQ(KeptUntil(real), Noon() + absl::Hours(24));
  EXPECT_EQ(KeptUntil(decoy), KeptUntil(real));
  Recovery proved = Assigned();
  proved.ended_at = Noon();
  EXPECT_EQ(KeptUntil(proved), Noon() + absl::Hours(24 * 30));
}

}  // namespace
}  // namespace tc::recovery
