#include "services/otp/rpc/convert.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/otp/rpc/sends_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kInvalidArgument;
using testing::IsOk;
using testing::Refused;
using testing::Violates;
namespace type = ::trustedcontact::type::v1;

TEST(CreateVerification, RefusesAClientThatIsTooLong) {
  Bench bench;
  pb::CreateVerificationRequest request = Bench::AnyRequest();
  request.mutable_client()->set_address(std::string(46, '1'));
  request.mutable_client()->set_device(std::string(65, 'd'));
  const absl::Status refused = bench.Create(request).status();
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  ASSERT_EQ(ViolationsOf(refused).size(), 2u);
  EXPECT_EQ(ViolationsOf(refused)[0].field, "client.address");
  EXPECT_EQ(ViolationsOf(refused)[1].field, "client.device");
  EXPECT_THAT(refused, Violates("TEXT_TOO_LONG"));
  request.mutable_client()->set_address("0000:0000:0000:0000:0000:ffff:255.255.255.255");
  std::string longest;
  for (int i = 0; i < 64; ++i) longest += "д";  // characters, not bytes
  request.mutable_client()->set_device(longest);
  EXPECT_THAT(bench.Create(request), IsOk());
}

TEST(FallbackEmail, IsForClaimsWithEmailAmongTheirChannels) {
  struct Case {
    const char* name;
    pb::Purpose purpose;
    bool mail_allowed;
    bool decoy;
    const char* email;
    const char* violation;  // null: taken
  };
  const Case cases[] = {
      {"as it should be", pb::PURPOSE_RECOVERY_CLAIM, true, false, "ivan@example.ru", nullptr},
      {"no e-mail among the channels", pb::PURPOSE_RECOVERY_CLAIM, false, false, "ivan@example.ru",
       "FALLBACK_NOT_ALLOWED"},
      {"an approval", pb::PURPOSE_RECOVERY_APPROVAL, false, false, "ivan@example.ru", "FALLBACK_NOT_ALLOWED"},
      {"a second factor", pb::PURPOSE_SECOND_FACTOR, false, false, "ivan@example.ru", "FALLBACK_NOT_ALLOWED"},
      {"no address", pb::PURPOSE_RECOVERY_CLAIM, true, false, "ivan", "EMAIL_INVALID"},
      {"a decoy", pb::PURPOSE_RECOVERY_CLAIM, false, true, "ivan@example.ru", nullptr},
  };
  for (const Case& c : cases) {
    Bench bench;
    pb::CreateVerificationRequest create = RequestOf({.id = "v1", .purpose = c.purpose, .decoy = c.decoy});
    create.add_allowed_channels(type::CHANNEL_SMS);
    if (c.mail_allowed) create.add_allowed_channels(type::CHANNEL_EMAIL);
    pb::ResendVerificationRequest resend;
    resend.set_name("verifications/v1");
    ASSERT_THAT(bench.Create(create), IsOk()) << c.name;
    bench.clock.Advance(absl::Seconds(60));
    resend.set_fallback_email(c.email);
    create.set_fallback_email(c.email);
    create.set_verification_id("v2");
    create.set_request("another");
    const auto resent = bench.verifications.ResendVerification(bench.From(), resend);
    if (c.violation == nullptr) {
      EXPECT_THAT(bench.Create(create), IsOk()) << c.name;
      EXPECT_THAT(resent, IsOk()) << c.name;
    } else {
      EXPECT_THAT(bench.Create(create), Violates(c.violation)) << c.name;
      EXPECT_THAT(resent, Violates(c.violation)) << c.name;
    }
  }
}

}  // namespace
}  // namespace tc::otp
