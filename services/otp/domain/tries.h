#pragma once

// What wrong codes count in besides their verification (OTP-11, OTP-12, OTP-14): the person, the address that
// got the code, and everybody's of one purpose. Pure.
//
// An attempt is charged here in the commit that charges its verification, before it is compared. The commit
// that approves a right code gives that one charge back, so that what stays are failures.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/otp/domain/policy.h"
#include "services/otp/domain/verification.h"
#include "services/otp/domain/window.h"

namespace tc::otp {

inline constexpr absl::Duration kPersonWindow = absl::Hours(24);
// A count in a row that nobody has added to for so long is forgotten, unless it has disabled the address.
inline constexpr absl::Duration kInARowKept = absl::Hours(24 * 365);

// One attempt: whose is known from where its Tries are kept.
struct Try {
  Purpose purpose = Purpose::kPhoneBinding;
  std::string address_index;
  absl::Time at;
};

// The attempts of one purpose that count, oldest first; never none.
struct TriesFor {
  Purpose purpose = Purpose::kPhoneBinding;
  std::vector<absl::Time> at;
  friend bool operator==(const TriesFor&, const TriesFor&) = default;
};

// Wrong codes of one purpose for one address since the last right one. By purpose, so that strangers who
// start recoveries never stand in the way of a sign-in (R11).
struct InARow {
  Purpose purpose = Purpose::kPhoneBinding;
  std::string address_index;
  int count = 0;
  absl::Time last;
  friend bool operator==(const InARow&, const InARow&) = default;
};

// All that counts for one person (subject).
struct Tries {
  std::vector<TriesFor> by_purpose;
  std::vector<InARow> by_address;
  bool empty() const { return by_purpose.empty() && by_address.empty(); }
  friend bool operator==(const Tries&, const Tries&) = default;
};

// Whoever binds an address is not judged by its past: a right code there is what revives it.
inline bool Binds(Purpose purpose) {
  return purpose == Purpose::kPhoneBinding || purpose == Purpose::kEmailBinding;
}

// One attempt more. Refused, first by the one, then by the other: RESOURCE_EXHAUSTED / PERSON_LIMIT_REACHED
// with the time until the oldest attempt leaves the 24 hours; FAILED_PRECONDITION / ADDRESS_DISABLED.
absl::StatusOr<Tries> ChargeTry(const Tries& before, const Try& next, const Policy& policy);
// The attempt was right: its own charge is gone, and its address begins anew for its purpose; after a binding
// for every purpose, which revives it.
Tries GiveBackTry(const Tries& before, const Try& right);
// FAILED_PRECONDITION / ADDRESS_DISABLED; never for a purpose that binds.
absl::Status CheckEnabled(const Tries& tries, Purpose purpose, absl::string_view address_index,
                          const Policy& policy);
// Those that still count at `now`.
Tries CountingTries(const Tries& tries, absl::Time now, const Policy& policy);
// When the next of CountingTries' parts no longer counts; InfiniteFuture when none ever ends.
absl::Time NextEndOf(const Tries& tries, const Policy& policy);

// --- Everybody's wrong codes of one purpose (OTP-14) ---

// An hour in buckets of five minutes. A failure counts for an hour and at most a bucket longer.
inline constexpr absl::Duration kSprayWindow = absl::Hours(1);
inline constexpr absl::Duration kSprayBucket = absl::Minutes(5);

// So many that an attempt at `now` needs a passed challenge.
bool SprayBraked(const Window& failures, absl::Time now, const Policy& policy);
// One attempt more. FAILED_PRECONDITION / CHALLENGE_REQUIRED while braked, unless the challenge was passed:
// then everything goes on, counted like before.
absl::StatusOr<Window> ChargeSpray(const Window& before, bool challenge_passed, absl::Time now,
                                   const Policy& policy);
// The attempt that was charged at `at` was right.
Window GiveBackSpray(const Window& before, absl::Time at);

}  // namespace tc::otp
