#include "services/otp/domain/verification.h"

#include <algorithm>

#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::otp {
namespace {

using S = VerificationState;
using T = VerificationTrigger;

int AttemptsOnCode(const Verification& v) {
  return static_cast<int>(std::count_if(v.attempts.begin(), v.attempts.end(),
                                        [&](const Attempt& a) { return a.code_number == v.code_number; }));
}

int AttemptsOnRequest(const Verification& v) {
  return v.inherited_attempts + static_cast<int>(v.attempts.size());
}

int AttemptsLeft(const Verification& v, const Policy& policy) {
  return std::max(0, std::min(policy.attempts_per_code - AttemptsOnCode(v),
                              policy.attempts_per_request - AttemptsOnRequest(v)));
}

template <size_t N>
absl::Duration DelayAfter(const std::array<absl::Duration, N>& delays, int count) {
  if (count <= 0) return absl::ZeroDuration();
  return delays[std::min(static_cast<size_t>(count), N) - 1];
}

absl::Time NextAttempt(const Verification& v, const Policy& policy) {
  const absl::Time last = v.attempts.empty() ? v.inherited_last_attempt : v.attempts.back().at;
  return std::max(v.created, last + DelayAfter(policy.attempt_delays, AttemptsOnRequest(v)));
}

absl::Time NextSend(const Verification& v, const Policy& policy) {
  return v.sent + DelayAfter(policy.resend_delays, v.code_number);
}

absl::Status TooSoonToSend(absl::Time next, absl::Time now) {
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kResendTooSoon, "a code was sent just now")
      .RetryAfter(next - now);
}

absl::Status Exhausted() {
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kAttemptsExhausted, "no attempts are left");
}

// Why nothing more can be done with a verification in `state`.
absl::Status Ended(S state) {
  if (state == S::kLocked) return Exhausted();
  if (state == S::kExpired) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationExpired,
                  "the code has expired");
  }
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationClosed,
                "the verification has ended")
      .With("state", StateName(state));
}

// The row of the caller's `trigger`, judged by the clock first.
absl::StatusOr<const VerificationTransition*> RowOf(const Verification& v, T trigger, absl::Time now,
                                                    const Policy& policy) {
  const S state = StateAt(v, now, policy);
  const VerificationTransition* const row =
      FindTransition(VerificationTransitions(), state, trigger, VerificationActor::kCaller);
  if (row == nullptr) return Ended(state);
  return row;
}

Verification After(const Verification& v, const VerificationTransition& row) {
  Verification after = v;
  after.state = row.to;
  after.taken = &row;
  return after;
}

void Put(const NewCode& code, absl::Time now, const Policy& policy, Verification& v) {
  v.code_digits = code.digits;
  v.code = code.mac;
  v.channel = code.channel;
  if (code.channel == Channel::kVoice) ++v.calls;
  v.address_index = code.address_index;
  v.prefix_index = code.prefix_index;
  v.range_index = code.range_index;
  v.settled = false;
  v.masked_address = code.masked_address;
  v.sealed = code.sealed;
  v.delivery = code.delivery;
  v.sent = now;
  v.expires = now + policy.code_lifetime;
}

}  // namespace

S StateAt(const Verification& v, absl::Time now, const Policy& policy) {
  if (v.state == S::kPending && AttemptsLeft(v, policy) == 0) return S::kLocked;
  if (v.state == S::kPending && now >= v.expires) return S::kExpired;
  if (v.state == S::kApproved && now >= v.approved + policy.approval_lifetime) return S::kExpired;
  return v.state;
}

Progress ProgressAt(const Verification& v, absl::Time now, const Policy& policy) {
  Progress progress;
  progress.next_attempt = NextAttempt(v, policy);
  for (const Channel channel : v.channels) {
    if (channel != Channel::kVoice || v.calls < policy.calls_per_verification)
      progress.channels.push_back(channel);
  }
  if (StateAt(v, now, policy) != S::kPending) return progress;
  progress.attempts_left = AttemptsLeft(v, policy);
  progress.sends_left = std::max(0, policy.sends_per_verification - v.code_number);
  if (progress.sends_left > 0) progress.next_send = NextSend(v, policy);
  return progress;
}

absl::Status CheckChannel(Purpose purpose, const Address& address, Channel channel,
                          const std::vector<Channel>& allowed) {
  const bool listed = std::find(allowed.begin(), allowed.end(), channel) != allowed.end();
  if (listed && Allows(purpose, channel) && address.Reaches(channel)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kChannelNotAvailable,
                "the code cannot be sent this way")
      .With("channel", ChannelName(channel));
}

absl::StatusOr<std::vector<Channel>> AllowedChannels(Purpose purpose, const Address& address,
                                                     const std::vector<Channel>& given) {
  std::vector<Channel> channels;
  for (const Channel channel : {Channel::kSms, Channel::kVoice, Channel::kEmail, Channel::kPush}) {
    const bool asked = std::find(given.begin(), given.end(), channel) != given.end();
    if (asked && !Allows(purpose, channel)) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kChannelNotAvailable,
                    "the purpose forbids this channel")
          .With("channel", ChannelName(channel));
    }
    if (asked || (given.empty() && Allows(purpose, channel) && address.Reaches(channel)))
      channels.push_back(channel);
  }
  return channels;
}

absl::StatusOr<Verification> Start(const Draft& draft, const NewCode& code,
                                   const std::optional<Verification>& previous, absl::Time now,
                                   const Policy& policy) {
  Verification v;
  v.id = draft.id;
  v.binding = draft.binding;
  v.decoy = draft.decoy;
  v.locale = draft.locale;
  v.channels = draft.channels;
  v.created = now;
  if (previous.has_value()) {
    v.inherited_attempts = AttemptsOnRequest(*previous);
    v.inherited_last_attempt =
        previous->attempts.empty() ? previous->inherited_last_attempt : previous->attempts.back().at;
    if (v.inherited_attempts >= policy.attempts_per_request) return Exhausted();
    const absl::Time next = NextSend(*previous, policy);
    if (previous->address_index == code.address_index && now < next) return TooSoonToSend(next, now);
  }
  Put(code, now, policy, v);
  return v;
}

absl::Status MayResend(const Verification& v, absl::Time now, const Policy& policy) {
  TRY(RowOf(v, T::kResend, now, policy));
  if (v.code_number >= policy.sends_per_verification) {
    return Refuse(absl::StatusCode::kResourceExhausted, Reason::kSendLimitReached,
                  "no sends are left for this verification");
  }
  const absl::Time next = NextSend(v, policy);
  if (now < next) return TooSoonToSend(next, now);
  return absl::OkStatus();
}

absl::StatusOr<Verification> Resend(const Verification& v, const NewCode& code, absl::Time now,
                                    const Policy& policy) {
  TRY(MayResend(v, now, policy));
  if (code.channel == Channel::kVoice && v.calls >= policy.calls_per_verification) {
    return Refuse(absl::StatusCode::kResourceExhausted, Reason::kSendLimitReached,
                  "no calls are left for this verification")
        .With("channel", ChannelName(code.channel));
  }
  Verification after = After(v, *TRY(RowOf(v, T::kResend, now, policy)));
  ++after.code_number;
  Put(code, now, policy, after);
  return after;
}

absl::StatusOr<Charged> Charge(const Verification& v, absl::string_view request_id,
                               absl::string_view code_fingerprint, absl::Time now, const Policy& policy) {
  for (size_t i = 0; i < v.attempts.size(); ++i) {
    if (v.attempts[i].request_id != request_id) continue;
    if (v.attempts[i].code_fingerprint == code_fingerprint) return Charged{v, i, true};
    return Refuse(absl::StatusCode::kInvalidArgument, Reason::kRequestIdReused,
                  "the request_id was used before with another code");
  }
  const VerificationTransition* const row = TRY(RowOf(v, T::kCharge, now, policy));
  const absl::Time next = NextAttempt(v, policy);
  if (now < next) {
    return Refuse(absl::StatusCode::kResourceExhausted, Reason::kAttemptTooSoon,
                  "not evaluated and not charged: wait before the next attempt")
        .RetryAfter(next - now);
  }
  Charged charged{After(v, *row), v.attempts.size(), false};
  charged.after.attempts.push_back(
      {std::string(request_id), std::string(code_fingerprint), now, v.code_number});
  return charged;
}

absl::StatusOr<Verification> Approve(const Verification& v, absl::string_view request_id, int code_number,
                                     absl::Time now) {
  if (!v.approving_request_id.empty() && v.approving_request_id == request_id) return v;
  // Not StateAt: the last attempt of a code is charged already and must still count when it is right.
  const VerificationTransition* const row =
      FindTransition(VerificationTransitions(), v.state, T::kApprove, VerificationActor::kCaller);
  if (row == nullptr) return Ended(v.state);
  if (v.code_number != code_number || now >= v.expires) return Ended(S::kExpired);
  Verification after = After(v, *row);
  after.approving_request_id = std::string(request_id);
  after.approved = now;
  return after;
}

bool WouldReplay(const Verification& v) {
  return (v.state == S::kApproved || v.state == S::kConsumed) && !v.replayed;
}

Verification AsOfAttempt(const Verification& v, size_t attempt) {
  if (attempt >= v.attempts.size()) return v;
  Verification then = v;
  const bool approving = v.attempts[attempt].request_id == v.approving_request_id;
  then.state = approving ? S::kApproved : S::kPending;
  then.attempts.resize(attempt + 1);
  return then;
}

absl::StatusOr<Verification> Cancel(const Verification& v, absl::Time now, const Policy& policy) {
  return After(v, *TRY(RowOf(v, T::kCancel, now, policy)));
}

absl::StatusOr<Verification> Consume(const Verification& v, absl::Time now, const Policy& policy) {
  if (StateAt(v, now, policy) == S::kPending) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationNotApproved,
                  "the code has not been entered");
  }
  return After(v, *TRY(RowOf(v, T::kConsume, now, policy)));
}

Verification Settle(const Verification& v, absl::Time now, const Policy& policy) {
  const S state = StateAt(v, now, policy);
  // A charged last attempt may be under way: it is only locked for good once nothing can approve it any more.
  if (state == v.state || (state == S::kLocked && now < v.expires)) return v;
  const VerificationTransition* const row =
      FindTransition(VerificationTransitions(), v.state, state == S::kLocked ? T::kLock : T::kExpire,
                     VerificationActor::kTime);
  return row == nullptr ? v : After(v, *row);
}

}  // namespace tc::otp
