#include "services/recovery/domain/account_news.h"

#include <gtest/gtest.h>

#include <optional>
#include <tuple>
#include <vector>

#include "services/recovery/domain/grant.h"
#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::Account;
using testing::InState;
using testing::Noon;

constexpr absl::Duration kInstant = absl::Milliseconds(1);
constexpr Happening kAllHappenings[] = {Happening::kPhoneChanged, Happening::kEmailChanged,
                                        Happening::kBlocked,      Happening::kFrozen,
                                        Happening::kErased,       Happening::kConfirmationLost};

AccountNews Of(const char* account, Happening what, absl::Time at = Noon() + kInstant) {
  return {Account(account), what, at};
}
Recovery After(const Recovery& recovery, const AccountNews& news) {
  return AfterNews(recovery, news, Noon() + absl::Seconds(1));
}

// What the rules say, written down apart from the code: by side, happening and state. Nothing: unchanged.
struct Outcome {
  State state;
  HoldReason reason = HoldReason::kNone;
};
bool IsUnderWay(State state) { return state == State::kAwaitingContact || state == State::kContactCodeSent; }

std::optional<Outcome> ForPrincipal(Happening what, State state) {
  if (IsFinal(state)) return std::nullopt;
  if (what == Happening::kErased || state == State::kApproved) return Outcome{State::kCancelled};
  if (!IsUnderWay(state) && state != State::kInPerson) return std::nullopt;
  if (what == Happening::kBlocked || what == Happening::kFrozen)
    return Outcome{State::kHeld, HoldReason::kAccountNotActive};
  if (what == Happening::kConfirmationLost) return Outcome{State::kHeld, HoldReason::kPrincipalNotEligible};
  return Outcome{State::kHeld, HoldReason::kPrincipalAddressChanged};
}
std::optional<Outcome> ForContact(Happening what, State state) {
  if (!IsUnderWay(state) || what == Happening::kEmailChanged) return std::nullopt;
  if (what == Happening::kPhoneChanged) return Outcome{State::kHeld, HoldReason::kContactPhoneChanged};
  return Outcome{State::kHeld, HoldReason::kContactNotEligible};
}

class EveryNews : public ::testing::TestWithParam<std::tuple<State, Happening>> {
 protected:
  static void Expect(const std::optional<Outcome>& outcome, const Recovery& before, const Recovery& after) {
    if (!outcome.has_value()) {
      EXPECT_EQ(after, before);
      return;
    }
    EXPECT_EQ(after.state, outcome->state) << StateName(after.state);
    EXPECT_EQ(after.hold_reason, outcome->reason) << HoldReasonName(after.hold_reason);
    const bool cancelled = after.state == State::kCancelled;
    EXPECT_EQ(after.canceller, cancelled ? Canceller::kSystem : Canceller::kNone);
    // Never to another person or number, and not a moment longer (REC-05, REC-21).
    EXPECT_EQ(after.contact, before.contact);
    EXPECT_EQ(after.link, before.link);
    EXPECT_EQ(after.contact_phone_index, before.contact_phone_index);
    EXPECT_EQ(after.phone_index, before.phone_index);
    EXPECT_EQ(after.expires_at, before.expires_at);
  }
};

TEST_P(EveryNews, OfThePrincipalStopsWhatIsUnderWay) {
  const auto [state, what] = GetParam();
  if (state == State::kAwaitingOwnCode) return;  // not proved: below
  const Recovery before = InState(state);
  Expect(ForPrincipal(what, state), before, After(before, Of("alice", what)));
}

TEST_P(EveryNews, OfTheContactStopsWhatHeMayStillAnswer) {
  const auto [state, what] = GetParam();
  const Recovery before = InState(state);
  Expect(ForContact(what, state), before, After(before, Of("bob", what)));
}

TEST_P(EveryNews, OfAnybodyElseIsNothing) {
  const auto [state, what] = GetParam();
  const Recovery before = InState(state);
  EXPECT_EQ(After(before, Of("carol", what)), before);
}

TEST_P(EveryNews, AboutWhatTimeHasEndedIsNothing) {
  const auto [state, what] = GetParam();
  const Recovery before = InState(state);
  for (const char* account : {"alice", "bob"})
    EXPECT_EQ(AfterNews(before, Of(account, what), before.expires_at), before);
}

INSTANTIATE_TEST_SUITE_P(All, EveryNews,
                         ::testing::Combine(::testing::ValuesIn(kAllStates),
                                            ::testing::ValuesIn(kAllHappenings)));

// What is heard between the look-ups and the proof is not lost: the proof finds it (REC-21).
TEST(AnUnprovedClaim, RemembersTheFirstNewsForItsProof) {
  Recovery entered = testing::Begun();
  entered.hold_taken = true;  // the code was right, and the evidence is being gathered
  for (const Happening what : kAllHappenings) {
    const Recovery after = After(entered, Of("alice", what));
    EXPECT_NE(after.early_news, HoldReason::kNone);
    EXPECT_EQ(After(after, Of("alice", Happening::kConfirmationLost)), after);
    Recovery unmarked = after;
    unmarked.early_news = HoldReason::kNone;
    EXPECT_EQ(unmarked, entered);  // and nothing else
    const Recovery proved = *ProveClaim(after, testing::Guarded(), "hash", "4711", Noon());
    EXPECT_EQ(proved.state, State::kHeld);
    EXPECT_EQ(proved.hold_reason, after.early_news);
    EXPECT_EQ(proved.grant.hash, "");
  }
}

TEST(AnUnprovedClaim, WithoutAContactIsHeldForItsAddressesAndNotForItsEligibility) {
  ClaimEvidence nobody = testing::Guarded();
  nobody.guarded = false;
  const auto proved = [&](Happening what) {
    return *ProveClaim(After(testing::Begun(), Of("alice", what)), nobody, "hash", "", Noon());
  };
  EXPECT_EQ(proved(Happening::kPhoneChanged).state, State::kHeld);
  EXPECT_EQ(proved(Happening::kBlocked).state, State::kHeld);
  EXPECT_EQ(proved(Happening::kConfirmationLost).state, State::kApproved);
}

// R13: a frozen account is what a recovery that ends the freeze begins with.
TEST(AFreeze, IsNothingToTheRecoveryThatIsToEndIt) {
  for (const State state : {State::kAwaitingOwnCode, State::kAwaitingContact, State::kContactCodeSent,
                            State::kInPerson, State::kApproved}) {
    Recovery unfreezing = InState(state);
    unfreezing.purpose = Purpose::kUnfreeze;
    EXPECT_EQ(After(unfreezing, Of("alice", Happening::kFrozen)), unfreezing);
    EXPECT_NE(After(unfreezing, Of("alice", Happening::kBlocked)), unfreezing);
  }
}

TEST(AGrant, WithoutAContactOutlivesALostConfirmation) {
  Recovery approved = testing::Approved();
  approved.contact = AccountId();
  EXPECT_EQ(After(approved, Of("alice", Happening::kConfirmationLost)), approved);
  EXPECT_EQ(After(approved, Of("alice", Happening::kPhoneChanged)).state, State::kCancelled);
}

TEST(Forgetting, LeavesIdsAndStatesOfAPersonWhoWasErased) {
  Recovery ended = InState(State::kCancelled);
  ended.own_code.status.masked_address = "+7 9** ***-**-67";
  ended.contact_code.status.masked_address = "+7 9** ***-**-02";
  const Recovery own = WithoutDataOf(ended, Account("alice"));
  for (const std::string& text :
       {own.masked_principal, own.client.address, own.client.device, own.client.user_agent, own.client.place,
        own.typed_mask, own.own_code.status.masked_address, own.phone_index, own.email_index})
    EXPECT_EQ(text, "");
  EXPECT_EQ(own.principal, ended.principal);
  EXPECT_EQ(own.contact, ended.contact);
  EXPECT_EQ(own.state, ended.state);
  EXPECT_EQ(own.contact_code, ended.contact_code);  // the contact's is not his
  const Recovery of_contact = WithoutDataOf(ended, Account("bob"));
  EXPECT_EQ(of_contact.contact_code.status.masked_address, "");
  EXPECT_EQ(of_contact.contact_phone_index, "");
  EXPECT_EQ(of_contact.masked_principal, ended.masked_principal);
  EXPECT_EQ(WithoutDataOf(ended, Account("carol")), ended);
}

TEST(Forgetting, LeavesAnUnprovedClaimLookingAsBefore) {  // R1
  const Recovery claim = WithoutDataOf(testing::Begun(), Account("alice"));
  EXPECT_EQ(claim.masked_principal, "");
  EXPECT_EQ(claim.typed_mask, testing::Begun().typed_mask);
  EXPECT_EQ(claim.client, testing::Begun().client);
}

TEST(ADecoy, IsTheSameWhateverHappensToTheAccount) {
  Recovery decoy = testing::CodeSent();
  decoy.decoy = true;
  for (const Happening what : kAllHappenings) EXPECT_EQ(After(decoy, Of("alice", what)), decoy);
}

TEST(OldNews, OfThePrincipalEndWithTheStart) {
  Recovery recovery = testing::Assigned();
  recovery.created_at = Noon() - absl::Minutes(10);
  for (const Happening what : kAllHappenings) {
    EXPECT_EQ(After(recovery, Of("alice", what, recovery.created_at)), recovery);
    EXPECT_NE(After(recovery, Of("alice", what, recovery.created_at + kInstant)).state, recovery.state);
  }
}

TEST(OldNews, OfTheContactEndWhenHeIsAsked) {
  Recovery recovery = testing::Assigned();
  recovery.created_at = Noon() - absl::Minutes(10);
  recovery.assigned_at = Noon() - absl::Minutes(5);
  const auto of_bob = [](absl::Time at) { return Of("bob", Happening::kPhoneChanged, at); };
  EXPECT_EQ(After(recovery, of_bob(recovery.created_at + kInstant)), recovery);
  EXPECT_EQ(After(recovery, of_bob(recovery.assigned_at)), recovery);
  EXPECT_EQ(After(recovery, of_bob(recovery.assigned_at + kInstant)).state, State::kHeld);
}

TEST(AHeldRecovery, KeepsItsFirstReason) {
  const Recovery held = After(testing::CodeSent(), Of("bob", Happening::kPhoneChanged));
  EXPECT_EQ(After(held, Of("alice", Happening::kBlocked)), held);
  EXPECT_EQ(After(held, Of("bob", Happening::kErased)), held);
}

// R8: what identity is doing with the grant cannot be undone; identity itself refuses a closed account.
TEST(AGrant, IsLeftWhileAPasswordIsBeingSetWithIt) {
  const Recovery redeeming =
      *BeginRedemption(testing::Approved(), "grant-hash", "call-1", Noon() + absl::Milliseconds(500));
  for (const Happening what : kAllHappenings) EXPECT_EQ(After(redeeming, Of("alice", what)), redeeming);
}

TEST(AGrant, WithoutAContactEndsWithTheAccount) {
  ClaimEvidence nobody = testing::Guarded();
  nobody.guarded = false;
  const Recovery approved = *ProveClaim(testing::Begun(), nobody, "grant-hash", "", Noon());
  EXPECT_EQ(After(approved, Of("alice", Happening::kBlocked)).state, State::kCancelled);
}

}  // namespace
}  // namespace tc::recovery
