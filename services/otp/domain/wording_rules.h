#pragma once

// What the words of a template must keep to, whoever wrote them:
// - the placeholders of their template and no others, each as often as it is needed;
// - nothing that a telephone or a browser reads as an address or as the last line of a code's SMS: no @, #,
//   "http" or "://", no full stop with a letter or digit behind it (OTP-22, OTP-23);
// - Latin and Cyrillic letters, digits and punctuation only, in one line: no control, bidirectional or
//   invisible character, in well-formed UTF-8 (SND-19);
// - no more than fits when every name, code, host and link is as long as can be (OTP-23).

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace tc::otp {

inline constexpr size_t kLongestSubject = 78;  // UTF-16 units: a line of RFC 5322
inline constexpr size_t kLongestWords = 1000;  // UTF-16 units of what goes by no SMS

struct WordingMistake {
  std::string reason;       // "PLACEHOLDER_MISSING"
  std::string description;  // a sentence that tells a person what to mend
};

// Every mistake of one text. TEMPLATE_UNKNOWN, FIELD_UNKNOWN (also when the template never goes that way),
// WORDS_MISSING, CHARACTER_NOT_ALLOWED, ADDRESS_NOT_ALLOWED, PLACEHOLDER_UNKNOWN, PLACEHOLDER_MISSING,
// PLACEHOLDER_REPEATED, PLACEHOLDER_POSITION, TEXT_TOO_LONG.
std::vector<WordingMistake> CheckWords(absl::string_view template_name, absl::string_view field,
                                       absl::string_view words);

// The texts without which a language is not complete: template name and field.
const std::vector<std::pair<std::string, absl::string_view>>& RequiredWords();

}  // namespace tc::otp
