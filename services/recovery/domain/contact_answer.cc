#include "services/recovery/domain/contact_answer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/recent_sign_in.h"
#include "common/base/refusal.h"
#include "common/base/secret.h"
#include "common/base/status.h"
#include "services/recovery/domain/warning.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;

absl::Status Conflict() {
  return Refuse(kAborted, Reason::kConflict,
                "something changed between the check and the commit; send it again");
}

absl::Status CheckAnswers(const std::map<std::string, bool>& answers) {
  Refusal refusal =
      Refuse(kInvalidArgument, Reason::kFieldInvalid, "every question of the warning must be answered once");
  bool wrong = false;
  const std::vector<Question>& questions = CurrentWarning().texts.front().questions;
  for (const Question& question : questions) {
    if (answers.count(question.id) != 0) continue;
    refusal.Violation("answers", "ANSWER_MISSING",
                      absl::StrCat("question ", question.id, " is not answered"));
    wrong = true;
  }
  for (const auto& [id, yes] : answers) {
    const bool known =
        std::any_of(questions.begin(), questions.end(), [&id = id](const Question& q) { return q.id == id; });
    if (known) continue;
    refusal.Violation("answers", "QUESTION_UNKNOWN", "the warning has no such question");
    wrong = true;
  }
  return wrong ? absl::Status(refusal) : absl::OkStatus();
}

bool AllYes(const std::map<std::string, bool>& answers) {
  return std::all_of(answers.begin(), answers.end(), [](const auto& answer) { return answer.second; });
}

}  // namespace

absl::StatusOr<Recovery> Acknowledge(const Recovery& recovery, absl::string_view version,
                                     const std::map<std::string, bool>& answers, absl::Time now) {
  Recovery next = TRY(Move(recovery, Trigger::kAcknowledge, Actor::kContact, now));
  if (version != CurrentWarning().version) {
    return Refuse(kFailedPrecondition, Reason::kWarningVersionStale,
                  "the warning has been reworded; show the new one")
        .With("version", CurrentWarning().version);
  }
  TRY(CheckAnswers(answers));
  const bool as_before = HasAcknowledged(recovery) && AllYes(recovery.answers) && AllYes(answers);
  if (!as_before) next.acknowledged_at = now;
  next.warning_version = std::string(version);
  next.answers = answers;
  return next;
}

bool HasAcknowledged(const Recovery& recovery) {
  return recovery.acknowledged_at.has_value() && recovery.warning_version == CurrentWarning().version;
}

std::optional<absl::Time> CodeAllowedAt(const Recovery& recovery) {
  if (!HasAcknowledged(recovery) || !AllYes(recovery.answers)) return std::nullopt;
  return *recovery.acknowledged_at + recovery.policy.thinking_time;
}

absl::Status CheckWarning(const Recovery& recovery, absl::Time now) {
  if (!HasAcknowledged(recovery)) {
    return Refuse(kFailedPrecondition, Reason::kWarningNotAcknowledged,
                  "the warning must be acknowledged first");
  }
  const std::optional<absl::Time> allowed = CodeAllowedAt(recovery);
  if (!allowed.has_value()) {
    return Refuse(kFailedPrecondition, Reason::kWarningAnsweredNo,
                  "a question of the warning was answered with no: reject, or ask and answer again");
  }
  if (now < *allowed) {
    return Refuse(kFailedPrecondition, Reason::kThinkingTimeNotOver,
                  "take the time to think and to call the person")
        .RetryAfter(*allowed - now);
  }
  return absl::OkStatus();
}

absl::Status MayAskForCode(const Recovery& recovery, absl::Time now) {
  TRY(Move(recovery, Trigger::kSendContactCode, Actor::kContact, now));
  return CheckWarning(recovery, now);
}

absl::StatusOr<Recovery> ContactCodeSent(const Recovery& recovery, int serial, const CodeStatus& status,
                                         absl::Time now) {
  TRY(MayAskForCode(recovery, now));
  Recovery next = TRY(Move(recovery, Trigger::kSendContactCode, Actor::kContact, now));
  next.contact_code.serial = serial;
  next.contact_code.sends = recovery.contact_code.sends + 1;
  next.contact_code.status = status;
  return next;
}

absl::StatusOr<Recovery> Hold(const Recovery& recovery, HoldReason reason, Actor actor, absl::Time now) {
  Recovery next = TRY(Move(recovery, Trigger::kHold, actor, now));
  next.hold_reason = reason;
  return next;
}

absl::Status RefuseHeld(HoldReason reason) {
  Refusal refusal =
      Refuse(kFailedPrecondition, Reason::kRecoveryHeld, "the recovery is held").With("state", "HELD");
  const bool own = reason == HoldReason::kContactNotEligible || reason == HoldReason::kContactPhoneChanged ||
                   reason == HoldReason::kContactPhoneTooNew;
  if (own) refusal.With("hold_reason", HoldReasonName(reason));
  return refusal;
}

absl::StatusOr<MatchTry> TryMatchCode(const Recovery& recovery, absl::string_view typed,
                                      const std::string& request_id, absl::Time now) {
  TRY(Move(recovery, Trigger::kApprove, Actor::kContact, now));
  MatchTry result;
  result.next = recovery;
  // Without a demanded code the field must be empty or is ignored: there is nothing to guess.
  result.right = recovery.match_code.empty() || Secret(typed) == Secret(recovery.match_code);
  if (!result.right) {
    std::vector<std::string>& misses = result.next.match_misses;
    if (std::find(misses.begin(), misses.end(), request_id) == misses.end()) misses.push_back(request_id);
    result.tries_left = recovery.policy.match_tries - static_cast<int>(misses.size());
    if (result.tries_left <= 0) {
      result.next = TRY(Move(result.next, Trigger::kExhaustAttempts, Actor::kContact, now));
    }
  }
  return result;
}

absl::Status CheckEligibility(const EligibilityNow& principal, const EligibilityNow& contact,
                              absl::Time now) {
  Refusal refusal =
      Refuse(kFailedPrecondition, Reason::kNotEligible, "a requirement of the trusted contact is not met");
  if (!principal.eligible)
    refusal.Unmet("PRINCIPAL_NOT_ELIGIBLE", "principal", "the principal must go to a service centre");
  if (!contact.eligible)
    refusal.Unmet("CONTACT_NOT_ELIGIBLE", "contact", "look into your own cabinet for what is missing");
  if (!principal.eligible || !contact.eligible) return refusal;
  if (now - principal.as_of > kEvidenceMaxAge || now - contact.as_of > kEvidenceMaxAge) return Conflict();
  return absl::OkStatus();
}

absl::StatusOr<Recovery> Approve(const Recovery& recovery, const ApprovalEvidence& evidence,
                                 const std::string& grant_hash, absl::Time now) {
  Recovery next = TRY(Move(recovery, Trigger::kApprove, Actor::kContact, now));
  if (recovery.version != evidence.version) return Conflict();
  TRY(RequireRecentSignIn(evidence.session_age, recovery.policy.session_age));
  TRY(CheckWarning(recovery, now));
  if (SamePlace(recovery, evidence.place)) return Conflict();
  if (!SameGuard(recovery, evidence.guard)) return Conflict();
  if (WhyHold(recovery.purpose, evidence.account).has_value()) return Conflict();
  if (WhyHold(recovery, evidence.phone, now).has_value()) return Conflict();
  TRY(CheckEligibility(ForPurpose(recovery.purpose, evidence.principal), evidence.contact, now));
  if (!evidence.code_consumed) {
    return Refuse(kFailedPrecondition, Reason::kVerificationNotApproved, "the code has not been entered");
  }
  if (!recovery.match_code.empty() && Secret(evidence.match_code) != Secret(recovery.match_code))
    return Conflict();
  next.grant = Grant{grant_hash, 0, std::nullopt};
  next.expires_at = std::min(now + recovery.policy.grant_lifetime, recovery.deadline);
  return next;
}

absl::StatusOr<Recovery> Reject(const Recovery& recovery, RejectReason reason, absl::Time now) {
  Recovery next = TRY(Move(recovery, Trigger::kReject, Actor::kContact, now));
  next.reject_reason = reason;
  return next;
}

absl::StatusOr<Recovery> LockAnswer(const Recovery& recovery, absl::Time now) {
  return Move(recovery, Trigger::kExhaustAttempts, Actor::kContact, now);
}

}  // namespace tc::recovery
