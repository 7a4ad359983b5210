// An open recovery follows what happens to its people: over identity's events, while nobody calls.

#include "common/base/status.h"
#include "common/testing/status.h"
#include "tests/e2e/journey.h"
#include "tests/e2e/world.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"

namespace tc::e2e {
namespace {

using absl::StatusCode;
using dev::Citizen;
using testing::IsOk;
using testing::Refused;
namespace identity_pb = dev::identity_pb;
namespace recovery_pb = dev::recovery_pb;
using IdentityStub = identity_pb::IdentityService::Stub;

class RecoveryFollowTest : public World {
 protected:
  RecoveryFollowTest() : people_(People()) {
    journey_.principal = Someone("Anna");
    journey_.contact = Someone("Maria");
  }

  // Runs the steps up to and including this one.
  void Until(const std::string& last) {
    for (const Step& step : Steps()) {
      ASSERT_THAT(step.run(people_, journey_), IsOk()) << step.name;
      if (step.name == last) return;
    }
    FAIL() << "no such step: " << last;
  }

  static absl::Status Block(const Citizen& who) {
    identity_pb::BlockAccountRequest request;
    request.set_name(who.Name());
    request.set_reason("a report of theft");
    return suite()[dev::Service::kIdentity]
        .Call(&IdentityStub::BlockAccount, dev::From("operator/demo"), request)
        .status();
  }

  absl::Status MoveToAnotherPhone(const Citizen& moved) {
    const std::string phone = TRY(people_.BindPhone(moved)).name();
    return people_.ConfirmPhone(moved, phone, TRY(people_.AwaitCode(moved, 0))).status();
  }

  // Whether the claimant sees this state soon.
  bool Becomes(recovery_pb::RecoveryState state) {
    const absl::Time give_up = absl::Now() + absl::Seconds(15);
    do {
      const auto seen = people_.GetRecovery(journey_.recovery);
      if (seen.ok() && seen->state() == state) return true;
      absl::SleepFor(absl::Milliseconds(5));
    } while (absl::Now() < give_up);
    return false;
  }

  dev::People people_;
  Journey journey_;
};

TEST_F(RecoveryFollowTest, IsHeldWhenTheContactIsBlocked) {  // R12, REC-21
  Until("SendContactCode");
  ASSERT_THAT(Block(journey_.contact), IsOk());
  EXPECT_TRUE(Becomes(recovery_pb::RECOVERY_STATE_HELD));
  EXPECT_THAT(people_.Approve(journey_.contact, journey_.assigned, journey_.contact_code),
              Refused(StatusCode::kFailedPrecondition, Reason::kRecoveryHeld));
}

TEST_F(RecoveryFollowTest, IsHeldWhenTheContactMovesAndNoCodeFollowsHim) {  // REC-21
  Until("Acknowledge");
  Citizen moved = journey_.contact;
  moved.phone = Someone("Nobody").phone;
  ASSERT_THAT(MoveToAnotherPhone(moved), IsOk());
  ASSERT_TRUE(Becomes(recovery_pb::RECOVERY_STATE_HELD));
  EXPECT_THAT(people_.SendContactCode(moved, journey_.assigned),
              Refused(StatusCode::kFailedPrecondition, Reason::kRecoveryHeld));
  int codes = 0;
  for (const dev::Message& message : suite().spool().Inbox(moved.phone))
    codes += message.code.empty() ? 0 : 1;
  EXPECT_EQ(codes, 1) << "the one that bound the phone";
}

TEST_F(RecoveryFollowTest, EndsWithItsGrantWhenThePrincipalIsBlocked) {
  Until("TakeGrant");
  ASSERT_THAT(Block(journey_.principal), IsOk());
  EXPECT_TRUE(Becomes(recovery_pb::RECOVERY_STATE_CANCELLED));
  EXPECT_FALSE(people_.Complete(journey_.approved, journey_.new_password).ok());
}

TEST_F(RecoveryFollowTest, CatchesUpWithWhatHappenedWhileItWasDown) {
  Until("VerifyClaimant");
  suite().Kill(dev::Service::kRecovery);
  ASSERT_THAT(Block(journey_.contact), IsOk());
  ASSERT_THAT(suite().Start(dev::Service::kRecovery), IsOk());
  EXPECT_TRUE(Becomes(recovery_pb::RECOVERY_STATE_HELD));
}

}  // namespace
}  // namespace tc::e2e
