#pragma once

// What the steps of a sign-in have in common, inside their transactions.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

// ABORTED / CONFLICT when the password was changed since `seen` was read.
absl::StatusOr<StoredCredential> SameCredential(kv::ReadTxn& txn, const Desk& desk,
                                                const StoredCredential& seen);

// Counts a wrong password or code, and locks the account when there have been too many. Attempts that are
// left; 0: it is locked now.
absl::StatusOr<int> CountWrongOne(kv::Txn& txn, const Desk& desk, const rpc::Call& call, Dossier dossier,
                                  StoredCredential credential, const std::string& lock_number,
                                  const ClientPlace& client);

// A step of a sign-in, as it was asked.
struct SignInStep {
  const rpc::Call& call;
  ClientPlace client;
  DeviceMarks marks;
  std::string lock_number;  // drawn beforehand, for the case that it is needed
};

// What the account has to say to it.
struct Entrance {
  Dossier dossier;
  StoredCredential credential;
  SecuritySettings settings;
  DeviceBook book;
  SignInGate gate = SignInGate::kClosed;
};
absl::StatusOr<Entrance> LoadEntrance(kv::ReadTxn& txn, const Desk& desk, const AccountId& account,
                                      const DeviceMarks& marks, absl::Time now);

// A wrong password or code, while the gate is not closed: counted for the account, or, during a lock, for the
// device. `factor` is what was wrong: "PASSWORD", "SMS", "TOTP". Attempts that are left.
absl::StatusOr<int> RefuseSignIn(kv::Txn& txn, const Desk& desk, const SignInStep& step,
                                 const Entrance& entrance, absl::string_view factor);

// All that is asked was right. Whether nobody has signed in from this device before.
absl::StatusOr<bool> CompleteSignIn(kv::Txn& txn, const Desk& desk, const SignInStep& step,
                                    const Entrance& entrance);

}  // namespace tc::identity
