#include "services/recovery/domain/contact_answer.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::AllAnswers;
using testing::AllIsWell;
using testing::Assigned;
using testing::CodeSent;
using testing::InState;
using testing::IsOk;
using testing::Noon;
using testing::PolicyOf;
using testing::Refused;
using testing::Violates;

TEST(Warning, HasTheSameQuestionsInBothLanguages) {
  const Warning& warning = CurrentWarning();
  ASSERT_EQ(warning.texts.size(), 2U);
  EXPECT_EQ(warning.texts[0].language, "ru");
  EXPECT_EQ(warning.texts[1].language, "en");
  ASSERT_EQ(warning.texts[0].questions.size(), warning.texts[1].questions.size());
  for (size_t i = 0; i < warning.texts[0].questions.size(); ++i) {
    EXPECT_EQ(warning.texts[0].questions[i].id, warning.texts[1].questions[i].id);
  }
}

TEST(Acknowledge, RecordsTheAnswersAndTheFirstTime) {
  const auto read = Acknowledge(Assigned(), "1", AllAnswers(), Noon());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->state, State::kAwaitingContact);
  EXPECT_EQ(read->answers.size(), 4U);
  EXPECT_EQ(read->acknowledged_at, Noon());
  const auto again = Acknowledge(*read, "1", AllAnswers(), Noon() + absl::Minutes(5));
  EXPECT_EQ(again->acknowledged_at, Noon());
  EXPECT_EQ(again->expires_at, read->expires_at);  // REC-05
}

TEST(Acknowledge, TakesANoAsAnAnswer) {
  std::map<std::string, bool> answers = AllAnswers();
  answers.begin()->second = false;
  EXPECT_FALSE(Acknowledge(Assigned(), "1", answers, Noon())->answers.begin()->second);
}

TEST(Acknowledge, NamesThePresentVersionWhenAnotherWasShown) {
  const auto refused = Acknowledge(Assigned(), "0", AllAnswers(), Noon());
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kWarningVersionStale));
  EXPECT_EQ(MetadataOf(refused.status(), "version"), "1");
}

TEST(Acknowledge, NamesEveryMistakeOfTheAnswers) {
  std::map<std::string, bool> answers = AllAnswers();
  answers.erase("own_wish");
  answers["shoe_size"] = true;
  const auto refused = Acknowledge(Assigned(), "1", answers, Noon());
  EXPECT_THAT(refused, Violates("ANSWER_MISSING"));
  EXPECT_THAT(refused, Violates("QUESTION_UNKNOWN"));
}

std::map<std::string, bool> OneNo() {
  std::map<std::string, bool> answers = AllAnswers();
  answers.begin()->second = false;
  return answers;
}

TEST(ANo, IsRecordedAndStopsTheCodeUntilAllAreYes) {  // REC-12
  Recovery recovery = *Acknowledge(Assigned(PolicyOf("strict")), "1", OneNo(), Noon());
  EXPECT_EQ(recovery.answers, OneNo());
  EXPECT_TRUE(HasAcknowledged(recovery));
  EXPECT_FALSE(CodeAllowedAt(recovery).has_value());
  EXPECT_THAT(MayAskForCode(recovery, Noon() + absl::Hours(1)),
              Refused(kFailedPrecondition, Reason::kWarningAnsweredNo));
  recovery = *Acknowledge(recovery, "1", AllAnswers(), Noon() + absl::Minutes(5));
  EXPECT_EQ(CodeAllowedAt(recovery), Noon() + absl::Minutes(6));  // thinking time counts anew
}

TEST(ANo, AfterAllYesBeginsTheThinkingTimeAnew) {  // REC-12
  Recovery recovery = *Acknowledge(Assigned(PolicyOf("strict")), "1", AllAnswers(), Noon());
  recovery = *Acknowledge(recovery, "1", OneNo(), Noon() + absl::Minutes(2));
  recovery = *Acknowledge(recovery, "1", AllAnswers(), Noon() + absl::Minutes(3));
  EXPECT_THAT(MayAskForCode(recovery, Noon() + absl::Minutes(4) - absl::Milliseconds(1)),
              Refused(kFailedPrecondition, Reason::kThinkingTimeNotOver));
  EXPECT_THAT(MayAskForCode(recovery, Noon() + absl::Minutes(4)), IsOk());
}

TEST(ANo, StopsTheApprovalOfACodeThatIsOutAlready) {  // REC-12
  const Recovery sent = *Acknowledge(CodeSent(), "1", OneNo(), Noon());
  EXPECT_THAT(Approve(sent, AllIsWell(sent), "hash", Noon()),
              Refused(kFailedPrecondition, Reason::kWarningAnsweredNo));
}

TEST(MayAskForCode, NotBeforeTheWarningIsAcknowledged) {
  EXPECT_THAT(MayAskForCode(Assigned(), Noon()),
              Refused(kFailedPrecondition, Reason::kWarningNotAcknowledged));
}

TEST(MayAskForCode, NotForAnOldWarning) {
  Recovery recovery = *Acknowledge(Assigned(), "1", AllAnswers(), Noon());
  recovery.warning_version = "0";
  EXPECT_THAT(MayAskForCode(recovery, Noon()), Refused(kFailedPrecondition, Reason::kWarningNotAcknowledged));
}

TEST(MayAskForCode, AtOnceWhereNoThinkingTimeIsDemanded) {
  EXPECT_THAT(MayAskForCode(*Acknowledge(Assigned(), "1", AllAnswers(), Noon()), Noon()), IsOk());
}

TEST(MayAskForCode, OnlyAfterSixtySecondsInStrict) {
  const Recovery recovery = *Acknowledge(Assigned(PolicyOf("strict")), "1", AllAnswers(), Noon());
  const absl::Status early = MayAskForCode(recovery, Noon() + absl::Milliseconds(59999));
  EXPECT_THAT(early, Refused(kFailedPrecondition, Reason::kThinkingTimeNotOver));
  EXPECT_EQ(RetryAfterOf(early), absl::Milliseconds(1));
  EXPECT_THAT(MayAskForCode(recovery, Noon() + absl::Seconds(60)), IsOk());
}

TEST(ContactCodeSent, DoesNotMoveTheEnd) {
  const Recovery sent = CodeSent();
  const auto again = ContactCodeSent(sent, 1, testing::AStatus(), Noon() + absl::Minutes(2));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->expires_at, sent.expires_at);
  EXPECT_EQ(again->contact_code.sends, 2);
}

TEST(WhyHold, NeverSendsToAnotherPhone) {
  EXPECT_EQ(WhyHold(Assigned(), {"other", Noon() - absl::Hours(1000)}, Noon()),
            HoldReason::kContactPhoneChanged);
  EXPECT_EQ(WhyHold(Assigned(), {"", absl::InfiniteFuture()}, Noon()), HoldReason::kContactPhoneChanged);
  EXPECT_EQ(WhyHold(Assigned(), {"bob-phone", Noon()}, Noon()), std::nullopt);
}

TEST(WhyHold, WaitsSeventyTwoHoursForANewPhoneInStrict) {
  const Recovery recovery = Assigned(PolicyOf("strict"));
  const absl::Time bound = Noon() - absl::Hours(72);
  EXPECT_EQ(WhyHold(recovery, {"bob-phone", bound + absl::Seconds(1)}, Noon()),
            HoldReason::kContactPhoneTooNew);
  EXPECT_EQ(WhyHold(recovery, {"bob-phone", bound}, Noon()), std::nullopt);
}

TEST(SameGuard, ComparesLinkAndContact) {
  const Recovery recovery = Assigned();
  EXPECT_TRUE(SameGuard(recovery, {true, recovery.link, recovery.contact}));
  EXPECT_FALSE(SameGuard(recovery, {false, recovery.link, recovery.contact}));
  EXPECT_FALSE(SameGuard(recovery, {true, LinkId::FromTrusted("link-2"), recovery.contact}));
  EXPECT_FALSE(SameGuard(recovery, {true, recovery.link, testing::Account("carol")}));
}

TEST(RefuseHeld, NamesOnlyWhatIsTheContactsOwnAffair) {
  EXPECT_EQ(MetadataOf(RefuseHeld(HoldReason::kContactPhoneTooNew), "hold_reason"), "CONTACT_PHONE_TOO_NEW");
  EXPECT_EQ(MetadataOf(RefuseHeld(HoldReason::kPrincipalNotEligible), "hold_reason"), std::nullopt);
  EXPECT_EQ(MetadataOf(RefuseHeld(HoldReason::kAccountNotActive), "hold_reason"), std::nullopt);
}

TEST(Hold, StopsWhateverTheContactMayStillAnswer) {
  for (const State state : {State::kAwaitingContact, State::kContactCodeSent}) {
    const auto held = Hold(InState(state), HoldReason::kGuardChanged, Actor::kSystem, Noon());
    ASSERT_THAT(held, IsOk());
    EXPECT_EQ(held->hold_reason, HoldReason::kGuardChanged);
  }
}

TEST(TryMatchCode, IsRightWhereNoneIsDemanded) {
  EXPECT_TRUE(TryMatchCode(CodeSent(), "", "r1", Noon())->right);
}

TEST(TryMatchCode, LocksAtTheThirdMiss) {
  Recovery recovery = CodeSent(PolicyOf("strict"));
  for (int left = 2; left >= 1; --left) {
    const auto missed = TryMatchCode(recovery, "0000", absl::StrCat("r", left), Noon());
    ASSERT_THAT(missed, IsOk());
    EXPECT_FALSE(missed->right);
    EXPECT_EQ(missed->tries_left, left);
    EXPECT_EQ(missed->next.state, State::kContactCodeSent);
    recovery = missed->next;
  }
  const auto last = TryMatchCode(recovery, "", "r0", Noon());
  EXPECT_EQ(last->tries_left, 0);
  EXPECT_EQ(last->next.state, State::kLocked);
}

TEST(TryMatchCode, ChargesARepeatedCallOnce) {
  const Recovery once = TryMatchCode(CodeSent(PolicyOf("strict")), "0000", "r1", Noon())->next;
  const auto again = TryMatchCode(once, "0000", "r1", Noon());
  EXPECT_EQ(again->tries_left, 2);
  EXPECT_EQ(again->next, once);
}

TEST(TryMatchCode, KeepsTheMissesAfterARightOne) {
  const Recovery missed = TryMatchCode(CodeSent(PolicyOf("strict")), "0000", "r1", Noon())->next;
  const auto right = TryMatchCode(missed, "4711", "r2", Noon());
  EXPECT_TRUE(right->right);
  EXPECT_EQ(right->next.match_misses.size(), 1U);
}

TEST(Approve, GivesTheGrant) {
  const Recovery sent = CodeSent(PolicyOf("strict"));
  const auto approved = Approve(sent, AllIsWell(sent), "hash", Noon());
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state, State::kApproved);
  EXPECT_EQ(approved->grant.hash, "hash");
  EXPECT_EQ(approved->expires_at, Noon() + absl::Minutes(10));
}

TEST(Approve, DoesNotExtendTheRecoveryBeyondItsDeadline) {
  const Recovery sent = CodeSent();
  ApprovalEvidence evidence = AllIsWell(sent);
  const absl::Time late = sent.deadline - absl::Minutes(1);
  evidence.principal.as_of = evidence.contact.as_of = late;
  EXPECT_EQ(Approve(sent, evidence, "hash", late)->expires_at, sent.deadline);
}

// REC-13: take any one part of the evidence away, and nothing is approved.
struct Spoilt {
  const char* what;
  std::function<void(ApprovalEvidence&)> spoil;
  absl::StatusCode code;
  Reason reason;
};
class ApproveRefuses : public ::testing::TestWithParam<Spoilt> {};
TEST_P(ApproveRefuses, WithoutEveryPartOfTheEvidence) {
  const Recovery sent = CodeSent(PolicyOf("strict"));
  ApprovalEvidence evidence = AllIsWell(sent);
  GetParam().spoil(evidence);
  EXPECT_THAT(Approve(sent, evidence, "hash", Noon()), Refused(GetParam().code, GetParam().reason))
      << GetParam().what;
}
INSTANTIATE_TEST_SUITE_P(
    All, ApproveRefuses,
    ::testing::Values(
        Spoilt{"no evidence at all", [](ApprovalEvidence& e) { e = ApprovalEvidence(); }, kAborted,
               Reason::kConflict},
        Spoilt{"an old sign-in", [](ApprovalEvidence& e) { e.session_age = absl::Seconds(121); },
               kUnauthenticated, Reason::kReauthenticationRequired},
        Spoilt{"nobody guards", [](ApprovalEvidence& e) { e.guard.guarded = false; }, kAborted,
               Reason::kConflict},
        Spoilt{"another link", [](ApprovalEvidence& e) { e.guard.link = LinkId::FromTrusted("x"); }, kAborted,
               Reason::kConflict},
        Spoilt{"another contact", [](ApprovalEvidence& e) { e.guard.contact = testing::Account("carol"); },
               kAborted, Reason::kConflict},
        Spoilt{"the claimant's device", [](ApprovalEvidence& e) { e.place.device = "device-1"; }, kAborted,
               Reason::kConflict},
        Spoilt{"the claimant's network", [](ApprovalEvidence& e) { e.place.address = "192.0.2.1"; }, kAborted,
               Reason::kConflict},
        Spoilt{"a blocked principal", [](ApprovalEvidence& e) { e.account.active = false; }, kAborted,
               Reason::kConflict},
        Spoilt{"a principal who has moved",
               [](ApprovalEvidence& e) { e.account.addresses_unchanged = false; }, kAborted,
               Reason::kConflict},
        Spoilt{"another phone", [](ApprovalEvidence& e) { e.phone.index = "x"; }, kAborted,
               Reason::kConflict},
        Spoilt{"a new phone", [](ApprovalEvidence& e) { e.phone.bound_at = Noon(); }, kAborted,
               Reason::kConflict},
        Spoilt{"principal not eligible", [](ApprovalEvidence& e) { e.principal.eligible = false; },
               kFailedPrecondition, Reason::kNotEligible},
        Spoilt{"contact not eligible", [](ApprovalEvidence& e) { e.contact.eligible = false; },
               kFailedPrecondition, Reason::kNotEligible},
        Spoilt{"stale word on the principal",
               [](ApprovalEvidence& e) { e.principal.as_of = Noon() - absl::Seconds(61); }, kAborted,
               Reason::kConflict},
        Spoilt{"stale word on the contact",
               [](ApprovalEvidence& e) { e.contact.as_of = Noon() - absl::Seconds(61); }, kAborted,
               Reason::kConflict},
        Spoilt{"no code", [](ApprovalEvidence& e) { e.code_consumed = false; }, kFailedPrecondition,
               Reason::kVerificationNotApproved},
        Spoilt{"a wrong match code", [](ApprovalEvidence& e) { e.match_code = "0000"; }, kAborted,
               Reason::kConflict},
        Spoilt{"no match code", [](ApprovalEvidence& e) { e.match_code.clear(); }, kAborted,
               Reason::kConflict},
        Spoilt{"a recovery that changed", [](ApprovalEvidence& e) { e.version += 1; }, kAborted,
               Reason::kConflict}));

TEST(Approve, NeedsAnAcknowledgedWarning) {
  Recovery sent = CodeSent();
  sent.acknowledged_at.reset();
  EXPECT_THAT(Approve(sent, AllIsWell(sent), "hash", Noon()),
              Refused(kFailedPrecondition, Reason::kWarningNotAcknowledged));
}

class ApproveFrom : public ::testing::TestWithParam<State> {};
TEST_P(ApproveFrom, IsPossibleOnlyAfterACodeWasSent) {
  const Recovery recovery = InState(GetParam());
  EXPECT_EQ(Approve(recovery, AllIsWell(recovery), "hash", Noon()).ok(),
            GetParam() == State::kContactCodeSent);
}
INSTANTIATE_TEST_SUITE_P(All, ApproveFrom, ::testing::ValuesIn(kAllStates));

TEST(Approve, TakesASignInOfThreeHundredSecondsOrOneHundredAndTwentyInStrict) {
  for (const auto& [profile, longest] : {std::pair("gosuslugi", 300), std::pair("strict", 120)}) {
    const Recovery sent = CodeSent(PolicyOf(profile));
    ApprovalEvidence evidence = AllIsWell(sent);
    evidence.session_age = absl::Seconds(longest);
    EXPECT_THAT(Approve(sent, evidence, "hash", Noon()), IsOk()) << profile;
    evidence.session_age += absl::Milliseconds(1);
    const absl::Status old = Approve(sent, evidence, "hash", Noon()).status();
    EXPECT_THAT(old, Refused(kUnauthenticated, Reason::kReauthenticationRequired)) << profile;
    EXPECT_EQ(MetadataOf(old, "max_age_seconds"), absl::StrCat(longest));
  }
}

TEST(CheckEligibility, NamesTheSideAndNothingElse) {
  const absl::Status refused = CheckEligibility({false, Noon()}, {false, Noon()}, Noon());
  ASSERT_EQ(UnmetOf(refused).size(), 2U);
  EXPECT_EQ(UnmetOf(refused)[0].reason, "PRINCIPAL_NOT_ELIGIBLE");
  EXPECT_EQ(UnmetOf(refused)[1].reason, "CONTACT_NOT_ELIGIBLE");
}

TEST(Reject, IsFinalAndKeepsTheReason) {
  for (const State state : {State::kAwaitingContact, State::kContactCodeSent, State::kHeld}) {
    const auto rejected = Reject(InState(state), RejectReason::kFraud, Noon());
    ASSERT_THAT(rejected, IsOk());
    EXPECT_EQ(rejected->state, State::kRejected);
    EXPECT_EQ(rejected->reject_reason, RejectReason::kFraud);
    EXPECT_THAT(Approve(*rejected, AllIsWell(*rejected), "hash", Noon()),
                Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  }
}

TEST(LockAnswer, EndsTheRecovery) { EXPECT_EQ(LockAnswer(CodeSent(), Noon())->state, State::kLocked); }

}  // namespace
}  // namespace tc::recovery
