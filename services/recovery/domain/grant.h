#pragma once

// The grant: single use, bound to its recovery, at most three refused passwords (R9, REC-14).
//
// Setting the password happens in identity, so it cannot be one transaction with the recovery. A redemption
// is marked before identity is asked; while it is marked nothing else may use or cancel the recovery.
// Identity accepts one reset for a recovery (the proof's jti), so:
//   identity said yes     → Complete
//   has set one already   → CompleteUsed
//   refused the password  → RefusePassword (mark cleared, counted)
//   refused otherwise     → AbandonRedemption
//   no answer             → the mark stays. The same call repeated goes on where it was; another call may
//   take over after 15 seconds, and when identity
//                           then says that the proof is used, the password was set by the earlier one.
// The deed of another purpose needs no proof and has nothing to choose: whoever uses the grant asks for the
// same deed, under the id of the first mark, and the peer does it once.

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// A repetition within this time asks identity with the very same bytes; later it makes a new proof.
inline constexpr absl::Duration kSameProofFor = absl::Seconds(50);
// Nothing is under way any more so long after identity was last asked: longer than any call lasts. Another
// call may take over then.
inline constexpr absl::Duration kTakeOverAfter = absl::Seconds(15);
// A proof is valid so long: afterwards nothing can come of a redemption.
inline constexpr absl::Duration kRedemptionSettles = absl::Seconds(60);

// Marks the redemption. Of another purpose than the password the mark keeps the time of the first use until
// it is cleared. PERMISSION_DENIED / GRANT_INVALID; FAILED_PRECONDITION / GRANT_EXPIRED, GRANT_USED,
// GRANT_BURNT; RECOVERY_COMPLETING with RetryInfo while another call is at it; or the table's refusal.
absl::StatusOr<Recovery> BeginRedemption(const Recovery& recovery, const std::string& grant_hash,
                                         const std::string& redeemer, absl::Time now);

// The password is set. Also when the time has just run out: the mark kept the recovery open.
absl::StatusOr<Recovery> Complete(const Recovery& recovery, absl::Time now);

// Identity has set a password under this recovery's proof before. `mine`: it can only have been this
// redemption's, since no other redeemer has ever been at it.
struct UsedBefore {
  bool mine = false;
  Recovery next;  // COMPLETED
};
absl::StatusOr<UsedBefore> CompleteUsed(const Recovery& recovery, const Redemption& redemption,
                                        absl::Time now);

// Identity refused the password of this very redemption: one less. At the limit the grant is burnt and the
// recovery LOCKED. A redemption that is no longer marked was counted already.
absl::StatusOr<Recovery> RefusePassword(const Recovery& recovery, const Redemption& redemption,
                                        absl::Time now);

// Identity refused for another reason: nothing was set by this call. The mark stays while an earlier call of
// the same redemption may still be under way, or a later one has begun.
Recovery AbandonRedemption(const Recovery& recovery, const Redemption& redemption, absl::Time now);

int PasswordsLeft(const Recovery& recovery);
absl::Status RefuseBurnt();
absl::Status RefuseUsed();

}  // namespace tc::recovery
