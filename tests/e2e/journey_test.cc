#include "tests/e2e/journey.h"

#include "common/testing/status.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using absl::StatusCode;
using dev::Citizen;
using testing::HasCode;
using testing::IsOk;
using testing::Refused;
namespace recovery_pb = dev::recovery_pb;

class JourneyTest : public World {
 protected:
  JourneyTest() : people_(People()) {
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

  dev::People people_;
  Journey journey_;
};

TEST_F(JourneyTest, EndsWithANewPassword) {
  Until("Complete");
  EXPECT_THAT(CheckOutcome(people_, journey_), IsOk());
}

TEST_F(JourneyTest, GrantsAtOnceWhereNobodyGuards) {
  const Citizen alone = Someone("Olga");
  ASSERT_THAT(people_.Register(alone), IsOk());
  const size_t seen = people_.CountMessages(alone);
  ASSERT_OK_AND_ASSIGN(const auto started, people_.StartRecovery(alone.phone));
  ASSERT_OK_AND_ASSIGN(const std::string code, people_.AwaitCode(alone, seen));
  ASSERT_OK_AND_ASSIGN(const auto approved, people_.VerifyClaimant(started.name(), code));
  EXPECT_EQ(approved.state(), recovery_pb::RECOVERY_STATE_APPROVED);
  ASSERT_THAT(people_.Complete(approved, "Heron+Lantern-58"), IsOk());
  EXPECT_TRUE(people_.VerifyPassword(alone, "Heron+Lantern-58").value());
}

TEST_F(JourneyTest, GrantsNothingWhileTheContactIsSilent) {
  Until("SendContactCode");
  ASSERT_OK_AND_ASSIGN(const auto waiting, people_.GetRecovery(journey_.recovery));
  EXPECT_EQ(waiting.grant(), "");
  EXPECT_THAT(
      people_.Complete(waiting, journey_.new_password),
      ::testing::AnyOf(HasCode(StatusCode::kPermissionDenied), HasCode(StatusCode::kFailedPrecondition),
                       HasCode(StatusCode::kInvalidArgument)));
}

TEST_F(JourneyTest, AnswersAnUnknownPhoneLikeAKnownOne) {
  Until("ConfirmPhone");
  ASSERT_OK_AND_ASSIGN(const auto known, people_.StartRecovery(journey_.principal.phone));
  ASSERT_OK_AND_ASSIGN(const auto unknown, people_.StartRecovery("+79990000001"));
  const auto masked = [](recovery_pb::Recovery r) {
    r.clear_name();
    r.clear_create_time();
    r.clear_expire_time();
    r.clear_server_time();
    for (auto* time :
         {r.mutable_own_code()->mutable_expire_time(), r.mutable_own_code()->mutable_next_send_time(),
          r.mutable_own_code()->mutable_next_attempt_time(), r.mutable_own_code()->mutable_server_time()}) {
      time->Clear();
    }
    r.mutable_own_code()->clear_masked_address();  // what each has typed himself
    return r.DebugString();
  };
  EXPECT_EQ(masked(known), masked(unknown));
  EXPECT_THAT(people_.VerifyClaimant(unknown.name(), "000000"),
              Refused(StatusCode::kInvalidArgument, Reason::kCodeMismatch));
}

TEST_F(JourneyTest, LetsNobodyButTheContactApprove) {
  Until("SendContactCode");
  const Citizen stranger = Someone("Vera");
  ASSERT_THAT(people_.Admit(stranger), IsOk());
  for (const Citizen& other : {journey_.principal, stranger}) {
    EXPECT_THAT(people_.Approve(other, journey_.assigned, journey_.contact_code),
                Refused(StatusCode::kNotFound, Reason::kNotFound));
  }
  EXPECT_THAT(people_.VerifyClaimant(journey_.recovery, journey_.contact_code),
              Refused(StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  EXPECT_THAT(people_.Approve(journey_.contact, journey_.assigned, journey_.contact_code), IsOk());
}

TEST_F(JourneyTest, EndsWithTheContactsNo) {
  Until("Acknowledge");
  ASSERT_THAT(people_.Reject(journey_.contact, journey_.assigned, recovery_pb::REJECT_REASON_NOT_REACHED),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const auto rejected, people_.GetRecovery(journey_.recovery));
  EXPECT_EQ(rejected.state(), recovery_pb::RECOVERY_STATE_REJECTED);
  EXPECT_EQ(rejected.grant(), "");
  EXPECT_THAT(people_.SendContactCode(journey_.contact, journey_.assigned),
              Refused(StatusCode::kFailedPrecondition, Reason::kRecoveryClosed));
}

TEST_F(JourneyTest, KeepsTheLinkWhileARecoveryIsOpen) {
  Until("VerifyClaimant");
  EXPECT_THAT(people_.RemoveTrustedContact(journey_.principal),
              Refused(StatusCode::kFailedPrecondition, Reason::kRecoveryOpen));
  EXPECT_THAT(people_.Resign(journey_.contact, journey_.link),
              Refused(StatusCode::kFailedPrecondition, Reason::kRecoveryOpen));
}

TEST_F(JourneyTest, FreesTheLinkWhenTheRecoveryHasEnded) {
  Until("Complete");
  // The news goes from recovery to linking as an event.
  absl::Status removed;
  const absl::Time give_up = absl::Now() + absl::Seconds(15);
  do {
    removed = people_.RemoveTrustedContact(journey_.principal).status();
    absl::SleepFor(absl::Milliseconds(20));
  } while (HasReason(removed, Reason::kRecoveryOpen) && absl::Now() < give_up);
  EXPECT_THAT(removed, IsOk());
  EXPECT_THAT(people_.TrustedContact(journey_.principal), HasCode(StatusCode::kNotFound));
}

TEST_F(JourneyTest, UsesAGrantOnce) {
  Until("Complete");
  EXPECT_THAT(people_.Complete(journey_.approved, "Another+Lantern-61"),
              HasCode(StatusCode::kFailedPrecondition));
  EXPECT_THAT(CheckOutcome(people_, journey_), IsOk());
}

}  // namespace
}  // namespace tc::e2e
