#pragma once

// Credentials: password hashes, sealed, with their history and the counters of sign-in; and the recoveries
// whose proof has been used. Thread-safe; works inside the transactions of its callers.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/secret.h"
#include "common/kv/database.h"
#include "services/identity/domain/second_factor.h"
#include "services/identity/domain/sign_in.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

struct StoredCredential {
  AccountId account;
  Secret phc;                   // empty: no password has been set
  std::vector<Secret> history;  // earlier ones, newest first
  absl::Time set_at;
  int64_t version = 0;  // of the password; counters do not raise it
  SignIn sign_in;
  bool change_required = false;         // it may be known to others (PWD-15)
  std::optional<absl::Time> passed_at;  // the right one was given and waits for the second factor

  friend bool operator==(const StoredCredential&, const StoredCredential&) = default;
  bool has_password() const { return !phc.empty(); }
  // With the new hash in place; of the earlier ones as many stay as `keep` hashes in all allow.
  StoredCredential WithPassword(Secret new_phc, int keep, absl::Time now) const;
  // The first step of a sign-in was taken not too long ago.
  bool AwaitsSecondFactorAt(absl::Time now) const {
    return passed_at.has_value() && now < *passed_at + kPasswordWaits;
  }
};

class Credentials {
 public:
  explicit Credentials(const Vault& vault) : vault_(&vault) {}

  // One without a password when there is none yet.
  absl::StatusOr<StoredCredential> Get(kv::ReadTxn& txn, const AccountId& account) const;
  absl::Status Put(kv::Txn& txn, const StoredCredential& credential) const;
  absl::Status Erase(kv::Txn& txn, const AccountId& account) const;

  // The account that this proof has reset, if any.
  absl::StatusOr<bool> ProofUsed(kv::ReadTxn& txn, absl::string_view jti) const;
  // Remembers it; a timer "forget_proof" makes room after a day, when no such proof can be valid any more.
  absl::Status UseProof(kv::Txn& txn, absl::string_view jti, const AccountId& account, absl::Time now) const;
  absl::Status ForgetProof(kv::Txn& txn, absl::string_view jti) const;

  static constexpr char kForgetProof[] = "forget_proof";

 private:
  const Vault* vault_;
};

}  // namespace tc::identity
