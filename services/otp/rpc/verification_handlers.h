#pragma once

// Handlers of OtpService: parse, decide in one transaction, answer. Thread-safe.

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/obs/metrics.h"
#include "common/rpc/answer.h"
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
  void CheckVerification(const rpc::Call& call, const pb::CheckVerificationRequest& in,
                         rpc::Answer<pb::CheckVerificationResponse> answer);

 private:
  struct Check;
  // After the charge: compares, answers a wrong code, approves a right one.
  void Judge(const std::shared_ptr<Check>& check);
  std::string FingerprintOf(const BoundRequest& request) const;
  absl::StatusOr<Charged> ChargeAttempt(kv::Txn& txn, const rpc::Call& call, const BoundRequest& request,
                                        const std::string& fingerprint) const;
  absl::StatusOr<Verification> ApproveAttempt(kv::Txn& txn, const rpc::Call& call,
                                              const BoundRequest& request, int code_number) const;
  bool Compare(const Verification& v, const Secret& code);
  absl::StatusOr<pb::CheckVerificationResponse> CompareBeforeCharge(const rpc::Call& call,
                                                                    const BoundRequest& request);

  const Desk& desk_;
  obs::Counter& matched_;
  obs::Counter& mismatched_;
};

}  // namespace tc::otp
