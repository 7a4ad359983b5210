#pragma once

// Handlers of OtpService: parse, decide in one transaction, answer. Thread-safe.

#include "absl/status/statusor.h"
#include "common/obs/metrics.h"
#include "common/rpc/call.h"
#include "services/otp/rpc/convert.h"
#include "services/otp/rpc/desk.h"

namespace tc::otp {

class VerificationHandlers {
 public:
  explicit VerificationHandlers(const Desk& desk);

  absl::StatusOr<pb::Verification> CreateVerification(const rpc::Call& call,
                                                      const pb::CreateVerificationRequest& in);
  absl::StatusOr<pb::Verification> ResendVerification(const rpc::Call& call,
                                                      const pb::ResendVerificationRequest& in);
  absl::StatusOr<pb::Verification> CancelVerification(const rpc::Call& call,
                                                      const pb::CancelVerificationRequest& in);
  absl::StatusOr<pb::Verification> GetVerification(const rpc::Call& call,
                                                   const pb::GetVerificationRequest& in);
  absl::StatusOr<pb::Verification> ConsumeVerification(const rpc::Call& call,
                                                       const pb::ConsumeVerificationRequest& in);
  // Two transactions with the comparison between them: the charge, and for a right code the approval. A wrong
  // code is one durable commit. Repetitions are told by the attempts in the record, not by Once.
  absl::StatusOr<pb::CheckVerificationResponse> CheckVerification(const rpc::Call& call,
                                                                  const pb::CheckVerificationRequest& in);

 private:
  absl::StatusOr<Charged> ChargeAttempt(const rpc::Call& call, const BoundRequest& request);
  absl::StatusOr<Verification> ApproveAttempt(const rpc::Call& call, const BoundRequest& request,
                                              int code_number);
  bool Compare(const Verification& v, const Secret& code);
  absl::StatusOr<pb::CheckVerificationResponse> CompareBeforeCharge(const rpc::Call& call,
                                                                    const BoundRequest& request);

  const Desk& desk_;
  obs::Counter& matched_;
  obs::Counter& mismatched_;
};

}  // namespace tc::otp
