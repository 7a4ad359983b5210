#include "services/linking/domain/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using testing::IsOk;
using testing::Refused;

const AccountId kBob = AccountId::FromTrusted("bob");
const absl::Time kNow = absl::FromUnixSeconds(1'770'000'000);

Eligibility Yes() { return {true, {}}; }
Eligibility No() { return {false, {"AGE_BELOW_MINIMUM", "PASSPORT_MISSING"}}; }
Match Fits() {
  Match match;
  match.account = kBob;
  return match;
}

TEST(RequireEligible, TellsThePersonEverythingThatIsUnmet) {
  EXPECT_THAT(RequireEligible(Yes()), IsOk());
  const absl::Status refused = RequireEligible(No());
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kNotEligible));
  const std::vector<FieldViolation> unmet = UnmetOf(refused);
  ASSERT_EQ(unmet.size(), 2u);
  EXPECT_EQ(unmet[0].reason, "AGE_BELOW_MINIMUM");
  EXPECT_EQ(unmet[1].reason, "PASSPORT_MISSING");
}

TEST(RefuseConflicts, OneselfThePersonUnderAnotherAccountAndTheSamePhone) {
  EXPECT_THAT(RefuseConflicts(Fits()), IsOk());
  Match match = Fits();
  match.same_account = true;
  EXPECT_THAT(RefuseConflicts(match), Refused(kFailedPrecondition, Reason::kSamePerson));
  match = Fits();
  match.same_person = true;
  EXPECT_THAT(RefuseConflicts(match), Refused(kFailedPrecondition, Reason::kSamePerson));
  match = Fits();
  match.same_phone = true;
  EXPECT_THAT(RefuseConflicts(match), Refused(kFailedPrecondition, Reason::kSamePhone));
}

TEST(MayAccept, WhenBothAreEligibleAndTheMatchStillHolds) {
  EXPECT_THAT(MayAccept(kBob, Fits(), Yes(), Yes(), kNow), IsOk());
}

TEST(MayAccept, NotWithAConflictThatHasComeUpSince) {
  Match match = Fits();
  match.same_phone = true;
  EXPECT_THAT(MayAccept(kBob, match, Yes(), Yes(), kNow), Refused(kFailedPrecondition, Reason::kSamePhone));
}

TEST(MayAccept, TellsTheContactHisOwnUnmetRequirementsFirst) {
  const absl::Status refused = MayAccept(kBob, Match(), No(), No(), kNow);
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kNotEligible));
  EXPECT_EQ(UnmetOf(refused).size(), 2u);
}

TEST(MayAccept, SaysNothingOfThePrincipal) {
  const absl::Status principal_not_eligible = MayAccept(kBob, Fits(), Yes(), No(), kNow);
  const absl::Status fits_no_longer = MayAccept(kBob, Match(), Yes(), Yes(), kNow);
  Match other = Fits();
  other.account = AccountId::FromTrusted("carol");
  const absl::Status fits_another = MayAccept(kBob, other, Yes(), Yes(), kNow);
  EXPECT_THAT(principal_not_eligible, Refused(kFailedPrecondition, Reason::kNotEligible));
  EXPECT_TRUE(UnmetOf(principal_not_eligible).empty());
  EXPECT_EQ(principal_not_eligible, fits_no_longer) << "the contact cannot tell one from the other";
  EXPECT_EQ(principal_not_eligible, fits_another);
  Eligibility recovered = Yes();
  recovered.restricted_until = kNow + absl::Hours(72);  // REC-18
  EXPECT_EQ(principal_not_eligible, MayAccept(kBob, Fits(), Yes(), recovered, kNow));
  EXPECT_THAT(MayAccept(kBob, Fits(), Yes(), recovered, kNow + absl::Hours(72)), IsOk());
}

}  // namespace
}  // namespace tc::linking
