#pragma once

// Registration, confirmation, what stands against an account, and its erasure. Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

class AccountHandlers {
 public:
  explicit AccountHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::Account> CreateAccount(const rpc::Call& call, const pb::CreateAccountRequest& in);
  absl::StatusOr<pb::Account> GetAccount(const rpc::Call& call, const pb::GetAccountRequest& in);
  absl::StatusOr<pb::ListAccountsResponse> ListAccounts(const rpc::Call& call,
                                                        const pb::ListAccountsRequest& in);
  absl::StatusOr<pb::Account> UpdateAccount(const rpc::Call& call, const pb::UpdateAccountRequest& in);
  absl::StatusOr<pb::Account> DeleteAccount(const rpc::Call& call, const pb::DeleteAccountRequest& in);
  absl::StatusOr<pb::Account> ConfirmAccount(const rpc::Call& call, const pb::ConfirmAccountRequest& in);
  absl::StatusOr<pb::Account> BlockAccount(const rpc::Call& call, const pb::BlockAccountRequest& in);
  absl::StatusOr<pb::Account> UnblockAccount(const rpc::Call& call, const pb::UnblockAccountRequest& in);
  absl::StatusOr<pb::Account> FreezeAccount(const rpc::Call& call, const pb::FreezeAccountRequest& in);
  absl::StatusOr<pb::Account> UnfreezeAccount(const rpc::Call& call, const pb::UnfreezeAccountRequest& in);
  absl::StatusOr<pb::Account> UnlockAccount(const rpc::Call& call, const pb::UnlockAccountRequest& in);

 private:
  // Loads, lets `decide` change the account, saves, records `type`, and answers with the account.
  absl::StatusOr<pb::Account> Change(const rpc::Call& call, const AccountId& id, const char* type,
                                     Attributes attributes, const Circumstances& circumstances,
                                     std::optional<NoticeKind> notice,
                                     absl::FunctionRef<absl::StatusOr<Account>(Account)> decide);

  const Desk& desk_;
};

}  // namespace tc::identity
