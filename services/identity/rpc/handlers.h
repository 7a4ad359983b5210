#pragma once

// Handlers: one method for each RPC, without gRPC. Each parses, asks outside any transaction what must be
// asked, then loads, decides and saves in one. What the gate has guaranteed is not checked again; whose
// account it is, is. Thread-safe.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/hmac.h"
#include "common/crypto/jwt.h"
#include "common/env/random.h"
#include "common/kv/database.h"
#include "common/rpc/call.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "services/identity/domain/password_policy.h"
#include "services/identity/domain/policy.h"
#include "services/identity/outbound/otp_peer.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/password_hasher.h"
#include "services/identity/store/accounts.h"
#include "services/identity/store/credentials.h"
#include "services/identity/store/journal.h"
#include "services/identity/store/phones.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

// What the handlers work with; everything outlives them.
struct HandlerParts {
  const rpc::Once& once;
  const rpc::Pager& pager;
  const Vault& vault;
  const PasswordHasher& hasher;
  OtpPeer& otp;
  Random& random;
  crypto::KeyedHash attempts;         // makes ids of attempts that do not give the code away
  const crypto::JwtVerifier* proofs;  // recovery's keys; null: no proof is genuine
  Policy policy;
  absl::TimeZone zone;  // of birthdays (E3)
};

class Handlers {
 public:
  explicit Handlers(HandlerParts parts);

  // Accounts.
  absl::StatusOr<pb::Account> CreateAccount(const rpc::Call& call, const pb::CreateAccountRequest& in);
  absl::StatusOr<pb::Account> GetAccount(const rpc::Call& call, const pb::GetAccountRequest& in);
  absl::StatusOr<pb::ListAccountsResponse> ListAccounts(const rpc::Call& call,
                                                        const pb::ListAccountsRequest& in);
  absl::StatusOr<pb::Account> ConfirmAccount(const rpc::Call& call, const pb::ConfirmAccountRequest& in);
  absl::StatusOr<pb::Account> BlockAccount(const rpc::Call& call, const pb::BlockAccountRequest& in);
  absl::StatusOr<pb::Account> UnblockAccount(const rpc::Call& call, const pb::UnblockAccountRequest& in);
  absl::StatusOr<pb::Account> FreezeAccount(const rpc::Call& call, const pb::FreezeAccountRequest& in);
  absl::StatusOr<pb::Account> UnfreezeAccount(const rpc::Call& call, const pb::UnfreezeAccountRequest& in);
  absl::StatusOr<pb::Account> UnlockAccount(const rpc::Call& call, const pb::UnlockAccountRequest& in);

  // Eligibility and search.
  absl::StatusOr<pb::Eligibility> CheckEligibility(const rpc::Call& call,
                                                   const pb::CheckEligibilityRequest& in);
  absl::StatusOr<pb::MatchContactResponse> MatchContact(const rpc::Call& call,
                                                        const pb::MatchContactRequest& in);
  absl::StatusOr<pb::LookupAccountResponse> LookupAccount(const rpc::Call& call,
                                                          const pb::LookupAccountRequest& in);

  // Phones.
  absl::StatusOr<pb::Phone> BindPhone(const rpc::Call& call, const pb::BindPhoneRequest& in);
  absl::StatusOr<pb::Phone> ConfirmPhone(const rpc::Call& call, const pb::ConfirmPhoneRequest& in);
  absl::StatusOr<pb::ListPhonesResponse> ListPhones(const rpc::Call& call, const pb::ListPhonesRequest& in);
  absl::StatusOr<pb::Phone> ReleasePhone(const rpc::Call& call, const pb::ReleasePhoneRequest& in);

  // Passwords.
  absl::StatusOr<pb::CheckPasswordResponse> CheckPassword(const rpc::Call& call,
                                                          const pb::CheckPasswordRequest& in);
  absl::StatusOr<pb::Credential> SetPassword(const rpc::Call& call, const pb::SetPasswordRequest& in);
  absl::StatusOr<pb::VerifyPasswordResponse> VerifyPassword(const rpc::Call& call,
                                                            const pb::VerifyPasswordRequest& in);
  absl::StatusOr<pb::Credential> ResetPassword(const rpc::Call& call, const pb::ResetPasswordRequest& in);

  // Journal.
  absl::StatusOr<pb::ListSecurityEventsResponse> ListSecurityEvents(const rpc::Call& call,
                                                                    const pb::ListSecurityEventsRequest& in);

 private:
  using Attributes = std::map<std::string, std::string>;
  // An account with its numbers: what decisions about it need.
  struct Dossier {
    Account account;
    std::vector<OwnedPhone> phones;
  };

  // NOT_FOUND when absent, and for a portal whose signed-in person is another.
  absl::Status CheckOwner(const rpc::Call& call, const AccountId& account) const;
  // NOT_FOUND when absent.
  absl::StatusOr<Dossier> Load(kv::ReadTxn& txn, const AccountId& id) const;
  absl::StatusOr<Dossier> LoadNow(const AccountId& id) const;

  // The event for those who follow, and the journal's entry for the owner. "account" is added to the
  // attributes.
  absl::Status Record(kv::Txn& txn, const rpc::Call& call, const Account& account, const char* type,
                      Attributes attributes = {}, const Circumstances& circumstances = {}) const;
  absl::Status Tell(kv::Txn& txn, NoticeKind kind, const Dossier& dossier, absl::Time now) const;

  // Loads, lets `decide` change the account, saves, records `type`, and answers with the account.
  absl::StatusOr<pb::Account> Change(const rpc::Call& call, const AccountId& id, const char* type,
                                     Attributes attributes, const Circumstances& circumstances,
                                     std::optional<NoticeKind> notice,
                                     absl::FunctionRef<absl::StatusOr<Account>(Account)> decide);

  // The account that the identifier names, if there is one that is not erased.
  absl::StatusOr<std::optional<AccountId>> Resolve(kv::ReadTxn& txn, const Identifier& who) const;
  absl::StatusOr<std::optional<AccountId>> ResolvePhone(kv::ReadTxn& txn, const Phone& number) const;

  // Phones: what must hold before a code is sent and again before the number is bound.
  absl::Status CheckMayBind(const rpc::Call& call, const Dossier& dossier, PhoneKind kind) const;
  absl::Status CheckRecentSignIn(const rpc::Call& call) const;
  absl::StatusOr<CodeProgress> SendCode(const rpc::Call& call, const Dossier& dossier,
                                        const PhoneOrder& order, OwnedPhone& phone);
  absl::Status ProvePossession(const rpc::Call& call, const OwnedPhone& phone, const Secret& code);
  absl::StatusOr<OwnedPhone> Bind(kv::Txn& txn, const rpc::Call& call, Dossier dossier, OwnedPhone phone,
                                  const ClientPlace& client) const;
  absl::Status Release(kv::Txn& txn, OwnedPhone& phone, absl::Time now) const;

  // Passwords.
  absl::StatusOr<StoredCredential> CredentialNow(const AccountId& account) const;
  // ABORTED / CONFLICT when the password was changed since `seen` was read.
  absl::StatusOr<StoredCredential> SameCredential(kv::ReadTxn& txn, const StoredCredential& seen) const;
  // Compares the current password and counts it before the answer tells anything (PWD-12).
  absl::Status JudgeCurrent(const rpc::Call& call, const StoredCredential& seen,
                            const PasswordChange& change);
  absl::Status CheckPolicy(const Dossier& dossier, const Secret& fresh) const;
  absl::Status CheckReuse(const StoredCredential& credential, const Secret& fresh) const;
  // Counts, and locks when there have been too many.
  absl::Status CountWrongPassword(kv::Txn& txn, const rpc::Call& call, Dossier dossier,
                                  StoredCredential credential, const std::string& lock_number,
                                  const ClientPlace& client) const;
  absl::StatusOr<pb::VerifyPasswordResponse> SettleSignIn(kv::Txn& txn, const rpc::Call& call,
                                                          const StoredCredential& seen,
                                                          const PasswordVerdict& verdict,
                                                          const std::string& lock_number,
                                                          const ClientPlace& client) const;
  absl::StatusOr<pb::Credential> SaveFresh(kv::Txn& txn, const rpc::Call& call, const Dossier& dossier,
                                           const StoredCredential& seen, const Secret& phc, const char* type,
                                           const ClientPlace& client) const;
  // The recovery's public id. PERMISSION_DENIED / PROOF_INVALID, whatever is wrong.
  absl::StatusOr<std::string> CheckProof(const rpc::Call& call, const PasswordReset& reset) const;

  HandlerParts parts_;
  Accounts accounts_;
  Phones phones_;
  Credentials credentials_;
  Journal journal_;
};

}  // namespace tc::identity
