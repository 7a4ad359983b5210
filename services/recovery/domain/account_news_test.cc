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
                                        Happening::kNotActive, Happening::kErased,
                                        Happening::kConfirmationLost};

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
  if (what == Happening::kErased && !IsFinal(state)) return Outcome{State::kCancelled};
  if (what == Happening::kNotActive && state == State::kApproved) return Outcome{State::kCancelled};
  if (!IsUnderWay(state)) return std::nullopt;
  if (what == Happening::kNotActive) return Outcome{State::kHeld, HoldReason::kAccountNotActive};
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

// R1: what happens to the account must not show in a claim that is not proved, nor in a decoy.
TEST(AnUnprovedClaim, IsTheSameWhateverHappensToTheAccount) {
  Recovery entered = testing::Begun();
  entered.hold_taken = true;  // the code was right, and the evidence is being gathered
  for (const Happening what : kAllHappenings) {
    EXPECT_EQ(After(testing::Begun(), Of("alice", what)), testing::Begun());
    EXPECT_EQ(After(entered, Of("alice", what)), entered);
  }
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
  EXPECT_EQ(After(held, Of("alice", Happening::kNotActive)), held);
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
  EXPECT_EQ(After(approved, Of("alice", Happening::kNotActive)).state, State::kCancelled);
}

}  // namespace
}  // namespace tc::recovery
