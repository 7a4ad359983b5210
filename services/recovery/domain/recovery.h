#pragma once

// Recovery: one attempt to get a new password, as a value. Every function of the domain takes one and gives
// the next; nobody else changes its state. Its public id names it everywhere; the claimant's capability is
// not part of it (only the store's index knows its hash).

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/recovery/domain/claimed.h"
#include "services/recovery/domain/policy.h"
#include "services/recovery/domain/state.h"

namespace tc::recovery {

// The public id: 128 bits, for contact, operators, events. Never leads to the capability.
struct PublicTag {
  static constexpr char kCollection[] = "assignedRecoveries";
  static constexpr char kField[] = "name";
};
using PublicId = Id<PublicTag>;

// Numbers of the enums are those of the public contract and of the stored record.
enum class Purpose { kPassword = 1, kPhoneChange = 2, kContactRemoval = 3, kUnfreeze = 4 };
enum class Channel { kSms = 1, kVoice = 2, kEmail = 3 };
enum class RejectReason { kNone = 0, kFraud = 1, kUnknownPerson = 2, kNotReached = 3, kOther = 4 };
enum class Canceller { kNone = 0, kClaimant = 1, kPrincipal = 2, kNotMe = 3, kOperator = 4, kSystem = 5 };
enum class HoldReason {
  kNone = 0,
  kPrincipalNotEligible = 1,
  kContactNotEligible = 2,
  kPrincipalAddressChanged = 3,
  kContactPhoneChanged = 4,
  kContactPhoneTooNew = 5,
  kGuardChanged = 6,
  kAccountNotActive = 7,
  kMutualRecovery = 8,
  kSameDevice = 9,
  kOperator = 10,
};
absl::string_view PurposeName(Purpose purpose);           // "PHONE_CHANGE"
absl::string_view RejectReasonName(RejectReason reason);  // "FRAUD"
absl::string_view HoldReasonName(HoldReason reason);      // "GUARD_CHANGED"
absl::string_view CancellerName(Canceller canceller);     // "CLAIMANT"

// What is known of a code that is out (O5).
struct CodeStatus {
  int attempts_left = 0;
  absl::Time expires_at;
  absl::Time next_attempt_at;
  std::optional<absl::Time> next_send_at;  // absent: no send is left
  int sends_left = 0;
  std::vector<Channel> channels;
  std::string masked_address;
  friend bool operator==(const CodeStatus&, const CodeStatus&) = default;
};

// One side's codes. A verification that expired is replaced by one with the next serial; `sends` tells codes
// apart.
struct CodeStep {
  int serial = 0;  // of the present verification; 0: none yet
  int sends = 0;   // codes sent, over all verifications
  CodeStatus status;
  friend bool operator==(const CodeStep&, const CodeStep&) = default;
};

// A password that is being tried with the grant; see grant.h.
struct Redemption {
  std::string redeemer;                            // tells one call (and its repetitions) from another
  absl::Time started_at;                           // of the proof
  absl::Time asked_at;                             // when identity was last asked under it
  absl::Time asked_before = absl::InfinitePast();  // and the time before that; InfinitePast: once only
  bool mixed = false;                              // another redeemer's outcome is unknown, too
  friend bool operator==(const Redemption&, const Redemption&) = default;
};

// The right to set one password: only its hash is kept (REC-14). It ends with the recovery.
struct Grant {
  std::string hash;  // SHA-256 of the token; empty: none was given
  int refused = 0;   // passwords that broke the rules
  std::optional<Redemption> redemption;
  friend bool operator==(const Grant&, const Grant&) = default;
};

// The way in person: who has seen the documents (R10, REC-23).
struct InPerson {
  std::string officer;  // as his organisation names him
  std::string peer;     // the organisation
  std::string visit;
  absl::Time started_at;
  absl::Time confirm_at =
      absl::InfinitePast();    // not before it the second officer; InfinitePast: none is needed
  std::string second_officer;  // empty: has not confirmed
  std::string second_peer;
  std::string second_visit;
  absl::Time confirmed_at = absl::InfinitePast();
  friend bool operator==(const InPerson&, const InPerson&) = default;
};

struct Recovery {
  PublicId id;
  int64_t version = 0;  // set by the store
  bool decoy = false;   // behaves like a real one and never succeeds (R1)
  State state = State::kAwaitingOwnCode;
  Purpose purpose = Purpose::kPassword;
  Policy policy;
  std::string nonce;  // 32 random bytes; grant, not-me token and (but in person) capability are derived from
                      // it and a key
  std::string capability_hash;  // SHA-256; the claimant is whoever knows what it is of
  std::string not_me_hash;      // the same of the token in the principal's notices; empty in a decoy

  AccountId principal;  // empty in a decoy
  std::string masked_principal;
  std::string subject;  // whom otp counts attempts for
  std::string phone_index,
      email_index;  // keyed indexes of the principal's addresses at the start; empty: none
  Channel channel = Channel::kSms;
  std::string typed_mask;    // mask of the address that the claimant typed; empty: he typed none
  bool typed_email = false;  // it is an e-mail address
  ClientContext client;

  absl::Time created_at;
  absl::Time proved_at = absl::InfiniteFuture();
  absl::Time deadline = absl::InfiniteFuture();  // absolute, from the proved own code (REC-05)
  absl::Time expires_at;                         // of the present state
  std::optional<absl::Time> ended_at;
  std::optional<State> ended_from;

  CodeStep own_code;
  bool hold_taken = false;  // linking may hold the link: its end must be told
  // What happened to the principal before the own code was proved: the proof leads to HELD for it. Shown to
  // nobody.
  HoldReason early_news = HoldReason::kNone;

  LinkId link;
  AccountId contact;  // empty: nobody was asked
  std::string contact_phone_index;
  absl::Time assigned_at;
  absl::Time asked_at;  // the last time that an answer was asked for: reminders count from it
  std::string warning_version;
  std::optional<absl::Time> acknowledged_at;  // of the present answers; every "yes" since then, or a "no"
  std::map<std::string, bool> answers;
  CodeStep contact_code;
  std::string match_code;                 // empty: none is demanded
  std::vector<std::string> match_misses;  // request ids that were charged

  Grant grant;
  RejectReason reject_reason = RejectReason::kNone;
  HoldReason hold_reason = HoldReason::kNone;
  Canceller canceller = Canceller::kNone;
  std::optional<InPerson> in_person;
  std::string operator_comment;  // at the last hold or release

  // The rows that led here since it was loaded or last recorded: what is still to follow from them. Never
  // stored.
  std::vector<RecoveryTransition> taken;

  friend bool operator==(const Recovery&, const Recovery&) = default;
};

// The recovery at `now`: EXPIRED when its time is over, whatever is stored. A password that is being set has
// 60 seconds more.
Recovery AsOf(const Recovery& recovery, absl::Time now);
// When AsOf turns EXPIRED, if nothing happens before. InfiniteFuture in a final state.
absl::Time ExpiresAt(const Recovery& recovery);

// One step of the table. FAILED_PRECONDITION / RECOVERY_EXPIRED, RECOVERY_CLOSED, RECOVERY_HELD,
// STATE_TRANSITION_NOT_ALLOWED, each with metadata `state`, when the table has no such row.
absl::StatusOr<Recovery> Move(const Recovery& recovery, Trigger trigger, Actor actor, absl::Time now);

// An ended recovery is kept until then. One that was never proved goes after a day, real or decoy alike.
absl::Time KeptUntil(const Recovery& recovery);
bool IsProved(const Recovery& recovery);

// The contact must still answer, or an examination goes on.
bool IsBeforeContact(const Recovery& recovery);

}  // namespace tc::recovery
