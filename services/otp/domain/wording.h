#pragma once

// Wording: every word that leaves in a message, in Russian and English. The program's own words are those of
// services/otp/templates/; an operator's stand in their place where he names some (docs/otp.md, "Texts").
//
// A code's SMS names the action and the masked principal, says that nobody may be told, and ends with the
// line "@host #code" by which browsers fill the code in only on that site (O6, OTP-22). That line is the
// program's: no words can change or feign it. It fits two segments of UCS-2 whatever the names (OTP-23).

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/otp/domain/address.h"
#include "services/otp/domain/message_text.h"
#include "services/otp/domain/verification.h"

namespace tc::otp {

absl::string_view LocaleName(Locale locale);  // "ru", "en"

// One text of a template in one language.
struct WordingEntry {
  Locale locale = Locale::kRussian;
  std::string template_name;  // "RECOVERY_STARTED", "CODE_RECOVERY_CLAIM"
  std::string field;          // "text", "voice", "email", "push", "subject", "linked"
  std::string words;          // with placeholders
};

// The program's own words, made of services/otp/templates/ when this is built (cmake/wording.py).
const std::vector<WordingEntry>& BuiltInWords();

// Immutable.
class Wording {
 public:
  // `built_in` with each text of `overrides` in place of its own. INVALID_ARGUMENT with every mistake of both
  // as a violation of "ru.RECOVERY_STARTED.text": what the rules of wording_rules.h refuse, an entry given
  // twice, and a text that is missing.
  static absl::StatusOr<Wording> Make(const std::vector<WordingEntry>& built_in,
                                      const std::vector<WordingEntry>& overrides);
  // The program's own words as they are. Never destroyed.
  static const Wording& BuiltIn();

  // The words of a code. `host` is the web origin's host.
  Text CodeText(Purpose purpose, Locale locale, Channel channel, absl::string_view masked_principal,
                absl::string_view code, absl::string_view host) const;
  // With a link, where the template may hold one: shorter words that name the action and end with it, and
  // nobody's name, since only the owner gets one. A voice call speaks no link.
  Text NotificationText(Template name, Locale locale, Channel channel, const NoticeFields& fields) const;

 private:
  using Key = std::tuple<Locale, std::string, std::string>;

  // Empty when the template has no such text.
  absl::string_view Find(Locale locale, absl::string_view template_name, absl::string_view field) const;
  // The text for the channel, or the common one.
  absl::string_view Body(Locale locale, absl::string_view template_name, Channel channel) const;

  std::map<Key, std::string, std::less<>> words_;
};

}  // namespace tc::otp
