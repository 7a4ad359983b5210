#include "services/recovery/domain/in_person.h"

#include <gtest/gtest.h>

#include "common/base/refusal.h"
#include "services/recovery/domain/examination.h"
#include "services/recovery/domain/grant.h"
#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::Account;
using testing::Approved;
using testing::Assigned;
using testing::Begun;
using testing::CodeSent;
using testing::InState;
using testing::IsOk;
using testing::Noon;
using testing::PolicyOf;
using testing::Refused;

const State kOpenToOfficers[] = {State::kAwaitingOwnCode, State::kAwaitingContact, State::kContactCodeSent,
                                 State::kHeld, State::kApproved};

InPersonStart AnOfficer(bool guarded) {
  InPersonStart start;
  start.visit = {"ivanov", "bank/north", "visit-1"};
  start.nonce = "new nonce";
  start.capability_hash = "new capability";
  start.not_me_hash = "new not-me";
  start.grant_hash = "new grant";
  if (guarded) start.guard = {true, LinkId::FromTrusted("link-1"), Account("bob")};
  start.contact_phone_index = "bob-phone-now";
  return start;
}
Visit TheSecond(const char* officer = "petrova") { return {officer, "bank/south", "visit-2"}; }

Recovery InPersonSince(absl::Time at, const Policy& policy = PolicyOf("gosuslugi")) {
  return *StartInPerson(Assigned(policy), AnOfficer(true), at);
}

TEST(StartInPerson, WaitsForASecondOfficerWhereSomebodyGuards) {  // R10, REC-23
  for (const State state : kOpenToOfficers) {
    const auto started = StartInPerson(InState(state), AnOfficer(true), Noon());
    ASSERT_THAT(started, IsOk()) << StateName(state);
    EXPECT_EQ(started->state, State::kInPerson);
    EXPECT_EQ(started->in_person->confirm_at, Noon() + absl::Hours(24));
    EXPECT_EQ(started->expires_at, Noon() + absl::Hours(72));
    EXPECT_TRUE(started->grant.hash.empty());
  }
}

TEST(StartInPerson, ApprovesAtOnceWhereNobodyGuards) {
  for (const State state : kOpenToOfficers) {
    const auto started = StartInPerson(InState(state), AnOfficer(false), Noon());
    ASSERT_THAT(started, IsOk()) << StateName(state);
    EXPECT_EQ(started->state, State::kApproved);
    EXPECT_EQ(started->grant.hash, "new grant");
    EXPECT_EQ(started->expires_at, Noon() + absl::Minutes(15));
    EXPECT_EQ(started->in_person->confirm_at, absl::InfinitePast());
    EXPECT_FALSE(started->contact.has_value()) << "whoever guarded before is not told of it";
  }
}

TEST(StartInPerson, LeavesNothingOfTheFormerWay) {
  Recovery before = Approved(PolicyOf("strict"));
  before.grant.refused = 2;
  before.match_misses = {"request"};
  before.hold_reason = HoldReason::kOperator;
  before.purpose = Purpose::kPhoneChange;
  const Recovery after = *StartInPerson(before, AnOfficer(true), Noon());
  EXPECT_EQ(after.nonce, "new nonce");
  EXPECT_EQ(after.capability_hash, "new capability");
  EXPECT_EQ(after.not_me_hash, "new not-me");
  EXPECT_EQ(after.grant, Grant());
  EXPECT_EQ(after.match_code, "");
  EXPECT_TRUE(after.match_misses.empty());
  EXPECT_FALSE(after.acknowledged_at.has_value());
  EXPECT_EQ(after.contact_code.status, CodeStatus());
  EXPECT_EQ(after.purpose, Purpose::kPassword);
  EXPECT_EQ(after.hold_reason, HoldReason::kNone);
  EXPECT_EQ(after.client, ClientContext());
  EXPECT_EQ(after.contact_code.serial, before.contact_code.serial) << "a serial is never used again";
  EXPECT_EQ(after.proved_at, before.proved_at);
}

TEST(StartInPerson, KeepsTheNumberThatTheContactHadWhenHeWasAsked) {  // REC-21
  EXPECT_EQ(InPersonSince(Noon()).contact_phone_index, "bob-phone");
  InPersonStart start = AnOfficer(true);
  start.guard.contact = Account("carol");
  const Recovery other = *StartInPerson(Assigned(), start, Noon() + absl::Hours(1));
  EXPECT_EQ(other.contact, Account("carol"));
  EXPECT_EQ(other.contact_phone_index, "bob-phone-now");
  EXPECT_EQ(other.assigned_at, Noon() + absl::Hours(1));
}

TEST(StartInPerson, IsTooLateWhileAPasswordIsBeingSet) {
  const Recovery redeeming = *BeginRedemption(Approved(), "grant-hash", "redeemer", Noon());
  for (const bool guarded : {true, false}) {
    EXPECT_THAT(StartInPerson(redeeming, AnOfficer(guarded), Noon()),
                Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
  }
  EXPECT_THAT(TakeHoldInPerson(redeeming, Noon()), Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
}

TEST(StartInPerson, IsRefusedInPersonAndAfterTheEnd) {
  for (const State state : kAllStates) {
    const bool open = FindRow(state, Trigger::kStartInPerson, Actor::kOfficer) != nullptr;
    EXPECT_EQ(TakeHoldInPerson(InState(state), Noon()).ok(), open) << StateName(state);
    EXPECT_EQ(StartInPerson(InState(state), AnOfficer(true), Noon()).ok(), open) << StateName(state);
  }
  EXPECT_THAT(StartInPerson(InPersonSince(Noon()), AnOfficer(true), Noon()),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST(TakeHoldInPerson, MarksAndNothingElse) {
  Recovery expected = Begun();
  expected.hold_taken = true;
  EXPECT_EQ(*TakeHoldInPerson(Begun(), Noon()), expected);
}

TEST(HoldInPersonUntil, OutlastsWhateverAnOfficerBegins) {
  for (const char* profile : {"gosuslugi", "strict"}) {
    const Policy policy = PolicyOf(profile);
    const Recovery late = InPersonSince(Noon(), policy);
    const absl::Time last = late.expires_at - absl::Microseconds(1);
    const Recovery approved = *ConfirmInPerson(late, TheSecond(), "grant", last);
    EXPECT_GE(HoldInPersonUntil(policy, Noon()), approved.expires_at + kRedemptionSettles);
  }
}

TEST(HoldInPersonUntil, IsWithinTheLongestHoldThatLinkingCanBeGiven) {
  PolicyValues longest;
  for (const PolicyKey& key : PolicyKeys()) longest[key.name] = key.max;
  EXPECT_LE(HoldInPersonUntil(MakePolicy(longest), Noon()), Noon() + absl::Hours(24 * 15));
}

TEST(ConfirmInPerson, GivesTheGrantToTheCapabilitysHolder) {
  const auto confirmed =
      ConfirmInPerson(InPersonSince(Noon()), TheSecond(), "grant", Noon() + absl::Hours(24));
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->state, State::kApproved);
  EXPECT_EQ(confirmed->grant.hash, "grant");
  EXPECT_EQ(confirmed->expires_at, Noon() + absl::Hours(24) + absl::Minutes(15));
  EXPECT_EQ(confirmed->in_person->second_officer, "petrova");
  EXPECT_EQ(confirmed->in_person->second_peer, "bank/south");
  EXPECT_EQ(confirmed->in_person->second_visit, "visit-2");
  EXPECT_EQ(confirmed->in_person->confirmed_at, Noon() + absl::Hours(24));
}

TEST(ConfirmInPerson, DemandsAnotherOfficerHoweverTheFirstIsSpelled) {  // REC-23
  const absl::Time due = Noon() + absl::Hours(24);
  for (const char* officer : {"ivanov", "Ivanov", "IVANOV"}) {
    EXPECT_THAT(ConfirmInPerson(InPersonSince(Noon()), TheSecond(officer), "grant", due),
                Refused(kFailedPrecondition, Reason::kSamePerson));
  }
}

TEST(ConfirmInPerson, WaitsUntilTheDelayIsOver) {
  const Recovery waiting = InPersonSince(Noon());
  const absl::Time due = Noon() + absl::Hours(24);
  const auto early = ConfirmInPerson(waiting, TheSecond(), "grant", due - absl::Microseconds(1));
  EXPECT_THAT(early, Refused(kFailedPrecondition, Reason::kDelayNotOver));
  EXPECT_EQ(RetryAfterOf(early.status()), absl::Microseconds(1));
  EXPECT_THAT(ConfirmInPerson(waiting, TheSecond(), "grant", due), IsOk());
}

TEST(ConfirmInPerson, IsRefusedWhenTheWindowIsOverAndInEveryOtherState) {
  const Recovery waiting = InPersonSince(Noon());
  EXPECT_THAT(ConfirmInPerson(waiting, TheSecond(), "grant", Noon() + absl::Hours(72)),
              Refused(kFailedPrecondition, Reason::kRecoveryExpired));
  for (const State state : kAllStates) {
    if (state == State::kInPerson) continue;
    EXPECT_EQ(ConfirmInPerson(InState(state), TheSecond(), "grant", Noon()).status().code(),
              kFailedPrecondition)
        << StateName(state);
  }
}

TEST(ConfirmInPerson, LeavesTheWholeGrantAlsoAtTheLastMoment) {
  const absl::Time last = Noon() + absl::Hours(72) - absl::Microseconds(1);
  const Recovery approved = *ConfirmInPerson(InPersonSince(Noon()), TheSecond(), "grant", last);
  EXPECT_EQ(approved.expires_at, last + absl::Minutes(15));
}

TEST(HoldForExamination, KeepsTheComment) {
  const auto held = HoldForExamination(Assigned(), "a call came in", Noon());
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->state, State::kHeld);
  EXPECT_EQ(held->hold_reason, HoldReason::kOperator);
  EXPECT_EQ(held->operator_comment, "a call came in");
}

TEST(Release, LetsItGoOnWithoutMoreTime) {  // REC-05
  const Recovery held = *HoldForExamination(CodeSent(), "why", Noon());
  const auto released = Release(held, "fine", "1234", Noon() + absl::Hours(3));
  ASSERT_THAT(released, IsOk());
  EXPECT_EQ(released->state, State::kAwaitingContact);
  EXPECT_EQ(released->hold_reason, HoldReason::kNone);
  EXPECT_EQ(released->expires_at, held.expires_at);
  EXPECT_EQ(released->operator_comment, "fine");
  EXPECT_EQ(released->match_code, "") << "the policy demands none";
}

TEST(Release, NeedsSomebodyWhoCanAnswer) {
  Recovery held = *HoldForExamination(Assigned(), "why", Noon());
  held.contact = AccountId();
  EXPECT_THAT(Release(held, "fine", "1234", Noon()), Refused(kFailedPrecondition, Reason::kNoTrustedContact));
}

// In person a recovery lives for days; the contact's own time does not grow by that (REC-05).
TEST(Release, GivesTheContactNoMoreThanHisOwnTimeAfterTheWayInPerson) {
  const absl::Time later = Noon() + absl::Hours(2);
  const Recovery held = *HoldForExamination(InPersonSince(later), "why", later);
  EXPECT_EQ(Release(held, "fine", "1234", Noon() + absl::Hours(5))->expires_at, Noon() + absl::Hours(24));
  EXPECT_THAT(Release(held, "fine", "1234", Noon() + absl::Hours(24)),
              Refused(kFailedPrecondition, Reason::kRecoveryExpired));
}

TEST(Release, DemandsAMatchCodeAgainAfterTheWayInPerson) {  // REC-11
  const Policy strict = PolicyOf("strict");
  const Recovery held = *HoldForExamination(InPersonSince(Noon(), strict), "why", Noon());
  ASSERT_EQ(held.match_code, "");
  EXPECT_EQ(Release(held, "fine", "1234", Noon())->match_code, "1234");
  const Recovery other = *HoldForExamination(CodeSent(strict), "why", Noon());
  EXPECT_EQ(Release(other, "fine", "1234", Noon())->match_code, "4711") << "the claimant knows it already";
}

}  // namespace
}  // namespace tc::recovery
