// Codes (O1–O5, R5), told once more.

#include <algorithm>

#include "tests/trust/model.h"

namespace tc::trust {
namespace {

// The nth of these delays, from 1; the last one goes on.
template <typename Delays>
absl::Duration Nth(const Delays& delays, int n) {
  if (n <= 0) return absl::ZeroDuration();
  return delays[std::min(static_cast<size_t>(n), delays.size()) - 1];
}

}  // namespace

int Model::TriesLeft(const ModelCode& code) const {
  return std::min(policies_.otp.attempts_per_code - code.tries,
                  policies_.otp.attempts_per_request - code.tries_of_all);
}

Model::Try Model::Enter(ModelCode& code, const std::string& typed, bool right) {
  if (code.tried.count(typed) != 0) return Try::kWrong;  // the same guess is not charged again
  if (code.cancelled) return Try::kOver;
  if (TriesLeft(code) <= 0) return Try::kUsedUp;
  if (now_ >= code.sent_at + policies_.otp.code_lifetime) return Try::kOver;
  if (now_ < code.last_try + Nth(policies_.otp.attempt_delays, code.tries_of_all)) return Try::kTooSoon;
  ++code.tries;
  ++code.tries_of_all;
  code.last_try = now_;
  if (right) return Try::kRight;
  code.tried.insert(typed);
  return TriesLeft(code) <= 0 ? Try::kLast : Try::kWrong;
}

Model::Sending Model::NextCode(ModelCode& code) {
  const bool too_soon =
      code.verification > 0 && now_ < code.sent_at + Nth(policies_.otp.resend_delays, code.number);
  const bool over = code.cancelled || now_ >= code.sent_at + policies_.otp.code_lifetime;
  if (code.verification > 0 && !code.cancelled && TriesLeft(code) <= 0) return Sending::kUsedUp;
  if (code.verification == 0 || over) {
    if (code.verification >= policies_.recovery.codes) return Sending::kNotNow;
    if (code.tries_of_all >= policies_.otp.attempts_per_request) return Sending::kUsedUp;
    if (too_soon) return Sending::kNotNow;
    ++code.verification;
    code.number = 0;
    code.cancelled = false;
    code.cancel_wanted = absl::InfiniteFuture();
  } else if (code.number >= policies_.otp.sends_per_verification || too_soon) {
    return Sending::kNotNow;
  }
  ++code.number;
  code.tries = 0;
  code.tried.clear();
  code.sent_at = now_;
  return Sending::kSent;
}

Verdict Model::Refused(int number, Try entered) {
  using enum absl::StatusCode;
  switch (entered) {
    case Try::kRight:
      break;
    case Try::kWrong:
      return Verdict().Object(kInvalidArgument);
    case Try::kTooSoon:
      return Verdict().Object(kResourceExhausted);
    case Try::kOver:
      return Verdict().Object(kFailedPrecondition);
    case Try::kLast:
    case Try::kUsedUp:
      End(number, trustedcontact::recovery::v1::RECOVERY_STATE_LOCKED, now_, true);
      return Verdict().Object(kFailedPrecondition);
  }
  return Verdict();
}

}  // namespace tc::trust
