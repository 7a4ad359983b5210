#pragma once

// The part of the target `template` that is about words: what wording.h promises of those that the rules let
// pass.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/otp/domain/code_points.h"
#include "services/otp/domain/message_text.h"
#include "services/otp/domain/placeholders.h"
#include "services/otp/domain/wording.h"
#include "services/otp/domain/wording_rules.h"
#include "tests/fuzz/fuzz.h"

namespace tc::fuzz {

using namespace tc::otp;  // NOLINT: nothing else is looked at by this target

inline constexpr char kHost[] = "esia.gosuslugi.example";
inline constexpr char kLink[] = "https://gosuslugi.example/stop/abcdefghijklmnop";
inline const std::vector<std::string> kFields = {"text", "voice", "email", "push", "subject", "linked"};
inline constexpr Channel kChannels[] = {Channel::kSms, Channel::kVoice, Channel::kEmail, Channel::kPush};

inline const std::vector<std::string>& Templates() {
  static const auto& names = *[] {
    auto* all = new std::vector<std::string>;
    for (const Purpose purpose : AllPurposes()) all->push_back(CodeTemplateName(purpose));
    for (const Template name : AllTemplates()) all->emplace_back(TemplateName(name));
    return all;
  }();
  return names;
}

inline std::string LastLine(const std::string& text) { return text.substr(text.rfind('\n') + 1); }
inline size_t Count(absl::string_view text, absl::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

inline void CheckCodeTexts(const Wording& wording, Locale locale, absl::string_view mask) {
  const std::string code(kLongestCode, '7');
  for (const Purpose purpose : AllPurposes()) {
    const std::string sms = wording.CodeText(purpose, locale, Channel::kSms, mask, code, kHost).body;
    Require(Utf16Units(sms) <= kSmsUnits, "the SMS of a code fits two segments");
    Require(LastLine(sms) == absl::StrCat("@", kHost, " #", code), "it ends with the line of its origin");
    Require(Count(sms, "\n") == 1 && Count(sms, "@") == 1 && Count(sms, "#") == 1,
            "and has no other such line");
    Require(Count(sms, code) >= 2, "it says its code, besides");
  }
}

inline void CheckNotices(const Wording& wording, Locale locale, absl::string_view template_name,
                         const NoticeFields& fields) {
  for (const Template name : AllTemplates()) {
    if (TemplateName(name) != template_name) continue;
    for (const Channel channel : kChannels) {
      if (!Allows(name, channel)) continue;
      const otp::Text text = wording.NotificationText(name, locale, channel, fields);
      const bool linked = AllowsLink(name) && channel != Channel::kVoice && !fields.link.empty();
      Require(!text.body.empty(), "a notice says something");
      Require(channel != Channel::kSms || Utf16Units(text.body) <= kSmsUnits,
              "a notice's SMS fits two segments");
      Require(linked == absl::StrContains(text.body, kLink), "a link is where one may be, and nowhere else");
      Require(!linked || absl::EndsWith(text.body, absl::StrCat(" ", kLink)), "a link ends its words");
      Require(Utf16Units(text.subject) <= kLongestSubject, "a subject is one line");
    }
  }
}

// The words of a code's SMS or a notice's, filled as Wording fills them.
inline void CheckFilled(const WordingEntry& entry, absl::string_view mask) {
  if (entry.field != "text" && entry.field != "linked") return;
  const std::string named = mask.empty() ? "" : absl::StrCat(": ", CutMask(mask));
  const std::string code(kLongestCode, '7');
  const std::string filled =
      Fill(entry.words, {{"code", code}, {"person", named}, {"address", named}, {"link", kLink}});
  const bool of_code = absl::StartsWith(entry.template_name, "CODE_");
  const size_t origin = of_code ? kLongestHost + kLongestCode + 4 : 0;
  Require(Utf16Units(filled) + origin <= kSmsUnits, "words fit two segments");
  Require(filled.find_first_of("\n@#") == std::string::npos, "and feign no origin");
  Require(absl::StrContains(filled, of_code ? code : ""), "a code is said");
}

// Which words, then the words themselves: those that the rules let pass are put in place of the program's
// own. Now and then only, since Make looks through all words again, which takes a thousand times as long.
inline void CheckWordsOf(Input input) {
  WordingEntry entry;
  entry.locale = input.Flag() ? Locale::kEnglish : Locale::kRussian;
  entry.template_name = input.Of(Templates());
  entry.field = input.Of(kFields);
  entry.words = std::string(input.Rest());
  const std::vector<WordingMistake> mistakes = CheckWords(entry.template_name, entry.field, entry.words);
  for (const WordingMistake& mistake : mistakes) {
    Require(!mistake.reason.empty() && !mistake.description.empty(), "a mistake is explained");
  }
  if (!mistakes.empty()) return;
  constexpr absl::string_view kMasks[] = {"", "Иван П.", "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww W"};
  for (const absl::string_view mask : kMasks) CheckFilled(entry, mask);
  if (entry.words.size() % 16 != 0) return;
  const auto wording = Wording::Make(BuiltInWords(), {entry});
  Require(wording.ok(), "words without mistakes are taken");
  for (const absl::string_view mask : kMasks) {
    CheckCodeTexts(*wording, entry.locale, mask);
    CheckNotices(*wording, entry.locale, entry.template_name, {std::string(mask), "+7 9** ***-**-33", ""});
  }
  CheckNotices(*wording, entry.locale, entry.template_name, {"Иван П.", "+7 9** ***-**-33", kLink});
}

}  // namespace tc::fuzz
