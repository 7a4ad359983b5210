#pragma once

// What recovery asks identity. Answers are plain values; UNAVAILABLE / PEER_UNAVAILABLE is never an answer
// (API-12). Thread-safe. Never called inside a transaction.

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "common/base/secret.h"
#include "services/recovery/domain/claimed.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/domain/notice.h"

namespace tc::recovery {

struct KnownAccount {
  AccountId account;
  std::string masked_name;  // "Иван П."
  Phone phone;              // empty: none
  absl::Time phone_bound_at;
  std::string email;    // empty: none
  std::string locale;   // "ru", "en"
  bool active = false;  // ACTIVE or LOCKED: neither blocked, frozen nor erased
  bool frozen = false;  // FROZEN
};

// One notice with what its words are filled in with.
struct NoticeMessage {
  Notice notice;
  std::string masked_person;  // empty: nobody is named
  std::string link;           // the not-me way; empty: none
  friend bool operator==(const NoticeMessage&, const NoticeMessage&) = default;
};

class IdentityPeer {
 public:
  virtual ~IdentityPeer() = default;
  // nullopt when nobody, or nobody clearly, is meant.
  virtual absl::StatusOr<std::optional<KnownAccount>> Lookup(const Claimed& claimed, absl::Time deadline) = 0;
  // An unknown account is not eligible.
  virtual absl::StatusOr<EligibilityNow> CheckPrincipal(const AccountId& account, absl::Time deadline) = 0;
  virtual absl::StatusOr<EligibilityNow> CheckContact(const AccountId& account, absl::Time deadline) = 0;
  // Whether this is the passport on file (R10); false for an unknown account.
  virtual absl::StatusOr<bool> CheckDocument(const AccountId& account, const Secret& passport,
                                             absl::Time deadline) = 0;
  // OK: the password is set, and changes of phone and e-mail are refused until `restricted_until`
  // (InfinitePast: they are not). PASSWORD_POLICY_VIOLATED with violations; PROOF_USED; ACCOUNT_*.
  virtual absl::Status ResetPassword(const AccountId& account, const Secret& new_password,
                                     const std::string& proof, absl::Time restricted_until,
                                     const std::string& request_id, absl::Time deadline) = 0;
  // The owner may change his main number once until then (purpose PHONE_CHANGE).
  virtual absl::Status PermitPhoneChange(const AccountId& account, absl::Time until,
                                         const std::string& request_id, absl::Time deadline) = 0;
  // Ends every freeze (purpose UNFREEZE). OK also when there is none.
  virtual absl::Status Unfreeze(const AccountId& account, const std::string& request_id,
                                absl::Time deadline) = 0;
  // Freezes the account after a reject for fraud. OK also for an account that is gone.
  virtual absl::Status Freeze(const AccountId& account, absl::Time until, const std::string& request_id,
                              absl::Time deadline) = 0;
  // Tells on all addresses, in the receiver's language. False: there was nobody to tell.
  virtual absl::StatusOr<bool> Notify(const NoticeMessage& message, const std::string& request_id,
                                      absl::Time deadline) = 0;
};

}  // namespace tc::recovery
