#include "tools/tcctl/target.h"

#include "common/testing/status.h"
#include "tools/tcctl/dev_suite.h"

namespace tc::ctl {
namespace {

using absl::StatusCode;
using testing::HasCode;

struct TargetCase {
  const char* text;
  Target target;
};
class ParseTargetTest : public ::testing::TestWithParam<TargetCase> {};

TEST_P(ParseTargetTest, FindsServerServiceAndMethod) {
  const auto target = ParseTarget(GetParam().text);
  ASSERT_THAT(target, testing::IsOk());
  EXPECT_EQ(target->server, GetParam().target.server);
  EXPECT_EQ(target->service, GetParam().target.service);
  EXPECT_EQ(target->method, GetParam().target.method);
}

INSTANTIATE_TEST_SUITE_P(
    , ParseTargetTest,
    ::testing::Values(TargetCase{"linking/GetGuard", {"linking", "LinkingService", "GetGuard"}},
                      TargetCase{"otp/CheckVerification", {"otp", "OtpService", "CheckVerification"}},
                      TargetCase{"otp/DeliveryService/GetDelivery",
                                 {"otp", "DeliveryService", "GetDelivery"}},
                      TargetCase{"trustedcontact.linking.v1.LinkingService/GetGuard",
                                 {"linking", "trustedcontact.linking.v1.LinkingService", "GetGuard"}},
                      TargetCase{"grpc.health.v1.Health/Check", {"", "grpc.health.v1.Health", "Check"}}));

class WrongTargetTest : public ::testing::TestWithParam<const char*> {};

TEST_P(WrongTargetTest, IsAnError) {
  EXPECT_THAT(ParseTarget(GetParam()), HasCode(StatusCode::kInvalidArgument));
}

INSTANTIATE_TEST_SUITE_P(, WrongTargetTest,
                         ::testing::Values("", "linking", "linkin/GetGuard", "nobody/AdminService/GetPolicy",
                                           "a/b/c/d"));

TEST(AddressOf, TakesTheGivenAddress) {
  EXPECT_EQ(AddressOf({"", "x", "y"}, "host:1", "/nowhere").value(), "host:1");
}

TEST(AddressOf, TellsHowToStartASuite) {
  const auto address = AddressOf({"linking", "x", "y"}, "", "/nowhere");
  EXPECT_THAT(address, HasCode(StatusCode::kNotFound));
  EXPECT_THAT(std::string(address.status().message()), ::testing::HasSubstr("tcctl dev up"));
}

}  // namespace
}  // namespace tc::ctl
