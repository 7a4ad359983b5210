#pragma once

// Reason: what a program may switch on when a call is refused. The names are those of the public enum
// trustedcontact.type.v1.ErrorReason, where each is documented; a test keeps the two lists equal.
// Add a reason at the end, here and in proto/trustedcontact/type/v1/error.proto.

#include "absl/strings/string_view.h"

namespace tc {

#define TC_REASONS(X)                                           \
  /* request */                                                 \
  X(kFieldInvalid, "FIELD_INVALID")                             \
  X(kRequestIdMissing, "REQUEST_ID_MISSING")                    \
  X(kRequestIdReused, "REQUEST_ID_REUSED")                      \
  X(kPageTokenInvalid, "PAGE_TOKEN_INVALID")                    \
  X(kCursorInvalid, "CURSOR_INVALID")                           \
  X(kMessageTooLarge, "MESSAGE_TOO_LARGE")                      \
  X(kEtagMismatch, "ETAG_MISMATCH")                             \
  X(kNotFound, "NOT_FOUND")                                     \
  X(kAlreadyExists, "ALREADY_EXISTS")                           \
  X(kNotImplemented, "NOT_IMPLEMENTED")                         \
  /* who is calling */                                          \
  X(kCredentialsMissing, "CREDENTIALS_MISSING")                 \
  X(kCredentialsInvalid, "CREDENTIALS_INVALID")                 \
  X(kCredentialsExpired, "CREDENTIALS_EXPIRED")                 \
  X(kReauthenticationRequired, "REAUTHENTICATION_REQUIRED")     \
  X(kRoleNotAllowed, "ROLE_NOT_ALLOWED")                        \
  X(kPersonRequired, "PERSON_REQUIRED")                         \
  /* service */                                                 \
  X(kOverloaded, "OVERLOADED")                                  \
  X(kShuttingDown, "SHUTTING_DOWN")                             \
  X(kStoreUnavailable, "STORE_UNAVAILABLE")                     \
  X(kPeerUnavailable, "PEER_UNAVAILABLE")                       \
  X(kDeadlineExceeded, "DEADLINE_EXCEEDED")                     \
  X(kConflict, "CONFLICT")                                      \
  X(kInternal, "INTERNAL")                                      \
  X(kRateLimited, "RATE_LIMITED")                               \
  X(kStateTransitionNotAllowed, "STATE_TRANSITION_NOT_ALLOWED") \
  /* identity */                                                \
  X(kNotEligible, "NOT_ELIGIBLE")                               \
  X(kAccountBlocked, "ACCOUNT_BLOCKED")                         \
  X(kAccountFrozen, "ACCOUNT_FROZEN")                           \
  X(kAccountLocked, "ACCOUNT_LOCKED")                           \
  X(kAccountDeleted, "ACCOUNT_DELETED")                         \
  X(kPhoneBusy, "PHONE_BUSY")                                   \
  X(kPhoneQuarantined, "PHONE_QUARANTINED")                     \
  X(kPhoneChangeTooSoon, "PHONE_CHANGE_TOO_SOON")               \
  X(kPasswordPolicyViolated, "PASSWORD_POLICY_VIOLATED")        \
  X(kPasswordWrong, "PASSWORD_WRONG")                           \
  X(kProofInvalid, "PROOF_INVALID")                             \
  X(kProofUsed, "PROOF_USED")                                   \
  /* linking */                                                 \
  X(kInvitationExpired, "INVITATION_EXPIRED")                   \
  X(kInvitationClosed, "INVITATION_CLOSED")                     \
  X(kInvitationPending, "INVITATION_PENDING")                   \
  X(kContactAlreadyLinked, "CONTACT_ALREADY_LINKED")            \
  X(kPrincipalLimitReached, "PRINCIPAL_LIMIT_REACHED")          \
  X(kSamePerson, "SAME_PERSON")                                 \
  X(kSamePhone, "SAME_PHONE")                                   \
  X(kNoTrustedContact, "NO_TRUSTED_CONTACT")                    \
  X(kRecoveryOpen, "RECOVERY_OPEN")                             \
  X(kInvitationLimitReached, "INVITATION_LIMIT_REACHED")        \
  X(kNoOpenRecovery, "NO_OPEN_RECOVERY")                        \
  /* recovery */                                                \
  X(kRecoveryExpired, "RECOVERY_EXPIRED")                       \
  X(kRecoveryClosed, "RECOVERY_CLOSED")                         \
  X(kRecoveryHeld, "RECOVERY_HELD")                             \
  X(kRecoveryCompleting, "RECOVERY_COMPLETING")                 \
  X(kWarningNotAcknowledged, "WARNING_NOT_ACKNOWLEDGED")        \
  X(kWarningVersionStale, "WARNING_VERSION_STALE")              \
  X(kThinkingTimeNotOver, "THINKING_TIME_NOT_OVER")             \
  X(kMatchCodeMismatch, "MATCH_CODE_MISMATCH")                  \
  X(kGrantInvalid, "GRANT_INVALID")                             \
  X(kGrantExpired, "GRANT_EXPIRED")                             \
  X(kGrantUsed, "GRANT_USED")                                   \
  X(kGrantBurnt, "GRANT_BURNT")                                 \
  X(kChannelNotAvailable, "CHANNEL_NOT_AVAILABLE")              \
  /* otp */                                                     \
  X(kCodeMismatch, "CODE_MISMATCH")                             \
  X(kAttemptTooSoon, "ATTEMPT_TOO_SOON")                        \
  X(kAttemptsExhausted, "ATTEMPTS_EXHAUSTED")                   \
  X(kResendTooSoon, "RESEND_TOO_SOON")                          \
  X(kSendLimitReached, "SEND_LIMIT_REACHED")                    \
  X(kNumberLimitReached, "NUMBER_LIMIT_REACHED")                \
  X(kVerificationExpired, "VERIFICATION_EXPIRED")               \
  X(kVerificationClosed, "VERIFICATION_CLOSED")                 \
  X(kVerificationNotApproved, "VERIFICATION_NOT_APPROVED")      \
  /* operating */                                               \
  X(kKeysInvalid, "KEYS_INVALID")                               \
  /* guarded actions and the way in person */                   \
  X(kPurposeNotEnabled, "PURPOSE_NOT_ENABLED")                  \
  X(kConfirmationRequired, "CONFIRMATION_REQUIRED")             \
  X(kRestrictedAfterRecovery, "RESTRICTED_AFTER_RECOVERY")      \
  X(kWarningAnsweredNo, "WARNING_ANSWERED_NO")                  \
  X(kDelayNotOver, "DELAY_NOT_OVER")                            \
  /* codes: limits */                                           \
  X(kPrefixThrottled, "PREFIX_THROTTLED")                       \
  X(kClientLimitReached, "CLIENT_LIMIT_REACHED")                \
  X(kAccountLimitReached, "ACCOUNT_LIMIT_REACHED")              \
  X(kBudgetExhausted, "BUDGET_EXHAUSTED")                       \
  X(kChallengeRequired, "CHALLENGE_REQUIRED")                   \
  X(kPersonLimitReached, "PERSON_LIMIT_REACHED")                \
  X(kAddressDisabled, "ADDRESS_DISABLED")

enum class Reason {
#define TC_REASON_ENUM(id, name) id,
  TC_REASONS(TC_REASON_ENUM)
#undef TC_REASON_ENUM
};

// "INVITATION_EXPIRED": the name that leaves the process in google.rpc.ErrorInfo.reason.
absl::string_view ReasonName(Reason reason);

}  // namespace tc
