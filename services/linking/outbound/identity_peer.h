#pragma once

// IdentityPeer: what linking asks the identity service. Reads only, so that every question may be asked
// again. Thread-safe. Errors of every method: UNAVAILABLE / PEER_UNAVAILABLE, DEADLINE_EXCEEDED; NOT_FOUND
// for an account that identity does not know.

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "services/linking/domain/first_name.h"
#include "services/linking/domain/verdict.h"

namespace tc::linking {

class IdentityPeer {
 public:
  virtual ~IdentityPeer() = default;

  virtual absl::StatusOr<Eligibility> CheckEligibility(const AccountId& account, EligibilityRole role,
                                                       absl::Time deadline) = 0;
  // Whom the name and the phone fit (L1); nobody is an answer. `principal` is who looks for a contact:
  // conflicts are counted against him.
  virtual absl::StatusOr<Match> MatchContact(const AccountId& principal, const FirstName& first_name,
                                             const Phone& phone, absl::Time deadline) = 0;
  // "Иван П."
  virtual absl::StatusOr<std::string> MaskedName(const AccountId& account, absl::Time deadline) = 0;
};

}  // namespace tc::linking
