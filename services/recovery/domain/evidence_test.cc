#include "services/recovery/domain/evidence.h"

#include <gtest/gtest.h>

#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::Noon;

constexpr Purpose kAll[] = {Purpose::kPassword, Purpose::kPhoneChange, Purpose::kContactRemoval,
                            Purpose::kUnfreeze};

TEST(ThePrincipal, MustBeActiveAndWhereTheCodeWent) {
  for (const Purpose purpose : kAll) {
    EXPECT_EQ(WhyHold(purpose, {true, false, true}), std::nullopt);
    EXPECT_EQ(WhyHold(purpose, {false, false, true}), HoldReason::kAccountNotActive);
    EXPECT_EQ(WhyHold(purpose, {true, false, false}), HoldReason::kPrincipalAddressChanged);
    EXPECT_EQ(WhyHold(purpose, PrincipalNow()), HoldReason::kAccountNotActive);
  }
}

TEST(AFrozenPrincipal, IsFitForTheEndOfTheFreezeOnly) {  // R13
  for (const Purpose purpose : kAll) {
    const bool unfreezes = purpose == Purpose::kUnfreeze;
    EXPECT_EQ(WhyHold(purpose, {false, true, true}),
              unfreezes ? std::nullopt : std::optional(HoldReason::kAccountNotActive));
    EXPECT_EQ(ForPurpose(purpose, {false, Noon(), true}).eligible, unfreezes);
    EXPECT_FALSE(ForPurpose(purpose, {false, Noon(), false}).eligible);
    EXPECT_TRUE(ForPurpose(purpose, {true, Noon(), false}).eligible);
  }
}

struct PlaceCase {
  const char* what;
  const char* claimant_device;
  const char* claimant_address;
  ContactPlace contact;
  bool same;         // with the policy that asks for devices alone
  bool same_strict;  // and with that which asks for addresses, too
};
class Places : public ::testing::TestWithParam<PlaceCase> {};
TEST_P(Places, AreTheSameOnlyWhereTheyAreKnownToBe) {  // REC-25
  const PlaceCase& c = GetParam();
  for (const char* profile : {"gosuslugi", "strict"}) {
    Recovery recovery = testing::CodeSent(testing::PolicyOf(profile));
    recovery.client.device = c.claimant_device;
    recovery.client.address = c.claimant_address;
    EXPECT_EQ(SamePlace(recovery, c.contact), profile[0] == 's' ? c.same_strict : c.same) << c.what;
  }
}
INSTANTIATE_TEST_SUITE_P(
    All, Places,
    ::testing::Values(
        PlaceCase{"nothing known", "", "", {"", "", ""}, false, false},
        PlaceCase{"another device", "d1", "192.0.2.1", {"d2", "d3", "192.0.2.2"}, false, false},
        PlaceCase{"the device of the request", "d1", "", {"d1", "", ""}, true, true},
        PlaceCase{"the device of the session", "d1", "", {"", "d1", ""}, true, true},
        PlaceCase{"one address", "d1", "192.0.2.1", {"d2", "", "192.0.2.1"}, false, true},
        PlaceCase{"one address, mapped", "d1", "192.0.2.1", {"d2", "", "::ffff:192.0.2.1"}, false, true},
        PlaceCase{"one network", "d1", "2001:db8:0:7::1", {"d2", "", "2001:DB8::7:a:b:c:d"}, false, true},
        PlaceCase{"two networks", "d1", "2001:db8:0:7::1", {"d2", "", "2001:db8:0:8::1"}, false, false},
        PlaceCase{"no addresses", "d1", "somewhere", {"d2", "", "somewhere"}, false, false}));

}  // namespace
}  // namespace tc::recovery
