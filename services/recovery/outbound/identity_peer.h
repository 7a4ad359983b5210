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

namespace tc::recovery {

struct KnownAccount {
  AccountId account;
  std::string masked_name;  // "Иван П."
  Phone phone;              // empty: none
  absl::Time phone_bound_at;
  std::string email;    // empty: none
  std::string locale;   // "ru", "en"
  bool active = false;  // ACTIVE or LOCKED: neither blocked, frozen nor erased
};

class IdentityPeer {
 public:
  virtual ~IdentityPeer() = default;
  // nullopt when nobody, or nobody clearly, is meant.
  virtual absl::StatusOr<std::optional<KnownAccount>> Lookup(const Claimed& claimed, absl::Time deadline) = 0;
  // An unknown account is not eligible.
  virtual absl::StatusOr<EligibilityNow> CheckPrincipal(const AccountId& account, absl::Time deadline) = 0;
  virtual absl::StatusOr<EligibilityNow> CheckContact(const AccountId& account, absl::Time deadline) = 0;
  // OK: the password is set. PASSWORD_POLICY_VIOLATED with violations; PROOF_USED; ACCOUNT_*.
  virtual absl::Status ResetPassword(const AccountId& account, const Secret& new_password,
                                     const std::string& proof, const std::string& request_id,
                                     absl::Time deadline) = 0;
};

}  // namespace tc::recovery
