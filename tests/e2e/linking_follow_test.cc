// Linking follows what becomes of the accounts: the real programs, identity's event log between them.

#include "common/base/status.h"
#include "common/testing/status.h"
#include "tests/e2e/world.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"

namespace tc::e2e {
namespace {

using dev::Citizen;
using dev::Service;
using testing::IsOk;
using Identity = dev::identity_pb::IdentityService::Stub;
using namespace dev::linking_pb;  // NOLINT: states and reasons

class LinkingFollowTest : public World {
 protected:
  LinkingFollowTest() : people_(People()), anna_(Someone("Anna")), maria_(Someone("Maria")) {}

  void SetUp() override {
    for (const Citizen& who : {anna_, maria_}) ASSERT_THAT(people_.Admit(who), IsOk());
    ASSERT_THAT(people_.Connect(anna_, maria_), IsOk());
  }

  static absl::Status Block(const Citizen& who) {
    dev::identity_pb::BlockAccountRequest request;
    request.set_name(who.Name());
    request.set_reason("the support was asked to");
    return suite()[Service::kIdentity]
        .Call(&Identity::BlockAccount, dev::From("operator/demo"), request)
        .status();
  }
  static absl::Status Unblock(const Citizen& who) {
    dev::identity_pb::UnblockAccountRequest request;
    request.set_name(who.Name());
    request.set_reason("it was a mistake");
    return suite()[Service::kIdentity]
        .Call(&Identity::UnblockAccount, dev::From("operator/demo"), request)
        .status();
  }

  // The link as the principal sees it, once it has come into this state; or as it is after a long wait.
  absl::StatusOr<Link> AwaitState(LinkState state) {
    const absl::Time give_up = absl::Now() + absl::Seconds(15);
    while (true) {
      Link link = TRY(people_.TrustedContact(anna_));
      if (link.state() == state || absl::Now() >= give_up) return link;
      absl::SleepFor(absl::Milliseconds(5));
    }
  }

  dev::People people_;
  Citizen anna_;
  Citizen maria_;
};

TEST_F(LinkingFollowTest, ABlockedContactSuspendsTheLinkUntilHeIsUnblocked) {  // E5
  ASSERT_THAT(Block(maria_), IsOk());
  ASSERT_OK_AND_ASSIGN(const Link suspended, AwaitState(LINK_STATE_SUSPENDED));
  EXPECT_EQ(suspended.state(), LINK_STATE_SUSPENDED);
  EXPECT_EQ(suspended.suspend_reason(), SUSPEND_REASON_CONTACT_NOT_ELIGIBLE);
  ASSERT_THAT(Unblock(maria_), IsOk());
  ASSERT_OK_AND_ASSIGN(const Link resumed, AwaitState(LINK_STATE_ACTIVE));
  EXPECT_EQ(resumed.state(), LINK_STATE_ACTIVE);
}

TEST_F(LinkingFollowTest, WhatHappenedWhileLinkingWasDownIsHeardWhenItIsBack) {  // E5
  suite().Kill(Service::kLinking);
  ASSERT_THAT(Block(maria_), IsOk());
  ASSERT_THAT(suite().Start(Service::kLinking), IsOk());
  ASSERT_OK_AND_ASSIGN(const Link suspended, AwaitState(LINK_STATE_SUSPENDED));
  EXPECT_EQ(suspended.state(), LINK_STATE_SUSPENDED);
}

}  // namespace
}  // namespace tc::e2e
