// Somebody has codes sent to numbers of a range that earns him money, and enters none of them: few are sent,
// and the people of that range are still heard as trusted contacts (SND-03, SND-08).

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/testing/status.h"
#include "tests/e2e/otp_caller.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using absl::StatusCode;
using testing::IsOk;
using testing::Refused;

constexpr char kRange[] = "+7916123";
constexpr int kRounds = 6;
constexpr int kTries = 40;  // a round

class PumpingTest : public World {
 protected:
  static void SetUpTestSuite() {
    Options().set.clear();  // the limits as a service has them
    World::SetUpTestSuite();
  }

  static int SentToTheRange() {
    int sent = 0;
    for (const dev::Message& message : suite().spool().Inbox(""))
      sent += absl::StartsWith(message.to, kRange) ? 1 : 0;
    return sent;
  }
};

TEST_F(PumpingTest, GetsAtMostSixtyMessagesAndStopsNoApproval) {
  OtpCaller otp(suite()[dev::Service::kOtp]);
  int made = 0;
  absl::Status refusal;
  for (int round = 0; round < kRounds; ++round) {
    // Eleven minutes later: the codes of the round before have run out, and so has the count by itself.
    suite().Stop(dev::Service::kOtp);
    ASSERT_THAT(suite().Start(dev::Service::kOtp, {"--clock-offset", absl::StrCat(round * 660)}), IsOk());
    for (int i = 0; i < kTries; ++i) {
      const std::string phone = absl::StrFormat("%s%04d", kRange, round * kTries + i);
      const absl::Status status = otp.Create(CodeRequest(otp_pb::PURPOSE_PHONE_BINDING, phone)).status();
      if (!status.ok()) {
        refusal = status;
        continue;
      }
      ++made;
      ASSERT_THAT(suite().spool().AwaitCode(phone, 0), IsOk());
    }
  }
  EXPECT_THAT(refusal, Refused(StatusCode::kResourceExhausted, Reason::kPrefixThrottled));
  EXPECT_EQ(SentToTheRange(), made);
  EXPECT_LE(made, 60);
  EXPECT_GT(made, 20) << "a range is given a second chance";

  const auto approval = CodeRequest(otp_pb::PURPOSE_RECOVERY_APPROVAL, absl::StrCat(kRange, "9999"));
  ASSERT_THAT(otp.Create(approval), IsOk());
  EXPECT_THAT(suite().spool().AwaitCode(approval.phone(), 0), IsOk());
}

}  // namespace
}  // namespace tc::e2e
