// IdentityService over a real gRPC server: the gate's rules, the wire's words and the handlers meet here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/wire.h"
#include "services/identity/rpc/service.h"
#include "services/identity/rpc/world_testing.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kPermissionDenied;
using absl::StatusCode::kUnauthenticated;
using testing::HasCode;
using testing::IsOk;
using testing::Refused;
using testing::Violates;
using Stub = pb::IdentityService::Stub;

constexpr char kIdp[] = "identity-provider/test";
constexpr char kCentre[] = "service-centre/test";
constexpr char kOperator[] = "operator/test";
constexpr char kPortal[] = "portal/test";
constexpr char kLinking[] = "service/linking";
constexpr char kRecovery[] = "service/recovery";
constexpr char kOtp[] = "service/otp";

class OverTheWire : public ::testing::Test {
 protected:
  OverTheWire() {
    wire_.Serve({MakeService(world_.handlers(), wire_.gate())});
    stub_ = pb::IdentityService::NewStub(wire_.channel());
  }
  // With a fresh request id where the request has one.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               Request request, const std::string& peer, const std::string& person = "") {
    if constexpr (requires { request.set_request_id(""); }) request.set_request_id(random_.Uuid());
    return wire_.Ask(*stub_, method, request, peer, person);
  }
  // What a method answers to an empty request.
  template <typename Request, typename Response>
  absl::StatusCode Empty(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                         const std::string& peer, const std::string& person = "") {
    return Ask(method, Request(), peer, person).status().code();
  }

  World world_{TestPolicy(), {}};
  testing::FakeRandom random_{7};
  testing::WireServer wire_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(OverTheWire, RegisterConfirmBindSignInAndCheck) {
  ASSERT_THAT(Ask(&Stub::CreateAccount, Registration("ivan", 1), kIdp), IsOk());
  pb::ConfirmAccountRequest confirm;
  confirm.set_name("accounts/ivan");
  confirm.set_method(pb::CONFIRMATION_METHOD_SERVICE_CENTRE);
  confirm.set_reference("case-1");
  SetPassport(confirm.mutable_document(), 1);
  EXPECT_EQ(Ask(&Stub::ConfirmAccount, confirm, kCentre)->level(), pb::ACCOUNT_LEVEL_CONFIRMED);

  pb::BindPhoneRequest bind;
  bind.set_account("accounts/ivan");
  bind.set_phone(PhoneNumber(1));
  const auto pending = Ask(&Stub::BindPhone, bind, kPortal, "ivan");
  ASSERT_THAT(pending, IsOk());
  pb::ConfirmPhoneRequest code;
  code.set_name(pending->name());
  code.set_code(FakeOtp::kCode);
  EXPECT_EQ(Ask(&Stub::ConfirmPhone, code, kPortal, "ivan")->state(), pb::PHONE_STATE_BOUND);

  pb::SetPasswordRequest set;
  set.set_account("accounts/ivan");
  set.set_new_password(World::kGood);
  ASSERT_THAT(Ask(&Stub::SetPassword, set, kPortal, "ivan"), IsOk());
  pb::VerifyPasswordRequest verify;
  verify.set_phone(PhoneNumber(1));
  verify.set_password(World::kGood);
  EXPECT_TRUE(Ask(&Stub::VerifyPassword, verify, kIdp)->verified());

  pb::CheckEligibilityRequest eligibility;
  eligibility.set_account("accounts/ivan");
  eligibility.set_role(pb::ELIGIBILITY_ROLE_CONTACT);
  EXPECT_TRUE(Ask(&Stub::CheckEligibility, eligibility, kLinking)->eligible());
}

TEST_F(OverTheWire, CarriesEveryBrokenRuleOfAPassword) {
  ASSERT_THAT(Ask(&Stub::CreateAccount, Registration("ivan", 1), kIdp), IsOk());
  pb::SetPasswordRequest set;
  set.set_account("accounts/ivan");
  set.set_new_password("иван\n1234");  // the gate leaves passwords to the rules
  const auto refused = Ask(&Stub::SetPassword, set, kPortal, "ivan");
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kPasswordPolicyViolated));
  EXPECT_THAT(refused, Violates("PASSWORD_CONTROL"));
  EXPECT_THAT(refused, Violates("PASSWORD_PERSONAL"));
}

TEST_F(OverTheWire, LetsNobodyElseReset) {
  EXPECT_THAT(Ask(&Stub::ResetPassword, pb::ResetPasswordRequest(), kLinking),
              Refused(kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(Ask(&Stub::ResetPassword, pb::ResetPasswordRequest(), kPortal, "ivan"),
              Refused(kPermissionDenied, Reason::kRoleNotAllowed));
}

// Whoever gets hold of one service's certificate may not do with it what another one does.
TEST_F(OverTheWire, LetsAServiceCallWhatItCallsAndNothingElse) {
  EXPECT_EQ(Empty(&Stub::FreezeAccount, kOtp), kPermissionDenied);
  EXPECT_EQ(Empty(&Stub::UnfreezeAccount, kOtp), kPermissionDenied);
  EXPECT_EQ(Empty(&Stub::UnfreezeAccount, kLinking), kPermissionDenied);
  EXPECT_EQ(Empty(&Stub::CheckEligibility, kOtp), kPermissionDenied);
  EXPECT_EQ(Empty(&Stub::MatchContact, kOtp), kPermissionDenied);
  EXPECT_EQ(Empty(&Stub::MatchContact, kRecovery), kPermissionDenied);
  EXPECT_EQ(Empty(&Stub::LookupAccount, kOtp), kPermissionDenied);
  for (const char* caller : {kLinking, kRecovery}) {
    EXPECT_EQ(Empty(&Stub::FreezeAccount, caller), kInvalidArgument);
    EXPECT_EQ(Empty(&Stub::CheckEligibility, caller), kInvalidArgument);
    EXPECT_EQ(Empty(&Stub::LookupAccount, caller), kInvalidArgument);
  }
}

TEST_F(OverTheWire, WantsAPersonWhereTheOwnerActs) {
  EXPECT_THAT(Ask(&Stub::BindPhone, pb::BindPhoneRequest(), kPortal),
              Refused(kUnauthenticated, Reason::kPersonRequired));
  EXPECT_THAT(Ask(&Stub::SetPassword, pb::SetPasswordRequest(), kPortal),
              Refused(kUnauthenticated, Reason::kPersonRequired));
}

TEST_F(OverTheWire, ServesEveryMethod) {
  EXPECT_EQ(Empty(&Stub::CreateAccount, kIdp), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::GetAccount, kOperator), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ListAccounts, kOperator), absl::StatusCode::kOk);
  EXPECT_EQ(Empty(&Stub::UpdateAccount, kIdp), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::DeleteAccount, kIdp), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ConfirmAccount, kCentre), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::BlockAccount, kOperator), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::UnblockAccount, kOperator), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::FreezeAccount, kLinking), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::UnfreezeAccount, kRecovery), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::UnlockAccount, kOperator), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::CheckEligibility, kLinking), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::MatchContact, kLinking), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::LookupAccount, kRecovery), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::BindPhone, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ConfirmPhone, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ListPhones, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ReleasePhone, kOperator), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ImportPhone, "bank/test"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::BindEmail, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ConfirmEmail, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::CheckPassword, kPortal), absl::StatusCode::kOk);
  EXPECT_EQ(Empty(&Stub::SetPassword, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::VerifyPassword, kIdp), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ResetPassword, kRecovery), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::EnrollTotp, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ConfirmTotp, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::DisableTotp, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::VerifySecondFactor, kIdp), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::GetSecuritySettings, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::UpdateSecuritySettings, kPortal, "ivan"), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::RequirePasswordChange, kOperator), kInvalidArgument);
  EXPECT_EQ(Empty(&Stub::ListSecurityEvents, kOperator), kInvalidArgument);
}

TEST_F(OverTheWire, AnswersARepeatedRequestAlikeAndRefusesOtherContentUnderItsId) {
  pb::CreateAccountRequest in = Registration("ivan", 1);
  in.set_request_id(random_.Uuid());
  const auto first = wire_.Ask(*stub_, &Stub::CreateAccount, in, kIdp);
  const auto second = wire_.Ask(*stub_, &Stub::CreateAccount, in, kIdp);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  in.set_account_id("oleg");
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::CreateAccount, in, kIdp),
              Refused(kInvalidArgument, Reason::kRequestIdReused));
  pb::GetAccountRequest get;
  get.set_name("accounts/oleg");
  EXPECT_THAT(Ask(&Stub::GetAccount, get, kOperator), HasCode(kNotFound));
}

}  // namespace
}  // namespace tc::identity
