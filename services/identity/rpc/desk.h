#pragma once

// Desk: what the handlers of this service share: what they work with, the stores, and the steps that most of
// them take. Immutable; all it points to is thread-safe and outlives it.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/hmac.h"
#include "common/env/random.h"
#include "common/kv/database.h"
#include "common/rpc/call.h"
#include "common/rpc/issuer_keys.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/rpc/refusal_log.h"
#include "services/identity/domain/blocklist.h"
#include "services/identity/domain/password_policy.h"
#include "services/identity/domain/policy.h"
#include "services/identity/outbound/otp_peer.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/password_hasher.h"
#include "services/identity/store/accounts.h"
#include "services/identity/store/credentials.h"
#include "services/identity/store/device_books.h"
#include "services/identity/store/journal.h"
#include "services/identity/store/pending_emails.h"
#include "services/identity/store/phones.h"
#include "services/identity/store/preferences.h"
#include "services/identity/store/second_factor_keys.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

struct DeskParts {
  const rpc::Once& once;
  const rpc::Pager& pager;
  const Vault& vault;
  const PasswordHasher& hasher;
  OtpPeer& otp;
  Random& random;
  rpc::RefusalLog& refusals;      // of sign-ins, too: they are refused in an answer
  crypto::KeyedHash attempts;     // makes ids of attempts that do not give the code away
  crypto::KeyedHash devices;      // makes marks of devices that do not give their ids away
  const rpc::IssuerKeys* proofs;  // recovery's keys; null: no proof is genuine
  const Blocklist* blocklist;     // the operator's own; null: none
  Policy policy;
  absl::TimeZone zone;  // of birthdays (E3) and of the hours of notices
};

using Attributes = std::map<std::string, std::string>;

// An account with its numbers: what decisions about it need.
struct Dossier {
  Account account;
  std::vector<OwnedPhone> phones;
};

// Who does something, and when: somebody who calls, or the clock.
struct Author {
  std::string actor;  // "owner", "operator/anna", "clock"
  absl::Time now;
};
Author AuthorOf(const rpc::Call& call);
inline Author TheClock(absl::Time now) { return {"clock", now}; }

// What somebody has typed, and where he sits.
struct TypedCode {
  Secret code;
  CodeClient client;
};

struct Desk : DeskParts {
  explicit Desk(DeskParts parts);

  kv::Database& database() const { return once.database(); }

  // NOT_FOUND when absent, and for a portal whose signed-in person is another.
  absl::Status CheckOwner(const rpc::Call& call, const AccountId& account) const;
  // UNAUTHENTICATED / REAUTHENTICATION_REQUIRED when the person at a portal signed in too long ago.
  // With "second_factor" in the metadata when the account has one and the sign-in was without (IDN-02).
  absl::Status CheckRecentSignIn(const rpc::Call& call, const AccountId& account) const;

  // NOT_FOUND when absent.
  absl::StatusOr<Dossier> Load(kv::ReadTxn& txn, const AccountId& id) const;
  absl::StatusOr<Dossier> LoadNow(const AccountId& id) const;

  // The event for those who follow, and the journal's entry for the owner. "account" is added to the
  // attributes.
  absl::Status Record(kv::Txn& txn, const Author& author, const Account& account, const char* type,
                      Attributes attributes = {}, const Circumstances& circumstances = {}) const;
  absl::Status Record(kv::Txn& txn, const rpc::Call& call, const Account& account, const char* type,
                      Attributes attributes = {}, const Circumstances& circumstances = {}) const {
    return Record(txn, AuthorOf(call), account, type, std::move(attributes), circumstances);
  }
  // On all his addresses.
  absl::Status Tell(kv::Txn& txn, NoticeKind kind, const Dossier& dossier, absl::Time now) const;

  // The account that the identifier names, if there is one that is not erased.
  absl::StatusOr<std::optional<AccountId>> Resolve(kv::ReadTxn& txn, const Identifier& who) const;
  absl::StatusOr<std::optional<AccountId>> ResolvePhone(kv::ReadTxn& txn, const Phone& number) const;

  // What Resolve and Load would have done for somebody, done for another account in his place when nobody was
  // found: so that the time of an answer does not tell the two apart (REC-01). The same identifier meets the
  // same account again. Never to be shown. Fails never: an empty one where there is no other.
  Dossier StandIn(kv::ReadTxn& txn, const Identifier& who) const;

  // The marks of the device at which the person sits; none when the portal does not tell.
  DeviceMarks MarksOf(const AccountId& account, const ClientPlace& client) const;

  // Asks otp whether the code is right, and uses the approval up when it is. The same code again, also after
  // a crash and under another request id, is the same attempt.
  absl::StatusOr<CodeCheck> CheckCode(const CodeSubject& subject, const TypedCode& typed,
                                      absl::Time deadline) const;
  // The same, where a wrong one is a refusal: INVALID_ARGUMENT / CODE_MISMATCH with attempts_left.
  absl::Status ProveCode(const CodeSubject& subject, const TypedCode& typed, absl::Time deadline) const;

  Accounts accounts;
  Phones phones;
  PendingEmails pending_emails;
  Credentials credentials;
  SecondFactorKeys second_factors;
  DeviceBooks device_books;
  Preferences preferences;
  Journal journal;
};

// INVALID_ARGUMENT / CODE_MISMATCH with attempts_left.
absl::Status CodeMismatch(int attempts_left);

}  // namespace tc::identity
