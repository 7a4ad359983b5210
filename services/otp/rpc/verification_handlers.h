#pragma once

// Handlers of OtpService: parse, decide in one transaction, answer. Thread-safe.

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/obs/metrics.h"
#include "common/rpc/answer.h"
#include "common/rpc/call.h"
#include "services/otp/rpc/conversions.h"
#include "services/otp/rpc/convert.h"
#include "services/otp/rpc/desk.h"
#include "services/otp/rpc/send_guard.h"
#include "services/otp/rpc/tries.h"

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
  // What the charge has met, whether it was refused or not.
  struct Met {
    std::optional<bool> braked;        // whether it needed a passed challenge, where that was looked at
    std::optional<Verification> used;  // whose right code would be a replay
  };
  absl::StatusOr<Charged> ChargeAttempt(kv::Txn& txn, const rpc::Call& call, const BoundRequest& request,
                                        const std::string& fingerprint, Met& met) const;
  // Tells what it has met: the brake, and a code that came again after its use (OTP-05).
  void TellOfMet(const BoundRequest& request, const Met& met, absl::Time now);
  absl::StatusOr<Verification> ApproveAttempt(kv::Txn& txn, const rpc::Call& call,
                                              const BoundRequest& request, int code_number) const;
  // What a send has shown is told once its transaction is over, refused or not.
  void AfterSend(const Noted& noted, absl::Time now);
  bool Compare(const Verification& v, const Secret& code);
  absl::StatusOr<pb::CheckVerificationResponse> CompareBeforeCharge(const rpc::Call& call,
                                                                    const BoundRequest& request);

  const Desk& desk_;
  obs::Counter& matched_;
  obs::Counter& mismatched_;
  BrakeSigns brakes_;
  ConversionWatch conversions_;
};

}  // namespace tc::otp
