#include "tests/e2e/otp_caller.h"

#include <algorithm>
#include <atomic>

#include "absl/strings/str_cat.h"
#include "tests/e2e/web.h"

namespace tc::e2e {
namespace {

using OtpStub = otp_pb::OtpService::Stub;
using DeliveryStub = otp_pb::DeliveryService::Stub;

dev::Caller CallerOf(otp_pb::Purpose purpose) {
  const bool recovery =
      purpose == otp_pb::PURPOSE_RECOVERY_CLAIM || purpose == otp_pb::PURPOSE_RECOVERY_APPROVAL;
  return dev::From(recovery ? "service/recovery" : "service/identity");
}

}  // namespace

otp_pb::CreateVerificationRequest CodeRequest(otp_pb::Purpose purpose, const std::string& phone) {
  static std::atomic<int> made{0};
  const int number = ++made;
  otp_pb::CreateVerificationRequest request;
  request.set_verification_id(absl::StrCat("e2e-", number));
  request.set_purpose(purpose);
  request.set_subject(absl::StrCat("accounts/e2e-", number));
  request.set_request(absl::StrCat("requests/", number));
  request.set_phone(phone);
  return request;
}

otp_pb::CheckVerificationRequest Attempt(const otp_pb::CreateVerificationRequest& of,
                                         const std::string& code) {
  otp_pb::CheckVerificationRequest attempt;
  attempt.set_name("verifications/" + of.verification_id());
  attempt.set_purpose(of.purpose());
  attempt.set_subject(of.subject());
  attempt.set_request(of.request());
  attempt.set_code(code);
  dev::FillRequestId(attempt);
  return attempt;
}

absl::StatusOr<otp_pb::Verification> OtpCaller::Create(const otp_pb::CreateVerificationRequest& request) {
  return otp_->Call(&OtpStub::CreateVerification, CallerOf(request.purpose()), request);
}

absl::StatusOr<otp_pb::CheckVerificationResponse> OtpCaller::Check(
    const otp_pb::CheckVerificationRequest& request) {
  return otp_->Call(&OtpStub::CheckVerification, CallerOf(request.purpose()), request);
}

absl::StatusOr<otp_pb::Delivery> OtpCaller::Delivery(const std::string& name) {
  otp_pb::GetDeliveryRequest request;
  request.set_name(name);
  return otp_->Call(&DeliveryStub::GetDelivery, dev::From("operator/demo"), request);
}

otp_pb::Delivery OtpCaller::Await(const std::string& name, otp_pb::Delivery::State state,
                                  absl::Duration patience) {
  otp_pb::Delivery last;
  Eventually(
      [&] {
        const absl::StatusOr<otp_pb::Delivery> now = Delivery(name);
        if (now.ok()) last = *now;
        // A receipt may be quicker than the answer to the attempt that it is about.
        const bool under_way =
            std::any_of(last.attempts().begin(), last.attempts().end(),
                        [](const otp_pb::DeliveryAttempt& attempt) { return attempt.outcome().empty(); });
        return last.state() == state && !under_way;
      },
      patience);
  return last;
}

}  // namespace tc::e2e
