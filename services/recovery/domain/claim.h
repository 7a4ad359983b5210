#pragma once

// The claimant's side: start, own code, cancel.

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/recovery/domain/evidence.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// What a start is made of. Everything random or derived by a key is given.
struct Start {
  PublicId id;
  std::string nonce;
  std::string capability_hash, not_me_hash;
  Purpose purpose = Purpose::kPassword;
  bool decoy = false;
  AccountId principal;
  std::string masked_principal;
  std::string subject;
  std::string phone_index, email_index;
  Channel channel = Channel::kSms;
  Claimed claimed;
  ClientContext client;
};
Recovery Begin(const Start& start, const Policy& policy, absl::Time now);

// The channel that is used: the wanted one if the account has such an address, else another; nullopt when it
// has none.
std::optional<Channel> PickChannel(Channel wanted, bool has_phone, bool has_email);

// A recovery whose real code could not be sent goes on as a decoy: the same answer, and no code is ever
// right. Its attempts still count for the same subject.
Recovery TurnIntoDecoy(const Recovery& recovery);
// A subject of its own, for a decoy where that of what was typed may get no more codes either.
std::string SubjectOfNobody(const Recovery& decoy);

// Name of a side's verification: the same for the same serial, so that a repeated call does not send twice.
enum class Side { kClaimant, kContact };
VerificationId VerificationOf(const PublicId& id, Side side, int serial);

// A code has been sent: `serial` names its verification.
absl::StatusOr<Recovery> OwnCodeSent(const Recovery& recovery, int serial, Channel channel,
                                     const CodeStatus& status, absl::Time now);
// Whether an expired verification of this step may be replaced by a fresh one.
bool MayRenewCode(const CodeStep& step, const Policy& policy);

// The right code was entered; linking will be asked to hold the link. From now on the end of the recovery
// must be told.
absl::StatusOr<Recovery> TakeHold(const Recovery& recovery, absl::Time now);
// The hold may last until then: later than any end of the recovery, and the same at every repetition.
absl::Time HoldUntil(const Recovery& recovery);

// What was found out after the right code, all of it fresh.
struct ClaimEvidence {
  PrincipalNow account;
  bool guarded = false;
  LinkId link;
  AccountId contact;
  bool mutual = false;              // the contact recovers, too, and waits for this principal (L7)
  bool principal_eligible = false;  // E5, for the purpose; meaningful when guarded
  bool contact_eligible = false;
  std::string contact_phone_index;  // empty: the contact has no phone
};
// APPROVED with the grant when nobody guards the account; AWAITING_CONTACT when somebody does; HELD when
// something is wrong, or went wrong since the start; CANCELLED when a contact is to be removed and there is
// none: nothing was to be done, and nobody is told. `match_code`: four random digits, used when the policy
// demands them.
absl::StatusOr<Recovery> ProveClaim(const Recovery& recovery, const ClaimEvidence& evidence,
                                    const std::string& grant_hash, const std::string& match_code,
                                    absl::Time now);

// The attempts at the claimant's own code are used up.
absl::StatusOr<Recovery> LockClaim(const Recovery& recovery, absl::Time now);

// RECOVERY_COMPLETING while a password is being set (R8).
absl::StatusOr<Recovery> Cancel(const Recovery& recovery, Canceller canceller, absl::Time now);

}  // namespace tc::recovery
