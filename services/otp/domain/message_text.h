#pragma once

// What messages say, apart from the words themselves (wording.h): the templates and where each may go, and
// the values that words are filled with. No caller's text gets into a message but masked names and addresses,
// and the address at which a recovery is stopped (L12).

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
const std::vector<Purpose>& AllPurposes();
absl::string_view TemplateName(Template name);  // "RECOVERY_STARTED"
std::string CodeTemplateName(Purpose purpose);  // "CODE_RECOVERY_CLAIM"
// An invitation waits in the cabinet; no SMS and no call goes out for it (L3, SND-07).
bool Allows(Template name, Channel channel);
// Whether its text may hold a link: the templates that tell of a recovery which can still be stopped
// (NTF-02).
bool AllowsLink(Template name);

inline constexpr size_t kLongestMask = 20;  // code points of a masked name in a text; a longer one is cut
inline constexpr size_t kLongestHost = 24;  // characters of the origin's host
inline constexpr size_t kLongestCode = 10;  // digits; the most that otp.code_digits may be
inline constexpr size_t kSmsUnits = 134;    // UTF-16 units of two segments, 67 each (OTP-23)

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
  friend bool operator==(const Text&, const Text&) = default;
};

// What the words of a notification are filled with. Parsed values; each may be empty.
struct NoticeFields {
  std::string masked_person;
  std::string masked_address;
  std::string link;
};
// The mask as it stands in a text: its first kLongestMask code points, the last of them an ellipsis when
// something was cut.
std::string CutMask(absl::string_view mask);

}  // namespace tc::otp
