#include "services/otp/domain/message_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/refusal.h"

namespace tc::otp {
namespace {

struct Words {
  const char* russian;
  const char* english;
  const char* In(Locale locale) const { return locale == Locale::kEnglish ? english : russian; }
};

struct PurposeWords {
  Purpose purpose;
  Words action;
};
constexpr PurposeWords kPurposes[] = {
    {Purpose::kPhoneBinding, {"привязка телефона", "adding your phone"}},
    {Purpose::kEmailBinding, {"привязка почты", "adding your e-mail"}},
    {Purpose::kRecoveryClaim, {"восстановление доступа", "account recovery"}},
    {Purpose::kRecoveryApproval, {"подтвердить восстановление", "approve account recovery"}},
    {Purpose::kSecondFactor, {"вход в аккаунт", "sign-in"}},
};

struct TemplateWords {
  Template name;
  const char* id;
  bool sms;  // may go to a phone
  Words body;
};
// {person} and {address} become ": <mask>", or nothing.
constexpr TemplateWords kTemplates[] = {
    {Template::kInvitationReceived,
     "INVITATION_RECEIVED",
     false,
     {"Вас приглашают стать доверенным контактом{person}. Откройте личный кабинет.",
      "You are invited to be a trusted contact{person}. Open your account."}},
    {Template::kContactLinked,
     "CONTACT_LINKED",
     true,
     {"Приглашение принято, у вас есть доверенный контакт{person}.",
      "Your invitation was accepted. Your trusted contact{person}."}},
    {Template::kPrincipalLinked,
     "PRINCIPAL_LINKED",
     true,
     {"Вы стали доверенным контактом{person}.", "You are now a trusted contact{person}."}},
    {Template::kInvitationEnded,
     "INVITATION_ENDED",
     true,
     {"Приглашение доверенного контакта отклонено или истекло.",
      "Your trusted contact invitation has ended."}},
    {Template::kContactRemoved,
     "CONTACT_REMOVED",
     true,
     {"Доверенный контакт отключён{person}.", "The trusted contact was removed{person}."}},
    {Template::kContactResigned,
     "CONTACT_RESIGNED",
     true,
     {"Доверенный контакт отказался от своей роли{person}.", "The trusted contact has resigned{person}."}},
    {Template::kContactSuspended,
     "CONTACT_SUSPENDED",
     true,
     {"Доверенный контакт сейчас не может подтверждать запросы{person}.",
      "Your trusted contact cannot confirm requests now{person}."}},
    {Template::kContactReminder,
     "CONTACT_REMINDER",
     true,
     {"Проверьте, верен ли ваш доверенный контакт{person}.", "Is this still your trusted contact{person}?"}},
    {Template::kDangerReported,
     "DANGER_REPORTED",
     true,
     {"Доверенный контакт сообщил об опасности{person}. Изменения защиты приостановлены.",
      "Your trusted contact reported danger{person}. Security changes are frozen."}},
    {Template::kRecoveryStarted,
     "RECOVERY_STARTED",
     true,
     {"Начато восстановление доступа. Это не вы? Отмените его в личном кабинете.",
      "Account recovery has started. Not you? Cancel it in your account."}},
    {Template::kRecoveryAwaitingContact,
     "RECOVERY_AWAITING_CONTACT",
     true,
     {"Нужно ваше подтверждение{person}. Сначала позвоните сами. Никому не говорите код.",
      "Your confirmation is needed{person}. Call first. Never tell anyone the code."}},
    {Template::kRecoveryApproved,
     "RECOVERY_APPROVED",
     true,
     {"Восстановление доступа подтверждено. Это не вы? Отмените его.",
      "Account recovery was approved. Not you? Cancel it."}},
    {Template::kRecoveryRejected,
     "RECOVERY_REJECTED",
     true,
     {"Доверенный контакт отклонил восстановление доступа.",
      "Your trusted contact rejected the account recovery."}},
    {Template::kRecoveryEnded,
     "RECOVERY_ENDED",
     true,
     {"Восстановление доступа прекращено{person}.", "The account recovery has ended{person}."}},
    {Template::kRecoveryCompleted,
     "RECOVERY_COMPLETED",
     true,
     {"Пароль восстановлен{person}. Это не вы? Обратитесь в поддержку.",
      "The password was recovered{person}. Not you? Contact support."}},
    {Template::kPasswordChanged,
     "PASSWORD_CHANGED",
     true,
     {"Пароль изменён. Это не вы? Обратитесь в поддержку.",
      "Your password was changed. Not you? Contact support."}},
    {Template::kPhoneChanged,
     "PHONE_CHANGED",
     true,
     {"Телефон изменён{address}. Это не вы? Обратитесь в поддержку.",
      "Your phone was changed{address}. Not you? Contact support."}},
    {Template::kEmailChanged,
     "EMAIL_CHANGED",
     true,
     {"Почта изменена{address}. Это не вы? Обратитесь в поддержку.",
      "Your e-mail was changed{address}. Not you? Contact support."}},
    {Template::kAccountFrozen,
     "ACCOUNT_FROZEN",
     true,
     {"Аккаунт временно отключён.", "Your account is frozen."}},
    {Template::kAccountUnfrozen,
     "ACCOUNT_UNFROZEN",
     true,
     {"Аккаунт снова активен.", "Your account is active again."}},
    {Template::kAccountLocked,
     "ACCOUNT_LOCKED",
     true,
     {"Аккаунт заблокирован: много неверных паролей.", "Your account is locked after wrong passwords."}},
    {Template::kSignInNewDevice,
     "SIGN_IN_NEW_DEVICE",
     true,
     {"Вход с нового устройства. Это не вы? Смените пароль.",
      "Sign-in from a new device. Not you? Change your password."}},
    {Template::kSecondFactorChanged,
     "SECOND_FACTOR_CHANGED",
     true,
     {"Изменены настройки подтверждения входа. Это не вы? Обратитесь в поддержку.",
      "Your second factor was changed. Not you? Contact support."}},
};

constexpr Words kCode = {"Код ", "Code "};
constexpr Words kNeverTell = {"Никому не сообщайте код.", "Never tell anyone this code."};
constexpr Words kSpoken = {"Ваш код: ", "Your code is: "};
constexpr Words kAgain = {" Повторяю: ", " Again: "};
constexpr Words kCodeSubject = {"Код подтверждения", "Your code"};
constexpr Words kNoticeSubject = {"Уведомление о безопасности", "Security notice"};

// The code points of UTF-8; empty for text that is not.
std::vector<char32_t> Decode(absl::string_view text) {
  std::vector<char32_t> points;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80         ? 1
                          : (lead >> 5) == 6  ? 2
                          : (lead >> 4) == 14 ? 3
                          : (lead >> 3) == 30 ? 4
                                              : 0;
    if (length == 0 || i + length > text.size()) return {};
    char32_t point = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return {};
      point = (point << 6) | (next & 0x3fu);
    }
    points.push_back(point);
    i += length;
  }
  return points;
}

bool IsMaskPoint(char32_t c) {
  const bool latin = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xc0 && c <= 0x24f);
  const bool cyrillic = c >= 0x400 && c <= 0x52f;
  return latin || cyrillic || c == ' ' || c == '-' || c == '\'' || c == 0x2019 || c == '.' || c == '*';
}

// The first kLongestMask code points, the last of them an ellipsis when something was cut.
std::string Cut(absl::string_view mask) {
  size_t points = 0, keep = mask.size();
  for (size_t i = 0; i < mask.size(); ++i) {
    if ((static_cast<unsigned char>(mask[i]) & 0xc0) == 0x80) continue;
    if (++points == kLongestMask) keep = i;
  }
  return points <= kLongestMask ? std::string(mask) : absl::StrCat(mask.substr(0, keep), "…");
}

std::string Spelt(absl::string_view code) {
  std::string spelt;
  for (const char digit : code) absl::StrAppend(&spelt, spelt.empty() ? "" : ", ", std::string(1, digit));
  return spelt;
}

absl::string_view ActionOf(Purpose purpose, Locale locale) {
  for (const PurposeWords& words : kPurposes) {
    if (words.purpose == purpose) return words.action.In(locale);
  }
  return "";
}

const TemplateWords& WordsOf(Template name) {
  return *std::find_if(std::begin(kTemplates), std::end(kTemplates),
                       [&](const TemplateWords& w) { return w.name == name; });
}

}  // namespace

const std::vector<Template>& AllTemplates() {
  static const auto& all = *[] {
    auto* templates = new std::vector<Template>;
    for (const TemplateWords& words : kTemplates) templates->push_back(words.name);
    return templates;
  }();
  return all;
}

absl::string_view TemplateName(Template name) { return WordsOf(name).id; }

std::string CodeTemplateName(Purpose purpose) { return absl::StrCat("CODE_", PurposeName(purpose)); }

bool Allows(Template name, Channel channel) {
  return WordsOf(name).sms || (channel != Channel::kSms && channel != Channel::kVoice);
}

absl::StatusOr<std::string> ParseMask(absl::string_view text, absl::string_view field) {
  const std::vector<char32_t> points = Decode(text);
  const bool well_formed = points.empty() == text.empty() && points.size() <= 64;
  if (!well_formed || !std::all_of(points.begin(), points.end(), IsMaskPoint)) {
    return InvalidField(
        field, "MASK_INVALID",
        "a masked name has at most 64 letters, spaces, hyphens, apostrophes, dots and asterisks");
  }
  return std::string(text);
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

Text CodeText(Purpose purpose, Locale locale, Channel channel, absl::string_view masked_principal,
              absl::string_view code, absl::string_view host) {
  const std::string mask = Cut(masked_principal);
  const absl::string_view comma = mask.empty() ? "" : ", ";
  const absl::string_view stop = !mask.empty() && mask.back() == '.' ? " " : ". ";
  const std::string what = absl::StrCat(ActionOf(purpose, locale), comma, mask, stop);
  if (channel == Channel::kVoice) {
    const std::string spelt = Spelt(code);
    return {"", absl::StrCat(kSpoken.In(locale), spelt, ". ", what, kNeverTell.In(locale), kAgain.In(locale),
                             spelt, ".")};
  }
  Text text;
  text.body = absl::StrCat(kCode.In(locale), code, ": ", what, kNeverTell.In(locale));
  if (channel == Channel::kSms) absl::StrAppend(&text.body, "\n@", host, " #", code);
  if (channel == Channel::kEmail) text.subject = kCodeSubject.In(locale);
  return text;
}

Text NotificationText(Template name, Locale locale, Channel channel, absl::string_view masked_person,
                      absl::string_view masked_address) {
  const auto mask = [](absl::string_view text) { return text.empty() ? "" : absl::StrCat(": ", Cut(text)); };
  Text text;
  text.body = absl::StrReplaceAll(WordsOf(name).body.In(locale),
                                  {{"{person}", mask(masked_person)}, {"{address}", mask(masked_address)}});
  text.body = absl::StrReplaceAll(text.body, {{"..", "."}});
  if (channel == Channel::kEmail || channel == Channel::kPush) text.subject = kNoticeSubject.In(locale);
  return text;
}

size_t Utf16Units(absl::string_view utf8) {
  size_t units = 0;
  for (const char32_t point : Decode(utf8)) units += point > 0xffff ? 2 : 1;
  return units;
}

}  // namespace tc::otp
