// The wire itself: rules of the methods, a whole walk over gRPC, errors as a peer sees them.

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/rpc/service.h"
#include "trustedcontact/otp/v1/otp.grpc.pb.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kPermissionDenied;
using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;

class OtpWire : public ::testing::Test {
 protected:
  OtpWire() {
    wire_.Serve(MakeServices(bench_.verifications, bench_.deliveries, wire_.gate()));
    stub_ = pb::OtpService::NewStub(wire_.channel());
    delivery_stub_ = pb::DeliveryService::NewStub(wire_.channel());
  }

  static std::string AnyRequestId() { return SystemRandom().Uuid(); }
  pb::CreateVerificationRequest CreateRequest() {
    pb::CreateVerificationRequest request = Bench::AnyRequest();
    request.set_request_id(AnyRequestId());
    return request;
  }

  Bench bench_;
  testing::WireServer wire_;
  std::unique_ptr<pb::OtpService::Stub> stub_;
  std::unique_ptr<pb::DeliveryService::Stub> delivery_stub_;
};

TEST_F(OtpWire, WalksFromTheCodeToItsUse) {
  ASSERT_THAT(
      wire_.Ask(*stub_, &pb::OtpService::Stub::CreateVerification, CreateRequest(), "service/recovery"),
      IsOk());
  const std::string code = bench_.LastCode();
  pb::CheckVerificationRequest check = Bench::CheckRequest(code);
  check.set_request_id(AnyRequestId());
  ASSERT_OK_AND_ASSIGN(const auto checked, wire_.Ask(*stub_, &pb::OtpService::Stub::CheckVerification, check,
                                                     "service/recovery"));
  EXPECT_TRUE(checked.matched());
  pb::ConsumeVerificationRequest consume = Bench::ConsumeRequest();
  consume.set_request_id(AnyRequestId());
  ASSERT_OK_AND_ASSIGN(const auto used, wire_.Ask(*stub_, &pb::OtpService::Stub::ConsumeVerification, consume,
                                                  "service/recovery"));
  EXPECT_EQ(used.state(), pb::Verification::STATE_CONSUMED);
}

TEST_F(OtpWire, IsForTheServicesThatNeedIt) {
  for (const char* peer : {"portal/web", "operator/olga", "gateway/sms", "bank/b", "service/linking"}) {
    EXPECT_THAT(wire_.Ask(*stub_, &pb::OtpService::Stub::CreateVerification, CreateRequest(), peer),
                Refused(kPermissionDenied, Reason::kRoleNotAllowed))
        << peer;
  }
  pb::ReportDeliveryRequest receipt;
  receipt.set_request_id(AnyRequestId());
  EXPECT_THAT(
      wire_.Ask(*delivery_stub_, &pb::DeliveryService::Stub::ReportDelivery, receipt, "service/recovery"),
      Refused(kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(OtpWire, TellsOfDeliveriesToThoseWhoHaveAny) {
  const auto get = [&](const char* peer) {
    pb::GetDeliveryRequest in;
    in.set_name("deliveries/none");
    return wire_.Ask(*delivery_stub_, &pb::DeliveryService::Stub::GetDelivery, in, peer).status();
  };
  const auto list = [&](const char* peer) {
    return wire_
        .Ask(*delivery_stub_, &pb::DeliveryService::Stub::ListDeliveries, pb::ListDeliveriesRequest(), peer)
        .status();
  };
  for (const char* peer : {"service/otp", "portal/web", "gateway/sms"}) {
    EXPECT_THAT(get(peer), Refused(kPermissionDenied, Reason::kRoleNotAllowed)) << peer;
    EXPECT_THAT(list(peer), Refused(kPermissionDenied, Reason::kRoleNotAllowed)) << peer;
  }
  for (const char* peer : {"service/identity", "service/linking", "service/recovery", "operator/olga"}) {
    EXPECT_THAT(get(peer), Refused(kNotFound, Reason::kNotFound)) << peer;
    EXPECT_FALSE(HasReason(list(peer), Reason::kRoleNotAllowed)) << peer;
  }
}

TEST_F(OtpWire, DemandsARequestId) {
  EXPECT_THAT(
      wire_.Ask(*stub_, &pb::OtpService::Stub::CreateVerification, Bench::AnyRequest(), "service/recovery"),
      Refused(kInvalidArgument, Reason::kRequestIdMissing));
}

TEST_F(OtpWire, TellsHowLongToWait) {
  ASSERT_THAT(
      wire_.Ask(*stub_, &pb::OtpService::Stub::CreateVerification, CreateRequest(), "service/recovery"),
      IsOk());
  pb::ResendVerificationRequest resend;
  resend.set_name("verifications/v1");
  resend.set_request_id(AnyRequestId());
  const auto refused =
      wire_.Ask(*stub_, &pb::OtpService::Stub::ResendVerification, resend, "service/recovery");
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kResendTooSoon));
  EXPECT_GT(RetryAfterOf(refused.status()), absl::Seconds(50));
}

TEST_F(OtpWire, ListsDeliveriesForAnOperator) {
  ASSERT_THAT(
      wire_.Ask(*stub_, &pb::OtpService::Stub::CreateVerification, CreateRequest(), "service/recovery"),
      IsOk());
  ASSERT_OK_AND_ASSIGN(const auto list, wire_.Ask(*delivery_stub_, &pb::DeliveryService::Stub::ListDeliveries,
                                                  pb::ListDeliveriesRequest(), "operator/olga"));
  EXPECT_EQ(list.deliveries_size(), 1);
}

}  // namespace
}  // namespace tc::otp
