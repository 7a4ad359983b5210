#include "services/recovery/domain/start_limits.h"

#include <algorithm>

#include "common/base/refusal.h"

namespace tc::recovery {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

void Forget(std::vector<absl::Time>& times, absl::Time now) {
  times.erase(std::remove_if(times.begin(), times.end(), [&](absl::Time t) { return now - t >= kDay; }),
              times.end());
}

bool IsEnabled(const Policy& policy, Purpose purpose) {
  switch (purpose) {
    case Purpose::kPassword:
      return true;
    case Purpose::kPhoneChange:
      return policy.purpose_phone_change;
    case Purpose::kContactRemoval:
      return policy.purpose_contact_removal;
    case Purpose::kUnfreeze:
      return policy.purpose_unfreeze;
  }
  return false;
}

}  // namespace

absl::Status CheckPurpose(const Policy& policy, Purpose purpose) {
  if (IsEnabled(policy, purpose)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kPurposeNotEnabled,
                "this action is not guarded here")
      .With("purpose", PurposeName(purpose));
}

bool MayStart(const StartLedger& ledger, const Policy& policy, absl::Time now) {
  if (ledger.open.has_value() || now < ledger.closed_until) return false;
  const auto recent = std::count_if(ledger.starts.begin(), ledger.starts.end(),
                                    [&](absl::Time start) { return now - start < kDay; });
  return recent < policy.starts_per_day;
}

StartLedger AfterStart(const StartLedger& ledger, const PublicId& id, absl::Time now) {
  StartLedger next = ledger;
  Forget(next.starts, now);
  Forget(next.failures, now);
  next.open = id;
  next.starts.push_back(now);
  return next;
}

StartLedger AfterWithdrawal(const StartLedger& ledger, const Recovery& withdrawn) {
  StartLedger next = ledger;
  if (next.open == withdrawn.id) next.open = PublicId();
  const auto start = std::find(next.starts.begin(), next.starts.end(), withdrawn.created_at);
  if (start != next.starts.end()) next.starts.erase(start);
  return next;
}

bool IsFailure(const Recovery& ended) {
  switch (ended.state) {
    case State::kRejected:
    case State::kLocked:
      return true;
    case State::kExpired:
      return ended.ended_from == State::kAwaitingContact || ended.ended_from == State::kContactCodeSent;
    default:
      return false;
  }
}

StartLedger AfterEnd(const StartLedger& ledger, const Recovery& ended) {
  StartLedger next = ledger;
  const absl::Time at = ended.ended_at.value_or(ended.expires_at);
  if (next.open == ended.id) next.open = PublicId();
  Forget(next.failures, at);
  if (ended.state == State::kCompleted) next.failures.clear();
  const std::vector<absl::Duration>& cool_downs = ended.policy.cool_downs;
  if (IsFailure(ended) && !cool_downs.empty()) {
    const size_t nth = std::min(next.failures.size(), cool_downs.size() - 1);
    next.closed_until = std::max(next.closed_until, at + cool_downs[nth]);
    next.failures.push_back(at);
  }
  if (ended.state == State::kRejected && ended.reject_reason == RejectReason::kFraud) {
    next.closed_until = std::max(next.closed_until, at + ended.policy.fraud_freeze);
  }
  return next;
}

}  // namespace tc::recovery
