#include "services/recovery/domain/claim.h"

#include <gtest/gtest.h>

#include <functional>

#include "services/recovery/domain/grant.h"
#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::Begun;
using testing::Guarded;
using testing::InState;
using testing::IsOk;
using testing::Noon;
using testing::PolicyOf;
using testing::Refused;

TEST(Begin, WaitsForTheOwnCodeForHalfAnHour) {
  const Recovery recovery = Begin(testing::AStart(), PolicyOf("gosuslugi"), Noon());
  EXPECT_EQ(recovery.state, State::kAwaitingOwnCode);
  EXPECT_EQ(recovery.expires_at, Noon() + absl::Minutes(30));
  EXPECT_EQ(recovery.deadline, absl::InfiniteFuture());
  EXPECT_EQ(recovery.principal, testing::Account("alice"));
  EXPECT_EQ(recovery.typed_mask, "+7 9** ***-**-67");
  EXPECT_TRUE(recovery.contact.text().empty());
}

TEST(Begin, KeepsNothingOfAnAccountInADecoy) {
  Start start = testing::AStart();
  start.decoy = true;
  const Recovery recovery = Begin(start, PolicyOf("gosuslugi"), Noon());
  EXPECT_TRUE(recovery.decoy);
  EXPECT_FALSE(recovery.principal.has_value());
  EXPECT_EQ(recovery.masked_principal, "");
  EXPECT_EQ(recovery.phone_index, "");
  EXPECT_EQ(recovery.email_index, "");
  EXPECT_EQ(recovery.typed_mask, "+7 9** ***-**-67");  // what he typed he knows
}

TEST(Begin, MasksATypedEmailAndNothingElse) {
  Start start = testing::AStart();
  start.claimed = *Email::Parse("Ivan@Example.org", "email");
  EXPECT_EQ(Begin(start, PolicyOf("strict"), Noon()).typed_mask, "i***@example.org");
  EXPECT_TRUE(Begin(start, PolicyOf("strict"), Noon()).typed_email);
  start.claimed = *Snils::Parse("112-233-445 95", "snils");
  EXPECT_EQ(Begin(start, PolicyOf("strict"), Noon()).typed_mask, "");
}

struct ChannelCase {
  Channel wanted;
  bool phone, email;
  std::optional<Channel> used;
};
class PickChannelTest : public ::testing::TestWithParam<ChannelCase> {};
TEST_P(PickChannelTest, TakesTheWantedOneOrWhatTheAccountHas) {
  const ChannelCase& c = GetParam();
  EXPECT_EQ(PickChannel(c.wanted, c.phone, c.email), c.used);
}
INSTANTIATE_TEST_SUITE_P(All, PickChannelTest,
                         ::testing::Values(ChannelCase{Channel::kSms, true, true, Channel::kSms},
                                           ChannelCase{Channel::kVoice, true, false, Channel::kVoice},
                                           ChannelCase{Channel::kSms, false, true, Channel::kEmail},
                                           ChannelCase{Channel::kEmail, true, true, Channel::kEmail},
                                           ChannelCase{Channel::kEmail, true, false, Channel::kSms},
                                           ChannelCase{Channel::kVoice, false, false, std::nullopt},
                                           ChannelCase{Channel::kEmail, false, false, std::nullopt}));

TEST(OwnCodeSent, CountsCodesAndKeepsTheEnd) {
  const Recovery once = Begun();
  const auto twice = OwnCodeSent(once, 1, Channel::kVoice, testing::AStatus(), Noon() + absl::Minutes(29));
  ASSERT_THAT(twice, IsOk());
  EXPECT_EQ(twice->own_code.sends, 2);
  EXPECT_EQ(twice->channel, Channel::kVoice);
  EXPECT_EQ(twice->expires_at, once.expires_at);
}

TEST(VerificationOf, DiffersBySideAndSerial) {
  const PublicId id = PublicId::FromTrusted("r");
  EXPECT_EQ(VerificationOf(id, Side::kClaimant, 1).text(), "r-claim-1");
  EXPECT_EQ(VerificationOf(id, Side::kContact, 2).text(), "r-contact-2");
}

TEST(MayRenewCode, AllowsThreeVerifications) {
  CodeStep step;
  step.serial = 2;
  EXPECT_TRUE(MayRenewCode(step, PolicyOf("gosuslugi")));
  step.serial = 3;
  EXPECT_FALSE(MayRenewCode(step, PolicyOf("gosuslugi")));
}

TEST(TakeHold, IsMarkedOnlyWhileTheClaimIsOpen) {
  ASSERT_THAT(TakeHold(Begun(), Noon()), IsOk());
  EXPECT_TRUE(TakeHold(Begun(), Noon())->hold_taken);
  EXPECT_THAT(TakeHold(InState(State::kCancelled), Noon()),
              Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  EXPECT_THAT(TakeHold(Begun(), Noon() + absl::Minutes(30)),
              Refused(kFailedPrecondition, Reason::kRecoveryExpired));
}

TEST(HoldUntil, IsAfterEveryEndAndTheSameAtEveryRepetition) {
  const Recovery late = *ProveClaim(Begun(), Guarded(), "h", "0000", Noon() + absl::Minutes(29));
  EXPECT_GE(HoldUntil(late), late.expires_at);
  EXPECT_EQ(HoldUntil(late), HoldUntil(Begun()));
}

TEST(ProveClaim, GivesTheGrantWhereNobodyGuards) {
  ClaimEvidence evidence;
  evidence.account = {true, false, true};
  const auto approved = ProveClaim(Begun(), evidence, "hash", "4711", Noon() + absl::Minutes(5));
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state, State::kApproved);
  EXPECT_EQ(approved->grant.hash, "hash");
  EXPECT_EQ(approved->expires_at, Noon() + absl::Minutes(20));
  EXPECT_FALSE(approved->contact.has_value());
  EXPECT_EQ(approved->match_code, "");
}

TEST(ProveClaim, AsksTheContactWhereSomebodyGuards) {
  const auto asked = ProveClaim(Begun(), Guarded(), "hash", "4711", Noon() + absl::Minutes(5));
  ASSERT_THAT(asked, IsOk());
  EXPECT_EQ(asked->state, State::kAwaitingContact);
  EXPECT_EQ(asked->contact, testing::Account("bob"));
  EXPECT_EQ(asked->expires_at,
            Noon() + absl::Minutes(5) + absl::Hours(24));  // from the own code, not from the start
  EXPECT_EQ(asked->deadline, asked->expires_at);
  EXPECT_EQ(asked->grant.hash, "");
  EXPECT_EQ(asked->match_code, "");  // gosuslugi demands none
}

TEST(ProveClaim, ShowsAMatchCodeWhereThePolicyDemandsIt) {
  EXPECT_EQ(ProveClaim(Begun(PolicyOf("strict")), Guarded(), "hash", "4711", Noon())->match_code, "4711");
}

TEST(ProveClaim, NeverSucceedsForADecoy) {
  EXPECT_THAT(ProveClaim(TurnIntoDecoy(Begun()), Guarded(), "hash", "4711", Noon()),
              Refused(kInternal, Reason::kInternal));
}

struct HoldCase {
  const char* what;
  std::function<void(ClaimEvidence&)> spoil;
  HoldReason reason;
};
class ProveClaimHolds : public ::testing::TestWithParam<HoldCase> {};
TEST_P(ProveClaimHolds, WhenSomethingIsWrong) {
  ClaimEvidence evidence = Guarded();
  GetParam().spoil(evidence);
  const auto held = ProveClaim(Begun(), evidence, "hash", "4711", Noon());
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->state, State::kHeld) << GetParam().what;
  EXPECT_EQ(held->hold_reason, GetParam().reason);
  EXPECT_EQ(held->grant.hash, "");
}
INSTANTIATE_TEST_SUITE_P(
    All, ProveClaimHolds,
    ::testing::Values(
        HoldCase{"blocked meanwhile", [](ClaimEvidence& e) { e.account.active = false; },
                 HoldReason::kAccountNotActive},
        HoldCase{"blocked, nobody guards",
                 [](ClaimEvidence& e) {
                   e.account.active = false;
                   e.guarded = false;
                 },
                 HoldReason::kAccountNotActive},
        HoldCase{"phone changed", [](ClaimEvidence& e) { e.account.addresses_unchanged = false; },
                 HoldReason::kPrincipalAddressChanged},
        HoldCase{"principal not eligible", [](ClaimEvidence& e) { e.principal_eligible = false; },
                 HoldReason::kPrincipalNotEligible},
        HoldCase{"contact not eligible", [](ClaimEvidence& e) { e.contact_eligible = false; },
                 HoldReason::kContactNotEligible},
        HoldCase{"contact without a phone", [](ClaimEvidence& e) { e.contact_phone_index.clear(); },
                 HoldReason::kContactNotEligible}));

TEST(ProveClaim, DoesNotAskForEligibilityWhereNobodyGuards) {
  ClaimEvidence evidence;
  evidence.account = {true, false, true};
  EXPECT_EQ(ProveClaim(Begun(), evidence, "h", "0000", Noon())->state, State::kApproved);
}

TEST(ProveClaim, HoldsTheLaterOneOfAPair) {  // L7, LNK-19
  ClaimEvidence evidence = Guarded();
  evidence.mutual = true;
  const Recovery held = *ProveClaim(Begun(), evidence, "hash", "4711", Noon());
  EXPECT_EQ(held.state, State::kHeld);
  EXPECT_EQ(held.hold_reason, HoldReason::kMutualRecovery);
  EXPECT_EQ(held.contact, testing::Account("bob"));
}

Recovery BegunFor(Purpose purpose) {
  Recovery begun = Begun();
  begun.purpose = purpose;
  return begun;
}

TEST(ProveClaim, FindsTheAccountFrozenOnlyWhereTheFreezeIsToEnd) {  // R13
  ClaimEvidence evidence = Guarded();
  evidence.account = {false, true, true};
  for (const Purpose purpose : {Purpose::kPassword, Purpose::kPhoneChange, Purpose::kContactRemoval})
    EXPECT_EQ(ProveClaim(BegunFor(purpose), evidence, "h", "", Noon())->hold_reason,
              HoldReason::kAccountNotActive);
  EXPECT_EQ(ProveClaim(BegunFor(Purpose::kUnfreeze), evidence, "h", "", Noon())->state,
            State::kAwaitingContact);
  evidence.account.frozen = false;  // blocked
  EXPECT_EQ(ProveClaim(BegunFor(Purpose::kUnfreeze), evidence, "h", "", Noon())->hold_reason,
            HoldReason::kAccountNotActive);
}

TEST(ProveClaim, EndsWhereThereIsNoContactToRemove) {  // R13
  ClaimEvidence nobody;
  nobody.account = {true, false, true};
  const Recovery ended = *ProveClaim(BegunFor(Purpose::kContactRemoval), nobody, "hash", "", Noon());
  EXPECT_EQ(ended.state, State::kCancelled);
  EXPECT_EQ(ended.canceller, Canceller::kSystem);
  EXPECT_EQ(ended.grant.hash, "");
  EXPECT_FALSE(IsProved(ended));
}

class CancelFrom : public ::testing::TestWithParam<State> {};
TEST_P(CancelFrom, IsPossibleAtAnyMomentBeforeTheEnd) {
  for (const Canceller who :
       {Canceller::kClaimant, Canceller::kPrincipal, Canceller::kNotMe, Canceller::kSystem}) {
    const auto cancelled = Cancel(InState(GetParam()), who, Noon());
    if (IsFinal(GetParam())) {
      EXPECT_EQ(cancelled.status().code(), kFailedPrecondition);
    } else {
      ASSERT_THAT(cancelled, IsOk());
      EXPECT_EQ(cancelled->state, State::kCancelled);
      EXPECT_EQ(cancelled->canceller, who);
      EXPECT_EQ(cancelled->ended_at, Noon());
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, CancelFrom, ::testing::ValuesIn(kAllStates));

TEST(Cancel, IsTooLateWhileThePasswordIsBeingSet) {
  const Recovery marked = *BeginRedemption(testing::Approved(), "grant-hash", "r", Noon());
  EXPECT_THAT(Cancel(marked, Canceller::kPrincipal, Noon()),
              Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
}

TEST(LockClaim, EndsTheRecovery) {
  EXPECT_EQ(LockClaim(Begun(), Noon())->state, State::kLocked);
  EXPECT_EQ(LockClaim(InState(State::kAwaitingContact), Noon()).status().code(), kFailedPrecondition);
}

}  // namespace
}  // namespace tc::recovery
