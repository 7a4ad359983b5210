#pragma once

// The second step of a sign-in: the code of the app or of the SMS, after the right password (I7).
// Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/convert_security.h"
#include "services/identity/rpc/desk.h"
#include "services/identity/rpc/sign_in_steps.h"

namespace tc::identity {

class SecondStepHandlers {
 public:
  explicit SecondStepHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::VerifySecondFactorResponse> VerifySecondFactor(const rpc::Call& call,
                                                                    const pb::VerifySecondFactorRequest& in);

 private:
  struct Scene {
    Entrance entrance;
    SecondFactors factors;
  };
  // Refuses unless a second factor is awaited now.
  absl::StatusOr<Scene> Load(kv::ReadTxn& txn, const AccountId& account, const SignInStep& step) const;

  absl::StatusOr<pb::VerifySecondFactorResponse> SendCode(const SecondStep& order, const SignInStep& step,
                                                          const Scene& seen);
  absl::StatusOr<pb::VerifySecondFactorResponse> CheckSms(const SecondStep& order, const SignInStep& step,
                                                          const Scene& seen);
  absl::StatusOr<pb::VerifySecondFactorResponse> CheckTotp(const SecondStep& order, const SignInStep& step);

  const Desk& desk_;
};

}  // namespace tc::identity
