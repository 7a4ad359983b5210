#pragma once

// Verification: one code at a time, its attempts and its end. Pure: `now` is an argument, codes are seen as
// keyed hashes only. A decision gives the verification that is true afterwards, or refuses and changes
// nothing.
//
// An attempt is charged before it is compared (O2, OTP-07): Charge and its commit come first, then the
// comparison, then, for a right code only, Approve in a second transaction. So a PENDING record whose
// attempts are used up is LOCKED at every read (StateAt) although the last charged attempt may still approve
// it.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/id.h"
#include "common/base/transition.h"
#include "services/otp/domain/address.h"
#include "services/otp/domain/policy.h"

namespace tc::otp {

enum class Purpose { kPhoneBinding, kEmailBinding, kRecoveryClaim, kRecoveryApproval, kSecondFactor };
enum class VerificationState { kPending, kApproved, kConsumed, kExpired, kLocked, kCancelled };
enum class VerificationTrigger { kCharge, kApprove, kResend, kCancel, kConsume, kExpire, kLock };
enum class VerificationActor { kCaller, kTime };

// What must hold besides; the domain function that is named checks it, at StateAt.
enum class VerificationGuard {
  kMayTry,          // Charge; ChargeTry, ChargeSpray (tries.h)
  kCodeRight,       // Approve
  kMayResend,       // MayResend, Resend; the limits of sends (send_limits.h)
  kInTime,          // Cancel, Consume
  kTimeOver,        // Settle
  kAttemptsUsedUp,  // Settle
};

// What follows from a step, in the same transaction (rpc/recorder.h).
enum class VerificationEffect {
  kEventResent,
  kEventApproved,
  kEventConsumed,
  kEventCancelled,
  kEventExpired,
  kEventLocked,
  kScheduleEnd,            // of the present code, and the record's removal
  kScheduleEndOfApproval,  // that nobody uses
};

using VerificationTransition = Transition<VerificationState, VerificationTrigger, VerificationActor,
                                          VerificationGuard, VerificationEffect>;

// The whole machine, for FindTransition. A trigger that is not here is refused and writes nothing.
absl::Span<const VerificationTransition> VerificationTransitions();
bool IsFinal(VerificationState state);

absl::string_view PurposeName(Purpose purpose);        // "RECOVERY_CLAIM"
absl::string_view StateName(VerificationState state);  // "PENDING"
// For people: "send a new code".
absl::string_view TriggerName(VerificationTrigger trigger);
absl::string_view ActorName(VerificationActor actor);
absl::string_view GuardName(VerificationGuard guard);
absl::string_view EffectName(VerificationEffect effect);
// "VerificationResent"; empty when the effect is no event.
absl::string_view EventType(VerificationEffect effect);

inline constexpr VerificationEffect kAllVerificationEffects[] = {
    VerificationEffect::kEventResent,   VerificationEffect::kEventApproved,
    VerificationEffect::kEventConsumed, VerificationEffect::kEventCancelled,
    VerificationEffect::kEventExpired,  VerificationEffect::kEventLocked,
    VerificationEffect::kScheduleEnd,   VerificationEffect::kScheduleEndOfApproval};

// E-mail never carries a trusted contact's code (O4).
bool Allows(Purpose purpose, Channel channel);
// Asked for by a person who is signed in; a claimant is not.
inline bool SignedIn(Purpose purpose) { return purpose != Purpose::kRecoveryClaim; }

// A keyed hash of a code: all that is kept of it (OTP-15).
struct CodeMac {
  std::string kid;
  std::string tag;
  friend bool operator==(const CodeMac&, const CodeMac&) = default;
};

// One charged attempt. Kept so that the same request gets the same answer without being charged again.
struct Attempt {
  std::string request_id;
  std::string code_fingerprint;  // keyed hash of what was typed
  absl::Time at;
  int code_number = 0;  // which code it was meant for
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

// What a code is bound to, besides its address and its verification (OTP-06).
struct Binding {
  std::string caller;  // the service that made it
  Purpose purpose = Purpose::kPhoneBinding;
  std::string subject;
  std::string request;
  friend bool operator==(const Binding&, const Binding&) = default;
};

struct Verification {
  VerificationId id;
  Binding binding;
  VerificationState state = VerificationState::kPending;
  bool decoy = false;
  Locale locale = Locale::kRussian;
  std::vector<Channel> channels;  // that a resend may use
  absl::Time created;

  // The present code.
  int code_number = 1;  // rises with every send: also the number of sends
  int calls = 0;        // of these, by voice
  int code_digits = 6;
  CodeMac code;
  Channel channel = Channel::kSms;
  std::string address_index;  // keyed hash of the address: bound into the code, and the key of its send limit
  std::string prefix_index;   // keyed hash of what neighbouring numbers share; empty: not counted by it
  std::string range_index;
  bool settled = false;        // the code is counted as entered or not entered (SND-09)
  std::string masked_address;  // as it is shown
  std::string sealed;          // address and masked principal; opaque here
  DeliveryId delivery;
  absl::Time sent;
  absl::Time expires;

  int inherited_attempts = 0;  // of earlier verifications of the same request (OTP-10)
  absl::Time inherited_last_attempt = absl::InfinitePast();
  std::vector<Attempt> attempts;
  std::string approving_request_id;
  absl::Time approved = absl::InfinitePast();
  bool replayed = false;  // the right code came again after its use, and that was told (OTP-05)

  // The row of the one step since it was read, not stored: what is to be recorded (rpc/recorder.h).
  const VerificationTransition* taken = nullptr;

  friend bool operator==(const Verification&, const Verification&) = default;
};

// The state as of `now`: a pending one past its time is EXPIRED, one whose attempts are used up LOCKED, an
// unused approval past its time EXPIRED.
VerificationState StateAt(const Verification& v, absl::Time now, const Policy& policy);

// O5. attempts_left and sends_left are 0 and next_send is absent when the verification has ended.
struct Progress {
  int attempts_left = 0;
  absl::Time next_attempt;
  std::optional<absl::Time> next_send;
  int sends_left = 0;
  std::vector<Channel> channels;  // of its channels those that it may use; calls are few (OTP-21)
};
Progress ProgressAt(const Verification& v, absl::Time now, const Policy& policy);

// --- Decisions ---

// A new code and where it goes: what Start and Resend are given.
struct NewCode {
  int digits = 6;
  CodeMac mac;
  Channel channel = Channel::kSms;
  std::string address_index;
  std::string prefix_index;
  std::string range_index;
  std::string masked_address;
  std::string sealed;
  DeliveryId delivery;
};

// FAILED_PRECONDITION / CHANNEL_NOT_AVAILABLE when the purpose forbids the channel, the address is not
// reached by it, or it is not allowed.
absl::Status CheckChannel(Purpose purpose, const Address& address, Channel channel,
                          const std::vector<Channel>& allowed);
// The channels a verification may use: those given, or those that reach the address, less those that the
// purpose forbids. CHANNEL_NOT_AVAILABLE when one was given that the purpose forbids.
absl::StatusOr<std::vector<Channel>> AllowedChannels(Purpose purpose, const Address& address,
                                                     const std::vector<Channel>& given);

// A verification before its first code.
struct Draft {
  VerificationId id;
  Binding binding;
  bool decoy = false;
  Locale locale = Locale::kRussian;
  std::vector<Channel> channels;
};
// `previous` is the last verification with the same binding: its attempts stay counted (OTP-10), and the
// delay after its last send too when the address is the same. FAILED_PRECONDITION / ATTEMPTS_EXHAUSTED,
// RESOURCE_EXHAUSTED / RESEND_TOO_SOON.
absl::StatusOr<Verification> Start(const Draft& draft, const NewCode& code,
                                   const std::optional<Verification>& previous, absl::Time now,
                                   const Policy& policy);

// May a code be sent again now? RESEND_TOO_SOON, SEND_LIMIT_REACHED, or why the verification has ended.
absl::Status MayResend(const Verification& v, absl::Time now, const Policy& policy);
// The old code is dead from here on; no counter is reset (O3, OTP-18). SEND_LIMIT_REACHED with the channel as
// metadata when no calls are left (OTP-21).
absl::StatusOr<Verification> Resend(const Verification& v, const NewCode& code, absl::Time now,
                                    const Policy& policy);

struct Charged {
  Verification after;
  size_t attempt = 0;     // its place in after.attempts
  bool repeated = false;  // the same request as before: nothing was charged
};
// Counts one attempt, or finds the one that this request made before. Refused without a charge:
// ATTEMPT_TOO_SOON with the time to wait (OTP-13), ATTEMPTS_EXHAUSTED, VERIFICATION_EXPIRED,
// VERIFICATION_CLOSED, REQUEST_ID_REUSED (the same request with another code).
absl::StatusOr<Charged> Charge(const Verification& v, absl::string_view request_id,
                               absl::string_view code_fingerprint, absl::Time now, const Policy& policy);
// The attempt at `request_id` was right. Only while the record is PENDING, with the same code and in time;
// VERIFICATION_CLOSED when somebody was faster (OTP-05). The approval of the same request again changes
// nothing.
absl::StatusOr<Verification> Approve(const Verification& v, absl::string_view request_id, int code_number,
                                     absl::Time now);
// The right code at `v` now would be one that was used before, and nobody has been told yet (OTP-05).
bool WouldReplay(const Verification& v);
// `v` as it was just after the attempt: what a repeated request is answered with. `v` itself when it has no
// such attempt.
Verification AsOfAttempt(const Verification& v, size_t attempt);

absl::StatusOr<Verification> Cancel(const Verification& v, absl::Time now, const Policy& policy);
// VERIFICATION_NOT_APPROVED while the code has not been entered.
absl::StatusOr<Verification> Consume(const Verification& v, absl::Time now, const Policy& policy);
// Makes durable what the clock has decided; the same value when it has decided nothing.
Verification Settle(const Verification& v, absl::Time now, const Policy& policy);

}  // namespace tc::otp
