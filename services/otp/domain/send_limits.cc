#include "services/otp/domain/send_limits.h"

#include <algorithm>

#include "common/base/refusal.h"

namespace tc::otp {
namespace {

absl::Status Limit(const std::vector<absl::Time>& times, int limit, absl::Time now) {
  const auto allowed = static_cast<size_t>(limit);
  if (times.size() < allowed) return absl::OkStatus();
  const absl::Time freed = times[times.size() - allowed] + kSendWindow;
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kNumberLimitReached,
                "too many codes were sent to this address within 24 hours")
      .RetryAfter(freed - now);
}

}  // namespace

std::vector<Send> Recent(const std::vector<Send>& sends, absl::Time now) {
  std::vector<Send> recent;
  std::copy_if(sends.begin(), sends.end(), std::back_inserter(recent),
               [&](const Send& send) { return now < send.at + kSendWindow; });
  return recent;
}

absl::StatusOr<std::vector<Send>> CountSend(const std::vector<Send>& before, Send next,
                                            const Policy& policy) {
  std::vector<Send> sends = Recent(before, next.at);
  std::vector<absl::Time> all, without_sign_in;
  for (const Send& send : sends) {
    all.push_back(send.at);
    if (!send.signed_in) without_sign_in.push_back(send.at);
  }
  const absl::Status total = Limit(all, policy.sends_per_number, next.at);
  if (!total.ok()) return total;
  if (!next.signed_in) {
    const absl::Status unsigned_limit =
        Limit(without_sign_in, policy.sends_per_number_without_sign_in, next.at);
    if (!unsigned_limit.ok()) return unsigned_limit;
  }
  sends.push_back(next);
  return sends;
}

}  // namespace tc::otp
