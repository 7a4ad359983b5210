#include "services/recovery/domain/examination.h"

#include <algorithm>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/recovery/domain/contact_answer.h"

namespace tc::recovery {

using enum absl::StatusCode;

absl::StatusOr<Recovery> HoldForExamination(const Recovery& recovery, const std::string& comment,
                                            absl::Time now) {
  Recovery next = TRY(Hold(recovery, HoldReason::kOperator, Actor::kOperator, now));
  next.operator_comment = comment;
  return next;
}

absl::StatusOr<Recovery> Release(const Recovery& recovery, const std::string& comment,
                                 const std::string& match_code, absl::Time now) {
  Recovery next = TRY(Move(recovery, Trigger::kRelease, Actor::kOperator, now));
  if (!recovery.contact.has_value()) {
    return Refuse(kFailedPrecondition, Reason::kNoTrustedContact,
                  "nobody is there to answer; the way in person remains");
  }
  const absl::Time end = std::min(recovery.expires_at, recovery.proved_at + recovery.policy.lifetime);
  if (now >= end) {
    return Refuse(kFailedPrecondition, Reason::kRecoveryExpired,
                  "the contact's time is over; the way in person remains")
        .With("state", StateName(recovery.state));
  }
  next.expires_at = end;
  next.deadline = end;
  next.hold_reason = HoldReason::kNone;
  next.asked_at = now;
  next.operator_comment = comment;
  if (next.policy.match_code && next.match_code.empty()) next.match_code = match_code;
  return next;
}

}  // namespace tc::recovery
