#pragma once

// Every word that leaves in a message, in Russian and English.

#include "absl/strings/string_view.h"
#include "services/otp/domain/message_text.h"
#include "services/otp/domain/verification.h"

namespace tc::otp {

struct Words {
  const char* russian = nullptr;
  const char* english = nullptr;
  const char* In(Locale locale) const { return locale == Locale::kEnglish ? english : russian; }
};

struct TemplateWords {
  Template name;
  const char* id;     // "RECOVERY_STARTED"
  bool sms;           // may go to a phone
  Words body;         // {person} and {address} become ": <mask>", or nothing
  Words linked = {};  // what stands before a link; none where the text may hold none
};
const TemplateWords& WordsOf(Template name);

// What a code is for, as its message says it: "account recovery".
absl::string_view ActionOf(Purpose purpose, Locale locale);

inline constexpr Words kCode = {"Код ", "Code "};
inline constexpr Words kNeverTell = {"Никому не сообщайте код.", "Never tell anyone this code."};
inline constexpr Words kSpoken = {"Ваш код: ", "Your code is: "};
inline constexpr Words kAgain = {" Повторяю: ", " Again: "};
inline constexpr Words kCodeSubject = {"Код подтверждения", "Your code"};
inline constexpr Words kNotYou = {" Не вы? ", " Not you? "};
inline constexpr Words kNoticeSubject = {"Уведомление о безопасности", "Security notice"};

}  // namespace tc::otp
