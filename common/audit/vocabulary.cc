#include "common/audit/vocabulary.h"

#include <string_view>
#include <unordered_map>

namespace tc::audit {

const std::vector<Term>& Vocabulary() {
  static const auto& vocabulary = *new std::vector<Term>{
      // Of the server itself.
      {"ServiceStarted", "all", "sys_startup",
       "the service began to serve: `version`, `profile`, `policy`, `overrides` (SHA-256), `keys`, the "
       "newest of "
       "each"},
      {"ServiceStopped", "all", "sys_shutdown", "it was told to stop"},
      {"TrustTaken", "all", "crypt_trust_change",
       "certificates, authorities, lists of revoked ones, issuers' keys or the key of proofs are about to be "
       "in "
       "force: `what`, with fingerprints, serials, kids"},
      {"CallRefused", "all", "authz_fail",
       "calls were refused, at the door, by a limit, or as sign-ins: `method`, `count`; `result` says why"},
      {"KeyReloadOrdered", "all", "crypt_key_change_ordered",
       "an operator asked for it; `KeysReloaded` or `KeyReloadFailed` follows, unless the service has died"},
      {"KeysReloaded", "all", "crypt_key_change", "the key files were read anew: `keys`, the newest of each"},
      {"KeyReloadFailed", "all", "crypt_key_change_fail", "something could not be read: `result` says why"},
      {"BackupOrdered", "all", "sys_backup_ordered",
       "an operator asked for it; `BackupCreated` or `BackupFailed` follows, unless the service has died: a "
       "copy may be there then, too"},
      {"BackupCreated", "all", "sys_backup", "a copy of the store was made"},
      {"BackupFailed", "all", "sys_backup_fail",
       "a copy could not be made, or one that is too old not removed: `result` says why"},
      {"OutboxEntryRetried", "all", "sys_retry",
       "an operator had an effect tried again that had been given up"},
      {"AuditLogRead", "all", "sensitive_read",
       "entries of this log were read: `first`, `entries`, `opened`"},
      {"AuditPersonForgotten", "all", "sensitive_delete",
       "the key of a person's parts in this log was destroyed"},
      // identity
      {"AccountCreated", "identity", "user_created", "registered"},
      {"AccountConfirmed", "identity", "user_updated", "confirmed by a document"},
      {"AccountUpdated", "identity", "user_updated", "registration data was corrected"},
      {"AccountDeleted", "identity", "sensitive_delete", "erased"},
      {"AccountBlocked", "identity", "user_disabled", "blocked by an operator"},
      {"AccountUnblocked", "identity", "user_enabled", "opened by an operator"},
      {"AccountFrozen", "identity", "user_disabled", "frozen"},
      {"AccountUnfrozen", "identity", "user_enabled", "not frozen any more"},
      {"AccountLocked", "identity", "authn_login_lock", "locked by wrong sign-ins"},
      {"AccountUnlocked", "identity", "authn_login_unlock", "not locked any more"},
      {"PhoneBindingStarted", "identity", "user_update_started", "a code went to a new number"},
      {"PhoneBound", "identity", "user_updated", "a number became the account's"},
      {"PhoneReleased", "identity", "user_updated", "a number is the account's no more"},
      {"PhoneChangePermitted", "identity", "privilege_permissions_changed",
       "a recovery permits another main number"},
      {"PhoneImportScheduled", "identity", "user_update_started", "the post has imported a number"},
      {"PhoneImportRefused", "identity", "sequence_fail", "it never becomes the account's", "REFUSED"},
      {"EmailBindingStarted", "identity", "user_update_started", "a code went to a new address"},
      {"EmailBound", "identity", "user_updated", "an address became the account's"},
      {"EmailReleased", "identity", "user_updated", "an address is the account's no more"},
      {"PasswordSet", "identity", "authn_password_change", "the password was changed"},
      {"PasswordReset", "identity", "authn_password_change", "a recovery set the password"},
      {"PasswordChangeRequired", "identity", "authn_password_change_required", "it must be changed"},
      {"SignedIn", "identity", "authn_login_success", "a sign-in is complete"},
      {"SignInRefused", "identity", "authn_login_fail",
       "a wrong password, or code of a second factor, was counted: `factor`; `at`, where it was no sign-in",
       "REFUSED"},
      {"SecondFactorEnrolled", "identity", "user_update_started", "a key was made; it is not asked for yet"},
      {"SecondFactorChanged", "identity", "user_updated", "another second factor is asked for"},
      {"SettingsChanged", "identity", "user_updated", "settings of security or notices were changed"},
      // linking
      {"InvitationCreated", "linking", "link_invite", "somebody is asked to be a trusted contact"},
      {"InvitationAccepted", "linking", "link_accept", "he accepted"},
      {"InvitationDeclined", "linking", "link_decline", "he declined"},
      {"InvitationCancelled", "linking", "link_cancel", "taken back"},
      {"InvitationExpired", "linking", "link_expire", "not answered in time"},
      {"LinkCreated", "linking", "privilege_permissions_changed", "somebody guards an account now"},
      {"LinkSuspended", "linking", "privilege_permissions_changed", "he cannot confirm for the time being"},
      {"LinkResumed", "linking", "privilege_permissions_changed", "he can again"},
      {"LinkRemovalPending", "linking", "privilege_permissions_changed", "the link will be removed"},
      {"LinkRemoved", "linking", "privilege_permissions_changed", "removed by the principal"},
      {"LinkResigned", "linking", "privilege_permissions_changed", "the contact has resigned"},
      {"DangerReported", "linking", "user_disabled", "the contact reported a danger: the account is frozen"},
      {"GuardHeld", "linking", "privilege_permissions_changed",
       "until `until` at most a recovery keeps a link as it is, or anybody from beginning to guard"},
      {"GuardReleased", "linking", "privilege_permissions_changed",
       "that recovery has ended, and its hold with it"},
      {"SenderBlocked", "linking", "privilege_permissions_changed",
       "the contact never wants to be asked by this principal again"},
      {"SenderUnblocked", "linking", "privilege_permissions_changed", "the principal may ask him again"},
      // recovery
      {"RecoveryStarted", "recovery", "authn_recovery_start",
       "somebody began one; names nobody, for his account may not exist"},
      {"RecoveryAwaitingContact", "recovery", "authn_recovery_step", "the contact is asked"},
      {"WarningAcknowledged", "recovery", "authn_recovery_step",
       "the contact answered the warning's questions: `answers`, YES when all of them"},
      {"MatchCodeTried", "recovery", "authn_code_attempt",
       "the contact typed a wrong match code, which was charged", "REFUSED"},
      {"RecoveryHeld", "recovery", "authn_recovery_hold",
       "stopped for an examination, or an operator's release of it stopped again"},
      {"DocumentTried", "recovery", "authn_document_attempt",
       "an officer's look at documents was charged, before anybody knew whether they fit: `officer`, "
       "`visit`; a "
       "step of a recovery follows those that do"},
      {"RecoveryInPerson", "recovery", "authn_recovery_step", "documents were shown to an officer"},
      {"RecoveryApproved", "recovery", "authn_recovery_step", "a grant was given"},
      {"RecoveryRejected", "recovery", "authn_recovery_fail", "the contact said no", "REFUSED"},
      {"RecoveryCompleted", "recovery", "authn_recovery_success",
       "the password was set, or the action is done"},
      {"RecoveryEnded", "recovery", "authn_recovery_end", "every end after the contact may have been asked"},
      // otp
      {"VerificationCreated", "otp", "otp_created", "a code was sent"},
      {"VerificationResent", "otp", "otp_created", "a further code was sent"},
      {"CodeTried", "otp", "authn_code_attempt",
       "an attempt was charged, before anybody knew whether it is right; `VerificationApproved` follows the "
       "right one"},
      {"VerificationApproved", "otp", "authn_code_success", "the code was right"},
      {"VerificationConsumed", "otp", "otp_used", "its proof was used"},
      {"VerificationCancelled", "otp", "otp_cancelled", "taken back"},
      {"VerificationExpired", "otp", "otp_expired", "not entered in time"},
      {"VerificationLocked", "otp", "authn_code_lock", "too many wrong codes"},
      {"VerificationReplayed", "otp", "malicious_replay", "the right code came again after its use",
       "REFUSED"},
      {"PrefixBlocked", "otp", "excess_rate_limit_exceeded", "hardly any codes to these numbers are entered"},
      {"ConversionLow", "otp", "excess_rate_limit_exceeded", "few codes of a provider are entered"},
      {"BudgetLow", "otp", "excess_rate_limit_exceeded", "four fifths of a day's budget are spent"},
      {"DeliveryDelivered", "otp", "message_delivered", "a message arrived"},
      {"DeliveryRejected", "otp", "message_failed", "a provider refused it", "FAILED"},
      {"DeliveryFailed", "otp", "message_failed", "it did not arrive", "FAILED"},
      {"DeliveryExpired", "otp", "message_failed", "it was too late", "FAILED"},
      {"DeliveryUnknown", "otp", "message_failed", "nobody knows", "UNKNOWN"},
      {"DeliveryMovedOn", "otp", "message_failed", "another provider is asked"},
  };
  return vocabulary;
}

const Term* FindTerm(absl::string_view type) {
  static const auto& terms = *[] {
    auto* made = new std::unordered_map<std::string_view, const Term*>;
    for (const Term& term : Vocabulary())
      made->emplace(std::string_view(term.type.data(), term.type.size()), &term);
    return made;
  }();
  const auto it = terms.find(std::string_view(type.data(), type.size()));
  return it == terms.end() ? nullptr : it->second;
}

}  // namespace tc::audit
