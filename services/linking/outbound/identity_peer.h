#pragma once

// IdentityPeer: what linking asks the identity service, and what it asks it to do. Questions may be asked
// again; an order takes effect once for a request id. Thread-safe. Errors of every method: UNAVAILABLE /
// PEER_UNAVAILABLE, DEADLINE_EXCEEDED; NOT_FOUND for an account that identity does not know.

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "services/linking/domain/first_name.h"
#include "services/linking/domain/notice.h"
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
  // What stands between two who are linked (L6). An erased account has nothing in common with anybody.
  virtual absl::StatusOr<Conflicts> CompareAccounts(const AccountId& principal, const AccountId& contact,
                                                    absl::Time deadline) = 0;

  // Tells the receiver, who is somebody, on all his addresses. OK also when he has none or is unknown.
  virtual absl::Status Notify(const Notice& notice, const std::string& request_id, absl::Time deadline) = 0;
  // Freezes the account until then, which is at most 168 hours ahead. FAILED_PRECONDITION when its state does
  // not allow it.
  virtual absl::Status Freeze(const AccountId& account, absl::Time until, const std::string& request_id,
                              absl::Time deadline) = 0;
};

}  // namespace tc::linking
