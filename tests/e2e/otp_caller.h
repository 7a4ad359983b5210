#pragma once

// The code service, called as the other services call it. Thread-safe as its client is.

#include <string>

#include "absl/status/statusor.h"
#include "tools/tcctl/client.h"
#include "trustedcontact/otp/v1/otp.grpc.pb.h"

namespace tc::e2e {

namespace otp_pb = trustedcontact::otp::v1;
namespace type_pb = trustedcontact::type::v1;

// A request for a code by SMS, alone of its kind: with an id, a subject and a request of its own.
otp_pb::CreateVerificationRequest CodeRequest(otp_pb::Purpose purpose, const std::string& phone);
// An attempt at the code of that request.
otp_pb::CheckVerificationRequest Attempt(const otp_pb::CreateVerificationRequest& of,
                                         const std::string& code);

class OtpCaller {
 public:
  explicit OtpCaller(dev::Client& otp) : otp_(&otp) {}

  // The service that asks follows from the purpose.
  absl::StatusOr<otp_pb::Verification> Create(const otp_pb::CreateVerificationRequest& request);
  absl::StatusOr<otp_pb::CheckVerificationResponse> Check(const otp_pb::CheckVerificationRequest& request);
  // As an operator sees it.
  absl::StatusOr<otp_pb::Delivery> Delivery(const std::string& name);
  // Looks until it stands there with no attempt under way, or until patience is over; returns it as it was
  // last seen.
  otp_pb::Delivery Await(const std::string& name, otp_pb::Delivery::State state,
                         absl::Duration patience = absl::Seconds(20));

 private:
  dev::Client* otp_;
};

}  // namespace tc::e2e
