#pragma once

// Passwords: checking, setting, resetting them (I6, R9, PWD-12). Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

class PasswordHandlers {
 public:
  explicit PasswordHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::CheckPasswordResponse> CheckPassword(const rpc::Call& call,
                                                          const pb::CheckPasswordRequest& in);
  absl::StatusOr<pb::Credential> SetPassword(const rpc::Call& call, const pb::SetPasswordRequest& in);
  absl::StatusOr<pb::Credential> ResetPassword(const rpc::Call& call, const pb::ResetPasswordRequest& in);
  absl::StatusOr<pb::Credential> RequirePasswordChange(const rpc::Call& call,
                                                       const pb::RequirePasswordChangeRequest& in);

 private:
  absl::StatusOr<StoredCredential> CredentialNow(const AccountId& account) const;
  // Compares the current password and counts it before the answer tells anything (PWD-12).
  absl::Status JudgeCurrent(const rpc::Call& call, const StoredCredential& seen,
                            const PasswordChange& change);
  absl::Status CheckPolicy(const Dossier& dossier, const Secret& fresh) const;
  absl::Status CheckReuse(const StoredCredential& credential, const Secret& fresh) const;
  absl::StatusOr<pb::Credential> SaveFresh(kv::Txn& txn, const rpc::Call& call, const Dossier& dossier,
                                           const StoredCredential& seen, const Secret& phc, const char* type,
                                           Attributes attributes, const ClientPlace& client) const;
  // The account as a recovery leaves it: without a lock, and restricted for a while.
  absl::StatusOr<Account> AfterRecovery(kv::Txn& txn, const rpc::Call& call, const Account& account,
                                        absl::Time restrict_until) const;
  // The recovery's public id. PERMISSION_DENIED / PROOF_INVALID, whatever is wrong.
  absl::StatusOr<std::string> CheckProof(const rpc::Call& call, const PasswordReset& reset) const;

  const Desk& desk_;
};

}  // namespace tc::identity
