#pragma once

// IdentityPeer: what linking asks the identity service. Reads only, so that every question may be asked
// again. Thread-safe. Errors of every method: UNAVAILABLE / PEER_UNAVAILABLE, DEADLINE_EXCEEDED; NOT_FOUND
// for an account that identity does not know.

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "services/linking/domain/first_name.h"
#include "services/linking/domain/verdict.h"

namespace tc::linking {

// Who would accept whose invitation, and whom that names.
struct AcceptanceQuestion {
  AccountId contact;
  AccountId principal;
  FirstName first_name;
  Phone phone;
};

// The answers to CheckEligibility of the contact, MatchContact, and CheckEligibility of the principal.
struct AcceptanceFacts {
  absl::StatusOr<Eligibility> contact;
  absl::StatusOr<Match> match;
  absl::StatusOr<Eligibility> principal;
};

class IdentityPeer {
 public:
  using Told = absl::AnyInvocable<void(AcceptanceFacts facts) &&>;

  virtual ~IdentityPeer() = default;

  virtual absl::StatusOr<Eligibility> CheckEligibility(const AccountId& account, EligibilityRole role,
                                                       absl::Time deadline) = 0;
  // Whom the name and the phone fit (L1); nobody is an answer. `principal` is who looks for a contact:
  // conflicts are counted against him.
  virtual absl::StatusOr<Match> MatchContact(const AccountId& principal, const FirstName& first_name,
                                             const Phone& phone, absl::Time deadline) = 0;
  // All that an acceptance depends on, asked at once; nobody waits. `told` is called once, on any thread, and
  // must not wait either.
  virtual void AskForAcceptance(const AcceptanceQuestion& question, absl::Time deadline, Told told) = 0;
  // "Иван П."
  virtual absl::StatusOr<std::string> MaskedName(const AccountId& account, absl::Time deadline) = 0;
};

}  // namespace tc::linking
