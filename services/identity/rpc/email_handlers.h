#pragma once

// Binding and confirming e-mail addresses (I2, IDN-02, IDN-03). Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

class EmailHandlers {
 public:
  explicit EmailHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::EmailAddress> BindEmail(const rpc::Call& call, const pb::BindEmailRequest& in);
  absl::StatusOr<pb::EmailAddress> ConfirmEmail(const rpc::Call& call, const pb::ConfirmEmailRequest& in);

 private:
  // What is known of the account and of the address that waits for its code.
  struct Desired {
    Dossier dossier;
    std::optional<PendingEmail> pending;  // also one whose hour is over
  };
  absl::StatusOr<Desired> Load(kv::ReadTxn& txn, const AccountId& account) const;
  absl::StatusOr<Desired> LoadNow(const AccountId& account) const;
  // What must hold before a code is sent and again before the address is taken.
  absl::Status CheckMayBind(const Desired& known, const Email& email, absl::Time now) const;
  absl::StatusOr<CodeProgress> SendCode(const rpc::Call& call, const Desired& known, const CodeClient& client,
                                        PendingEmail& wanted) const;
  absl::Status TakeEmail(kv::Txn& txn, const rpc::Call& call, const Dossier& dossier, const Email& email,
                         const ClientPlace& client) const;

  const Desk& desk_;
};

}  // namespace tc::identity
