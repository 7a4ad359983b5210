#pragma once

// The text of every message: the words of one table (message_words.h), no caller's text but masked names and
// addresses, and the address at which a recovery is stopped (L12).
//
// A code's SMS names the action and the masked principal, says that nobody may be told, and ends with the
// line "@host #code" by which browsers fill the code in only on that site (O6, OTP-22). It fits two segments
// of UCS-2, 2 × 67 units, whatever the names (OTP-23).

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/link.h"
#include "services/otp/domain/address.h"
#include "services/otp/domain/verification.h"

namespace tc::otp {

// As trustedcontact.otp.v1.Template.
enum class Template {
  kInvitationReceived,
  kContactLinked,
  kPrincipalLinked,
  kInvitationEnded,
  kContactRemoved,
  kContactResigned,
  kContactSuspended,
  kContactReminder,
  kDangerReported,
  kRecoveryStarted,
  kRecoveryAwaitingContact,
  kRecoveryApproved,
  kRecoveryRejected,
  kRecoveryEnded,
  kRecoveryCompleted,
  kPasswordChanged,
  kPhoneChanged,
  kEmailChanged,
  kAccountFrozen,
  kAccountUnfrozen,
  kAccountLocked,
  kSignInNewDevice,
  kSecondFactorChanged,
  kPhoneChangeScheduled,
  kPasswordExpires,
  kAccountDeleted,
  kAccountUnlocked,
  kAccountBlocked,
  kAccountUnblocked,
  kPersonalDataChanged,
  kPasswordChangeRequired,
  kRecoveryReminder,
  kRecoveryHeld,
  kRecoveryInPerson,
  kRecoveryFraud,
  kInvitationSent,
  kContactRemovalPending,
  kContactResumed,
  kActionConfirmed,
};
const std::vector<Template>& AllTemplates();
absl::string_view TemplateName(Template name);  // "RECOVERY_STARTED"
std::string CodeTemplateName(Purpose purpose);  // "CODE_RECOVERY_CLAIM"
// An invitation waits in the cabinet; no SMS and no call goes out for it (L3, SND-07).
bool Allows(Template name, Channel channel);
// Whether its text may hold a link: the templates that tell of a recovery which can still be stopped
// (NTF-02).
bool AllowsLink(Template name);

inline constexpr size_t kLongestMask = 20;  // code points of a masked name in a text; a longer one is cut
inline constexpr size_t kLongestHost = 24;  // characters of the origin's host
inline constexpr size_t kSmsUnits = 134;    // two segments

// Masked names hold letters, spaces, hyphens, apostrophes, dots and asterisks, in UTF-8, at most 64 code
// points; INVALID_ARGUMENT with MASK_INVALID otherwise. Empty is allowed.
absl::StatusOr<std::string> ParseMask(absl::string_view text, absl::string_view field);
// "+7 9** ***-**-67", "i***@e***.ru": at most 64 of A-Z a-z 0-9 + * @ . - and space; INVALID_ARGUMENT with
// MASK_INVALID otherwise.
absl::StatusOr<std::string> ParseMaskedAddress(absl::string_view text, absl::string_view field);
// A host name as in a URL's origin: letters, digits, hyphens and dots, at most kLongestHost. INVALID_ARGUMENT
// otherwise.
absl::StatusOr<std::string> ParseOriginHost(absl::string_view host);

struct Text {
  std::string subject;  // e-mail and push only
  std::string body;
};

// The words of a code. `host` is the web origin's host.
Text CodeText(Purpose purpose, Locale locale, Channel channel, absl::string_view masked_principal,
              absl::string_view code, absl::string_view host);
// What the words of a notification are filled with. Parsed values; each may be empty.
struct NoticeFields {
  std::string masked_person;
  std::string masked_address;
  std::string link;
};
// With a link: shorter words that name the action and end with it, and nobody's name, since only the owner
// gets one. A voice call speaks no link.
Text NotificationText(Template name, Locale locale, Channel channel, const NoticeFields& fields);

// Length in UTF-16 code units, which is what an SMS segment counts.
size_t Utf16Units(absl::string_view utf8);

}  // namespace tc::otp
