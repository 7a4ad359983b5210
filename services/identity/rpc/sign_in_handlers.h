#pragma once

// The first step of a sign-in: is this the password (IDN-10 to IDN-12)? Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"
#include "services/identity/rpc/sign_in_steps.h"

namespace tc::identity {

class SignInHandlers {
 public:
  explicit SignInHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::VerifyPasswordResponse> VerifyPassword(const rpc::Call& call,
                                                            const pb::VerifyPasswordRequest& in);

 private:
  absl::StatusOr<pb::VerifyPasswordResponse> SettleSignIn(kv::Txn& txn, const SignInStep& step,
                                                          const StoredCredential& seen,
                                                          const PasswordVerdict& verdict) const;

  const Desk& desk_;
};

}  // namespace tc::identity
