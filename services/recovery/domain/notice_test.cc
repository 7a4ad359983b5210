#include "services/recovery/domain/notice.h"

#include <gtest/gtest.h>

#include <set>

#include "services/recovery/domain/grant.h"
#include "services/recovery/domain/occurrence.h"
#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::Account;
using testing::Approved;
using testing::Assigned;
using testing::Begun;
using testing::CodeSent;
using testing::InState;
using testing::Noon;
using testing::Recorded;

using Told = std::vector<std::pair<NoticeKind, std::string>>;
Told ToldOf(const Recovery& after) {
  Told told;
  for (const Notice& notice : NoticesFor(after)) told.emplace_back(notice.kind, notice.receiver.text());
  return told;
}

// One step by the table.
Recovery After(const Recovery& before, Trigger trigger, Actor actor) {
  return *Move(Recorded(before), trigger, actor, Noon());
}
Recovery Proved() { return *ProveClaim(Recorded(Begun()), testing::Guarded(), "h", "4711", Noon()); }
Recovery ApprovedNow() {
  const Recovery sent = Recorded(CodeSent());
  return *Approve(sent, testing::AllIsWell(sent), "grant-hash", Noon());
}
Recovery CompletedNow(Purpose purpose = Purpose::kPassword) {
  Recovery approved = Recorded(Approved());
  approved.purpose = purpose;
  return *Complete(*BeginRedemption(approved, "grant-hash", "r", Noon()), Noon());
}
Recovery RejectedFor(RejectReason reason) { return *Reject(Recorded(CodeSent()), reason, Noon()); }

TEST(Notices, DisturbNobodyBeforeTheOwnCodeIsProved) {  // REC-02
  EXPECT_TRUE(NoticesFor(Begun()).empty());
  for (const Trigger trigger : {Trigger::kExpire, Trigger::kCancel, Trigger::kHold})
    EXPECT_TRUE(NoticesFor(After(Begun(), trigger, Actor::kSystem)).empty());
}

TEST(Notices, TellBothWhenTheContactIsAsked) {
  EXPECT_EQ(ToldOf(Proved()), (Told{{NoticeKind::kStarted, "alice"}, {NoticeKind::kAwaitingContact, "bob"}}));
}

TEST(Notices, TellBothOfAHold) {
  ClaimEvidence evidence = testing::Guarded();
  evidence.contact_eligible = false;
  EXPECT_EQ(
      ToldOf(*ProveClaim(Recorded(Begun()), evidence, "h", "", Noon())),
      (Told{{NoticeKind::kStarted, "alice"}, {NoticeKind::kHeld, "alice"}, {NoticeKind::kHeld, "bob"}}));
  EXPECT_EQ(ToldOf(After(CodeSent(), Trigger::kHold, Actor::kSystem)),
            (Told{{NoticeKind::kHeld, "alice"}, {NoticeKind::kHeld, "bob"}}));
}

TEST(Notices, TellThePrincipalWhereNobodyGuards) {
  ClaimEvidence evidence;
  evidence.account = {true, false, true};
  EXPECT_EQ(ToldOf(*ProveClaim(Recorded(Begun()), evidence, "h", "", Noon())),
            (Told{{NoticeKind::kStarted, "alice"}}));
}

TEST(Notices, TellThePrincipalOfTheAnswer) {
  EXPECT_EQ(ToldOf(ApprovedNow()), (Told{{NoticeKind::kApproved, "alice"}}));
  EXPECT_EQ(ToldOf(RejectedFor(RejectReason::kOther)), (Told{{NoticeKind::kRejected, "alice"}}));
}

TEST(Notices, SayToThePrincipalThatAFraudsterAsks) {  // REC-20
  EXPECT_EQ(ToldOf(RejectedFor(RejectReason::kFraud)), (Told{{NoticeKind::kFraud, "alice"}}));
}

TEST(Notices, TellBothOfTheEnd) {
  EXPECT_EQ(ToldOf(CompletedNow()),
            (Told{{NoticeKind::kCompleted, "alice"}, {NoticeKind::kCompleted, "bob"}}));
  const Told ended{{NoticeKind::kEnded, "alice"}, {NoticeKind::kEnded, "bob"}};
  EXPECT_EQ(ToldOf(After(CodeSent(), Trigger::kExpire, Actor::kSystem)), ended);
  EXPECT_EQ(ToldOf(After(CodeSent(), Trigger::kCancel, Actor::kPrincipal)), ended);
  EXPECT_EQ(ToldOf(After(CodeSent(), Trigger::kExhaustAttempts, Actor::kContact)), ended);
}

TEST(Notices, NameTheDeedOfAnotherPurpose) {  // R13
  for (const Purpose purpose : {Purpose::kPhoneChange, Purpose::kContactRemoval, Purpose::kUnfreeze}) {
    EXPECT_EQ(ToldOf(CompletedNow(purpose)),
              (Told{{NoticeKind::kActionConfirmed, "alice"}, {NoticeKind::kActionConfirmed, "bob"}}));
  }
}

TEST(Notices, SayNothingOfADecoyOrOfNoStep) {
  EXPECT_TRUE(NoticesFor(Recorded(CodeSent())).empty());
  Recovery decoy = After(CodeSent(), Trigger::kExpire, Actor::kSystem);
  decoy.decoy = true;
  EXPECT_TRUE(NoticesFor(decoy).empty());
}

TEST(Notice, ComesBackFromItsRow) {
  for (const Notice& notice : NoticesFor(Proved())) EXPECT_EQ(*Notice::Decode(notice.Encode()), notice);
  for (const char* text : {"", "a|9|b|c", "0|a|b|c", "12|a|b|c"})
    EXPECT_EQ(Notice::Decode(text).status().code(), absl::StatusCode::kDataLoss) << text;
}

TEST(Notice, TellsEachSideOfTheOther) {
  const std::vector<Notice> notices = NoticesFor(Proved());
  EXPECT_EQ(notices[0].about, Account("bob"));
  EXPECT_EQ(notices[1].about, Account("alice"));
}

TEST(NotMeWay, GoesToThePrincipalWhileThereIsSomethingToStop) {  // NTF-02
  const Recovery recovery = CodeSent();
  for (int kind = 1; kind <= static_cast<int>(NoticeKind::kActionConfirmed); ++kind) {
    const NoticeKind k = static_cast<NoticeKind>(kind);
    const bool stoppable = k == NoticeKind::kStarted || k == NoticeKind::kApproved ||
                           k == NoticeKind::kHeld || k == NoticeKind::kInPerson;
    EXPECT_EQ(HasNotMeWay({k, recovery.id, Account("alice"), {}}, Account("alice")), stoppable) << kind;
    EXPECT_FALSE(HasNotMeWay({k, recovery.id, Account("bob"), {}}, Account("alice"))) << kind;
  }
}

using Types = std::vector<std::string>;
Types TypesOf(const Recovery& after) {
  Types types;
  for (const Occurrence& occurrence : OccurrencesFor(after)) types.push_back(occurrence.type);
  return types;
}
Recovery Holding(Recovery recovery) {
  recovery.hold_taken = true;
  return recovery;
}

TEST(Occurrences, AreTheDocumentedEvents) {
  EXPECT_EQ(TypesOf(Proved()), (Types{"RecoveryAwaitingContact"}));
  EXPECT_EQ(TypesOf(ApprovedNow()), (Types{"RecoveryApproved"}));
  EXPECT_EQ(TypesOf(Holding(RejectedFor(RejectReason::kOther))),
            (Types{"RecoveryRejected", "RecoveryEnded"}));
  EXPECT_EQ(TypesOf(Holding(CompletedNow())), (Types{"RecoveryCompleted", "RecoveryEnded"}));
  EXPECT_EQ(TypesOf(Holding(After(CodeSent(), Trigger::kExpire, Actor::kSystem))), (Types{"RecoveryEnded"}));
  EXPECT_EQ(TypesOf(After(CodeSent(), Trigger::kHold, Actor::kSystem)), (Types{"RecoveryHeld"}));
  EXPECT_TRUE(TypesOf(Recorded(CodeSent())).empty());
}

TEST(Occurrences, AreSilentOnUnprovedClaimsAndDecoys) {
  Recovery cancelled = After(Begun(), Trigger::kCancel, Actor::kSystem);
  EXPECT_TRUE(TypesOf(cancelled).empty());
  EXPECT_TRUE(TypesOf(Recorded(Begun())).empty());
  cancelled.hold_taken = true;  // linking may hold: its end must be told
  EXPECT_EQ(TypesOf(cancelled), (Types{"RecoveryEnded"}));
  cancelled.decoy = true;
  EXPECT_TRUE(TypesOf(cancelled).empty());
}

TEST(Occurrences, SayUntilWhenTheAccountIsFrozenAfterFraud) {  // R6
  const Occurrence rejected = OccurrencesFor(RejectedFor(RejectReason::kFraud)).front();
  EXPECT_EQ(rejected.attributes.at("reason"), "FRAUD");
  EXPECT_EQ(rejected.attributes.at("frozen_until"),
            absl::StrCat(absl::ToUnixMicros(Noon() + absl::Hours(24))));
  for (const RejectReason reason :
       {RejectReason::kUnknownPerson, RejectReason::kNotReached, RejectReason::kOther}) {
    const Occurrence other = OccurrencesFor(RejectedFor(reason)).front();
    EXPECT_EQ(other.attributes.count("frozen_until"), 0U);
    EXPECT_EQ(FrozenUntil(RejectedFor(reason)), absl::InfinitePast());
  }
}

TEST(Occurrences, SayUntilWhenChangesAreRefusedAfterARecoveredPassword) {  // REC-18
  EXPECT_EQ(OccurrencesFor(CompletedNow()).front().attributes.count("restricted_until"), 0U);
  Recovery strict = Recorded(Approved(testing::PolicyOf("strict")));
  strict = *Complete(*BeginRedemption(strict, "grant-hash", "r", Noon()), Noon());
  const Occurrence completed = OccurrencesFor(strict).front();
  EXPECT_EQ(completed.attributes.at("purpose"), "PASSWORD");
  EXPECT_EQ(completed.attributes.at("restricted_until"),
            absl::StrCat(absl::ToUnixMicros(Noon() + absl::Hours(72))));
  strict.purpose = Purpose::kUnfreeze;
  EXPECT_EQ(OccurrencesFor(strict).front().attributes.count("restricted_until"), 0U);
  EXPECT_EQ(OccurrencesFor(strict).front().attributes.at("purpose"), "UNFREEZE");
}

// REC-18: nobody knows whether the password was set.
TEST(TheEvents, OfARecoveryThatExpiredWhileAPasswordWasBeingSetRestrictTheAccount) {
  const Recovery marked = *BeginRedemption(Approved(testing::PolicyOf("strict")), "grant-hash", "r", Noon());
  Recovery expired = AsOf(marked, Noon() + absl::Hours(1));
  ASSERT_EQ(expired.state, State::kExpired);
  expired.hold_taken = true;
  EXPECT_EQ(OccurrencesFor(expired).back().attributes.at("restricted_until"),
            absl::StrCat(absl::ToUnixMicros(*expired.ended_at + absl::Hours(72))));
  Recovery unused = AsOf(Approved(testing::PolicyOf("strict")), Noon() + absl::Hours(1));
  unused.hold_taken = true;
  EXPECT_EQ(OccurrencesFor(unused).back().attributes.count("restricted_until"), 0U);
}

class EveryEnd : public ::testing::TestWithParam<RecoveryTransition> {};
TEST_P(EveryEnd, IsToldLastOnceAHoldMayExist) {
  const RecoveryTransition& row = GetParam();
  const Recovery ended = Holding(After(InState(row.from), row.trigger, row.actor));
  const std::vector<Occurrence> list = OccurrencesFor(ended);
  if (!IsFinal(row.to)) {
    EXPECT_TRUE(list.empty() || list.back().type != "RecoveryEnded");
    return;
  }
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list.back().type, "RecoveryEnded");
  EXPECT_EQ(list.back().attributes.at("recovery"), "recovery-1");
  EXPECT_EQ(list.back().attributes.at("principal"), "alice");
}
INSTANTIATE_TEST_SUITE_P(All, EveryEnd, ::testing::ValuesIn(Transitions().begin(), Transitions().end()));

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
