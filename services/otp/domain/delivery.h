#pragma once

// Delivery: what became of one message, over all providers and channels that it was offered to. Pure; the
// record holds no address and no words, only masks and the template's name.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/id.h"
#include "common/base/transition.h"
#include "services/otp/domain/address.h"

namespace tc::otp {

enum class DeliveryState {
  kQueued,
  kSending,
  kAccepted,
  kDelivered,
  kDeferred,
  kRejected,
  kFailed,
  kExpired,
  kUnknown
};
enum class DeliveryTrigger {
  kAttempt,    // an attempt begins
  kAccept,     // the provider took it
  kReject,     // the provider refused it for good
  kPostpone,   // the provider did not answer, or nobody can be asked now
  kExhaust,    // no provider is left to offer it to
  kSupersede,  // a newer code replaces it, or it was cancelled
  kExpire,     // its time is over
  kReceiptDelivered,
  kReceiptFailed,
  kReceiptDeferred,
};
enum class DeliveryActor { kDispatcher, kProvider, kCaller, kTime, kGateway };

// Who may have the message, as far as the attempts tell.
enum class Hands {
  kNobody,   // surely no provider
  kPerhaps,  // a provider of an earlier attempt: nobody knows, or it keeps the message back
  kLast,     // the provider of the last attempt: it is being asked, or has taken the message and not failed
};
// What must hold besides.
enum class DeliveryGuard {
  kAlways,
  kNotTaken,            // not in the last one's hands
  kNobody,              // in nobody's hands
  kSomebody,            // perhaps in somebody's
  kAnotherLeft,         // not in the last one's hands, and another provider may be asked
  kNoneLeft,            // in nobody's hands, and nobody else may be asked
  kNoneLeftButPerhaps,  // nobody else may be asked, an earlier one perhaps has it
  kNoneLeftFailed,      // kNoneLeft, and a provider that took it could not deliver it
};
struct DeliveryFacts {
  Hands hands = Hands::kNobody;
  bool another_left = false;
  bool failed = false;  // a provider that took it could not deliver it
};

// What follows from a step, in the same transaction (rpc/recorder.h).
enum class DeliveryEffect {
  kEventDelivered,
  kEventRejected,
  kEventFailed,
  kEventExpired,
  kEventUnknown,
  kEraseHeld,  // the message that was kept for another provider
};

using DeliveryTransition =
    Transition<DeliveryState, DeliveryTrigger, DeliveryActor, DeliveryGuard, DeliveryEffect>;

// The whole machine.
absl::Span<const DeliveryTransition> DeliveryTransitions();
bool Holds(DeliveryGuard guard, const DeliveryFacts& facts);
// The first row whose guard holds; nullptr: the trigger changes nothing. Not FindTransition: the table has
// several rows for one (from, trigger, actor), told apart by their guards, a narrower one before a wider.
const DeliveryTransition* FindRow(DeliveryState from, DeliveryTrigger trigger, const DeliveryFacts& facts);
// Nothing is sent any more. UNKNOWN is final but for a late receipt.
bool IsFinal(DeliveryState state);
absl::string_view StateName(DeliveryState state);  // "QUEUED"
// For people: "ask a provider".
absl::string_view TriggerName(DeliveryTrigger trigger);
absl::string_view ActorName(DeliveryActor actor);
absl::string_view GuardName(DeliveryGuard guard);  // empty for kAlways
absl::string_view EffectName(DeliveryEffect effect);
// "DeliveryFailed"; empty when the effect is no event.
absl::string_view EventType(DeliveryEffect effect);

inline constexpr DeliveryEffect kAllDeliveryEffects[] = {
    DeliveryEffect::kEventDelivered, DeliveryEffect::kEventRejected, DeliveryEffect::kEventFailed,
    DeliveryEffect::kEventExpired,   DeliveryEffect::kEventUnknown,  DeliveryEffect::kEraseHeld};

// How an attempt ended.
enum class Fate {
  kUnderWay,
  kAccepted,
  kRefused,
  kNotTaken,  // not now: unreachable, overloaded
  kUnknown,   // timed out, or cut off by a crash
};

struct DeliveryAttempt {
  int number = 0;  // counts all attempts of the delivery from 1; what a receipt names
  absl::Time at;
  Channel channel = Channel::kSms;
  std::string provider;
  Fate fate = Fate::kUnderWay;
  std::string outcome;  // "ACCEPTED", "HTTP_503"; empty while under way
  std::string provider_message;
  std::optional<DeliveryTrigger> receipt;  // kReceipt…: what the provider said last
  absl::Time receipt_at = absl::InfinitePast();
  uint64_t receipt_sequence = 0;  // 0: it had none
  friend bool operator==(const DeliveryAttempt&, const DeliveryAttempt&) = default;
};

// A provider that is not offered the message again over this channel.
struct SpentWay {
  Channel channel = Channel::kSms;
  std::string provider;
  Fate fate =
      Fate::kRefused;  // kRefused, kUnknown (it would not notice a repetition), or kAccepted: it failed
  friend bool operator==(const SpentWay&, const SpentWay&) = default;
};

struct Delivery {
  static constexpr size_t kAttemptsKept = 10;

  DeliveryId id;
  std::string caller;  // the service that sent it
  std::string parent;  // "verifications/…" or "notifications/…"
  DeliveryState state = DeliveryState::kQueued;
  Channel channel = Channel::kSms;
  std::string masked_address;
  std::string template_name;  // "CODE_RECOVERY_CLAIM"
  absl::Time created;
  absl::Time updated;
  absl::Time expires;
  int attempts_made = 0;
  std::vector<DeliveryAttempt> attempts;  // the last ones
  bool forgotten_in_doubt = false;        // one that is not kept any more perhaps reached the receiver
  std::vector<SpentWay> spent;
  std::vector<Channel> ways;  // the message's channels, in order
  std::vector<Channel> paid;  // of them, those that count against their budget; the first always does
  int round = 0;              // rises when it is queued anew; an outbox row of an earlier round is void
  bool withdrawn = false;     // not offered to anybody any more
  std::string provider_message;
  // The steps since it was read, not stored: what is to be recorded (rpc/recorder.h).
  std::vector<DeliveryTransition> taken;
  friend bool operator==(const Delivery&, const Delivery&) = default;

  bool Spent(Channel by, absl::string_view provider) const;
};

Hands HandsOf(const Delivery& delivery);
// Its outbox row performs it; otherwise a provider has taken it, or it has ended.
bool WithDispatcher(const Delivery& delivery);

// --- What happens. Each gives the delivery afterwards, or nullopt when nothing changes. ---

std::optional<Delivery> Apply(const Delivery& delivery, DeliveryTrigger trigger, absl::Time now);

// Whom an attempt asks.
struct AttemptPlan {
  Channel channel = Channel::kSms;
  std::string masked_address;
  std::string provider;
};
// Nothing while an attempt is under way or the message is taken.
std::optional<Delivery> BeginAttempt(const Delivery& delivery, const AttemptPlan& plan, absl::Time now);
struct AttemptEnd {
  Fate fate = Fate::kAccepted;
  std::string outcome;
  std::string provider_message;
  bool repeats_safely = false;  // its provider takes a repetition once
};
// Of the attempt `number`, the last one; a receipt may have been faster, and then only the record of the
// attempt changes. An attempt that a crash cut off ends as kUnknown, "CUT_OFF".
std::optional<Delivery> EndAttempt(const Delivery& delivery, int number, const AttemptEnd& end,
                                   absl::Time now);

// Nobody is left to be asked. Without a single attempt the record says so: "NO_PROVIDER".
std::optional<Delivery> Exhaust(const Delivery& delivery, absl::Time now);
// Its row comes while the last provider has it (a receipt said so after a time-out): taken after all.
std::optional<Delivery> TakenAfterAll(const Delivery& delivery, absl::Time now);
// Replaced by a newer code or cancelled: EXPIRED where nobody can have it, otherwise only not offered to
// anybody else.
std::optional<Delivery> Supersede(const Delivery& delivery, absl::Time now);

// What a provider says.
struct ReceiptOf {
  int attempt = 0;       // its number; 0: the last one of `provider`
  std::string provider;  // empty: whoever made the attempt; both absent: the last attempt
  DeliveryTrigger outcome = DeliveryTrigger::kReceiptDelivered;  // kReceipt…
  std::optional<uint64_t> sequence;  // rises; absent: the order DEFERRED, FAILED, DELIVERED alone counts
};
// The attempt that a receipt is of; nullptr when none is kept.
const DeliveryAttempt* Named(const Delivery& delivery, const ReceiptOf& receipt);
// False: no such attempt was made.
bool IsOf(const Delivery& delivery, const ReceiptOf& receipt);
struct AfterReceipt {
  Delivery after;
  // The provider that had the message could not deliver it, and another is left: queue the held message anew
  // in the same commit, with `after.round`.
  bool requeue = false;
};
// Ordered for each attempt and idempotent; a final state never changes (SND-15). `another_left`: when this
// receipt says FAILED and its attempt's provider is spent, another one could be asked and the message is at
// hand (AnotherLeft, WithDispatcher); does not count once the message has expired or was withdrawn.
std::optional<AfterReceipt> TakeReceipt(const Delivery& delivery, const ReceiptOf& receipt, absl::Time now,
                                        bool another_left);

}  // namespace tc::otp
