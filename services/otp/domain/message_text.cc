#include "services/otp/domain/message_text.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "services/otp/domain/code_points.h"

namespace tc::otp {
namespace {

struct TemplateRow {
  Template name;
  const char* id;
  bool phone = true;  // may go to a phone, as an SMS or a call
  bool link = false;  // may hold a link
};
// In the order of the contract's numbers.
constexpr TemplateRow kTemplates[] = {
    {Template::kInvitationReceived, "INVITATION_RECEIVED", false},
    {Template::kContactLinked, "CONTACT_LINKED"},
    {Template::kPrincipalLinked, "PRINCIPAL_LINKED"},
    {Template::kInvitationEnded, "INVITATION_ENDED"},
    {Template::kContactRemoved, "CONTACT_REMOVED"},
    {Template::kContactResigned, "CONTACT_RESIGNED"},
    {Template::kContactSuspended, "CONTACT_SUSPENDED"},
    {Template::kContactReminder, "CONTACT_REMINDER"},
    {Template::kDangerReported, "DANGER_REPORTED"},
    {Template::kRecoveryStarted, "RECOVERY_STARTED", true, true},
    {Template::kRecoveryAwaitingContact, "RECOVERY_AWAITING_CONTACT"},
    {Template::kRecoveryApproved, "RECOVERY_APPROVED", true, true},
    {Template::kRecoveryRejected, "RECOVERY_REJECTED"},
    {Template::kRecoveryEnded, "RECOVERY_ENDED"},
    {Template::kRecoveryCompleted, "RECOVERY_COMPLETED"},
    {Template::kPasswordChanged, "PASSWORD_CHANGED"},
    {Template::kPhoneChanged, "PHONE_CHANGED"},
    {Template::kEmailChanged, "EMAIL_CHANGED"},
    {Template::kAccountFrozen, "ACCOUNT_FROZEN"},
    {Template::kAccountUnfrozen, "ACCOUNT_UNFROZEN"},
    {Template::kAccountLocked, "ACCOUNT_LOCKED"},
    {Template::kSignInNewDevice, "SIGN_IN_NEW_DEVICE"},
    {Template::kSecondFactorChanged, "SECOND_FACTOR_CHANGED"},
    {Template::kPhoneChangeScheduled, "PHONE_CHANGE_SCHEDULED"},
    {Template::kPasswordExpires, "PASSWORD_EXPIRES"},
    {Template::kAccountDeleted, "ACCOUNT_DELETED"},
    {Template::kAccountUnlocked, "ACCOUNT_UNLOCKED"},
    {Template::kAccountBlocked, "ACCOUNT_BLOCKED"},
    {Template::kAccountUnblocked, "ACCOUNT_UNBLOCKED"},
    {Template::kPersonalDataChanged, "PERSONAL_DATA_CHANGED"},
    {Template::kPasswordChangeRequired, "PASSWORD_CHANGE_REQUIRED"},
    {Template::kRecoveryReminder, "RECOVERY_REMINDER"},
    {Template::kRecoveryHeld, "RECOVERY_HELD", true, true},
    {Template::kRecoveryInPerson, "RECOVERY_IN_PERSON", true, true},
    {Template::kRecoveryFraud, "RECOVERY_FRAUD"},
    {Template::kInvitationSent, "INVITATION_SENT"},
    {Template::kContactRemovalPending, "CONTACT_REMOVAL_PENDING"},
    {Template::kContactResumed, "CONTACT_RESUMED"},
    {Template::kActionConfirmed, "ACTION_CONFIRMED"},
};

const TemplateRow& RowOf(Template name) {
  return *std::find_if(std::begin(kTemplates), std::end(kTemplates),
                       [&](const TemplateRow& row) { return row.name == name; });
}

bool IsMaskPoint(char32_t c) {
  const bool latin = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xc0 && c <= 0x24f);
  const bool cyrillic = c >= 0x400 && c <= 0x52f;
  return latin || cyrillic || c == ' ' || c == '-' || c == '\'' || c == 0x2019 || c == '.' || c == '*';
}

}  // namespace

const std::vector<Template>& AllTemplates() {
  static const auto& all = *[] {
    auto* templates = new std::vector<Template>;
    for (const TemplateRow& row : kTemplates) templates->push_back(row.name);
    return templates;
  }();
  return all;
}

const std::vector<Purpose>& AllPurposes() {
  static const auto& all =
      *new std::vector<Purpose>{Purpose::kPhoneBinding, Purpose::kEmailBinding, Purpose::kRecoveryClaim,
                                Purpose::kRecoveryApproval, Purpose::kSecondFactor};
  return all;
}

absl::string_view TemplateName(Template name) { return RowOf(name).id; }

std::string CodeTemplateName(Purpose purpose) { return absl::StrCat("CODE_", PurposeName(purpose)); }

bool Allows(Template name, Channel channel) {
  return RowOf(name).phone || (channel != Channel::kSms && channel != Channel::kVoice);
}

bool AllowsLink(Template name) { return RowOf(name).link; }

absl::StatusOr<std::string> ParseMask(absl::string_view text, absl::string_view field) {
  const std::optional<std::vector<char32_t>> points = CodePoints(text);
  if (!points.has_value() || points->size() > 64 ||
      !std::all_of(points->begin(), points->end(), IsMaskPoint)) {
    return InvalidField(
        field, "MASK_INVALID",
        "a masked name has at most 64 letters, spaces, hyphens, apostrophes, dots and asterisks");
  }
  return std::string(text);
}

std::string CutMask(absl::string_view mask) {
  size_t points = 0, keep = mask.size();
  for (size_t i = 0; i < mask.size(); ++i) {
    if ((static_cast<unsigned char>(mask[i]) & 0xc0) == 0x80) continue;
    if (++points == kLongestMask) keep = i;
  }
  return points <= kLongestMask ? std::string(mask) : absl::StrCat(mask.substr(0, keep), "…");
}

absl::StatusOr<std::string> ParseMaskedAddress(absl::string_view text, absl::string_view field) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::string_view("+*@.- ").find(c) != absl::string_view::npos;
  });
  if (!plain || text.size() > 64) {
    return InvalidField(field, "MASK_INVALID",
                        "a masked address has at most 64 of A-Z a-z 0-9 + * @ . - and space");
  }
  return std::string(text);
}

absl::StatusOr<std::string> ParseOriginHost(absl::string_view host) {
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-';
  });
  if (!plain || host.empty() || host.size() > kLongestHost || host.front() == '.' || host.back() == '.') {
    return InvalidField(
        "origin-host", "HOST_INVALID",
        absl::StrCat("an origin's host has 1 to ", kLongestHost, " letters, digits, hyphens and dots"));
  }
  return std::string(host);
}

}  // namespace tc::otp
