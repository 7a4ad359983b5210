#include "services/otp/domain/conversion.h"

#include <algorithm>

#include "common/base/refusal.h"

namespace tc::otp {
namespace {

constexpr absl::Duration kGrain = absl::Minutes(10);
constexpr absl::Duration kHour = absl::Hours(1);
constexpr absl::Duration kDay = absl::Hours(24);

struct Share {
  int64_t settled = 0;
  int64_t entered = 0;
  bool Below(int percent) const { return entered * 100 < settled * percent; }
};

Share Within(const Conversion& conversion, absl::Time now, absl::Duration span) {
  const int64_t entered = CountIn(conversion.entered, now, span + kGrain);
  return {entered + CountIn(conversion.not_entered, now, span + kGrain), entered};
}

bool IsBelow(const Conversion& conversion, int percent, absl::Time now, const Policy& policy) {
  for (const absl::Duration span : {kHour, kDay}) {
    const Share share = Within(conversion, now, span);
    if (share.settled >= policy.conversion_sends && share.Below(percent)) return true;
  }
  return false;
}

absl::Duration NextBlock(const Conversion& conversion, absl::Time now, int& blocks) {
  blocks = now < conversion.blocked_until + kDay ? conversion.blocks + 1 : 1;
  return std::min(kDay, kHour * (1 << std::min(blocks - 1, 5)));
}

absl::Status Throttled(absl::Duration wait) {
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kPrefixThrottled,
                "hardly any of the codes to numbers like this one were entered")
      .RetryAfter(wait);
}

}  // namespace

void CountSettled(Conversion& conversion, bool entered, absl::Time now) {
  Add(entered ? conversion.entered : conversion.not_entered, now, kGrain, kDay + kGrain);
}

std::optional<double> EnteredRatio(const Conversion& conversion, absl::Time now) {
  const Share share = Within(conversion, now, kDay);
  if (share.settled == 0) return std::nullopt;
  return static_cast<double>(share.entered) / static_cast<double>(share.settled);
}

bool BlockDue(const Conversion& conversion, absl::Time now, const Policy& policy) {
  return now >= conversion.blocked_until && IsBelow(conversion, policy.conversion_block, now, policy);
}

void Block(Conversion& conversion, absl::Time now) {
  int blocks = 0;
  const absl::Duration length = NextBlock(conversion, now, blocks);
  conversion.blocked_until = now + length;
  conversion.blocks = blocks;
}

absl::Status CheckConversion(const Conversion& conversion, int64_t live, absl::Time now,
                             const Policy& policy) {
  if (now < conversion.blocked_until) return Throttled(conversion.blocked_until - now);
  if (BlockDue(conversion, now, policy)) {
    int blocks = 0;
    return Throttled(NextBlock(conversion, now, blocks));
  }
  const Share share = Within(conversion, now, kDay);
  const bool suspicious =
      share.settled >= policy.conversion_sends / 5 && share.Below(policy.conversion_block);
  if (suspicious && share.settled + live >= policy.conversion_sends) return Throttled(policy.code_lifetime);
  return absl::OkStatus();
}

bool AlarmDue(const Conversion& conversion, absl::Time now, const Policy& policy) {
  return now >= conversion.alarmed + kHour && IsBelow(conversion, policy.conversion_alarm, now, policy);
}

absl::Time ForgottenAt(const Conversion& conversion) {
  return std::max({EmptyAt(conversion.entered, kDay + kGrain), EmptyAt(conversion.not_entered, kDay + kGrain),
                   conversion.blocked_until + kDay});
}

std::optional<std::string> TakenBy(const Delivery& delivery) {
  const auto& attempts = delivery.attempts;
  // An attempt without an outcome is under way, and one that timed out may have been taken (SND-13).
  const auto taken = std::find_if(attempts.rbegin(), attempts.rend(), [](const DeliveryAttempt& attempt) {
    return !attempt.provider.empty() && attempt.fate != Fate::kRefused && attempt.fate != Fate::kNotTaken;
  });
  if (taken == attempts.rend()) return std::nullopt;
  return taken->provider;
}

}  // namespace tc::otp
