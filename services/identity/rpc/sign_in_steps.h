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

// A wrong password or code.
struct WrongOne {
  absl::string_view factor;  // "PASSWORD", "SMS", "TOTP"
  absl::string_view at;      // "PASSWORD_CHANGE", "APP_ENROLMENT", "APP_REMOVAL"; empty: a sign-in
  ClientPlace client;
  std::string lock_number = {};  // drawn beforehand, for the case that it is needed
};

// The record that every wrong one leaves where it is counted, for followers, the owner and the audit log.
absl::Status RecordWrongOne(kv::Txn& txn, const Desk& desk, const rpc::Call& call, const Account& account,
                            const WrongOne& wrong);

// Counts and records a wrong one, and locks the account when there have been too many. Attempts that are
// left; 0: it is locked now.
absl::StatusOr<int> CountWrongOne(kv::Txn& txn, const Desk& desk, const rpc::Call& call, Dossier dossier,
                                  StoredCredential credential, const WrongOne& wrong);

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
