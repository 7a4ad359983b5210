#include "services/linking/domain/erasure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tc::linking {
namespace {

const Phone kPhone = Phone::FromTrusted("+79160000002");
const InvitationDetails kDetails = {FirstName::FromTrusted("Борис"), kPhone, kPhone.Masked(), "Алиса П."};
const LinkPeople kPeople = {"Алиса П.", "Борис С.", "+7 9** ***-**-02"};

TEST(ErasedPrincipal, LeavesNothingInHisInvitations) {
  EXPECT_EQ(WithoutPrincipal(kDetails), InvitationDetails());
}

TEST(ErasedInvitee, LeavesNoNumberAndOnceHeHasAnsweredNoName) {
  for (const InvitationState state : kAllInvitationStates) {
    const InvitationDetails rest = WithoutInvitee(kDetails, state);
    EXPECT_FALSE(rest.contact_phone.has_value()) << StateName(state);
    EXPECT_EQ(rest.masked_principal, "Алиса П.");
    const bool answered = state == InvitationState::kAccepted || state == InvitationState::kDeclined;
    EXPECT_EQ(rest.contact_first_name.text().empty(), answered) << StateName(state);
    EXPECT_EQ(rest.masked_contact_phone.empty(), answered) << StateName(state);
  }
}

// L2: to a principal who cannot know that it reached anybody, it looks as one that reached nobody.
TEST(ErasedInvitee, IsNotBetrayedByAnUnansweredInvitation) {
  for (const InvitationState state :
       {InvitationState::kPending, InvitationState::kCancelled, InvitationState::kExpired}) {
    const InvitationDetails rest = WithoutInvitee(kDetails, state);
    EXPECT_EQ(rest.contact_first_name, kDetails.contact_first_name);
    EXPECT_EQ(rest.masked_contact_phone, kDetails.masked_contact_phone);
  }
}

TEST(Links, LoseTheErasedSideOnly) {
  EXPECT_EQ(WithoutPrincipal(kPeople), (LinkPeople{"", "Борис С.", "+7 9** ***-**-02"}));
  EXPECT_EQ(WithoutContact(kPeople), (LinkPeople{"Алиса П.", "", ""}));
}

}  // namespace
}  // namespace tc::linking
