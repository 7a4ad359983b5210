#include "services/otp/domain/wording_rules.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/otp/domain/code_points.h"
#include "services/otp/domain/message_text.h"
#include "services/otp/domain/placeholders.h"

namespace tc::otp {
namespace {

struct PlaceRule {
  absl::string_view name;
  int least = 0;
  int most = 1;
};

struct FieldRule {
  std::vector<PlaceRule> places;
  bool required = false;
  size_t longest = kLongestWords;  // when filled
  size_t behind = 0;               // units that the program appends
};

// By field; a field that a template does not have is not there.
using TemplateRule = std::map<absl::string_view, FieldRule>;

constexpr size_t kOriginLine = 1 + 1 + kLongestHost + 2 + kLongestCode;  // "\n@host #code"

TemplateRule CodeRule(Purpose purpose) {
  const std::vector<PlaceRule> shown = {{"code", 1}, {"person", 1}};
  TemplateRule rule;
  rule["text"] = {shown, true, kSmsUnits, kOriginLine};
  if (Allows(purpose, Channel::kVoice)) rule["voice"] = {{{"spelt", 1, 3}, {"person", 1}}, true};
  if (Allows(purpose, Channel::kEmail)) {
    rule["email"] = {shown};
    rule["subject"] = {{}, true, kLongestSubject};
  }
  return rule;
}

TemplateRule NoticeRule(Template name) {
  const std::vector<PlaceRule> masks = {{"person"}, {"address"}};
  TemplateRule rule;
  rule["text"] = {masks, true, kSmsUnits};
  if (Allows(name, Channel::kVoice)) rule["voice"] = {masks};
  rule["email"] = rule["push"] = {masks};
  rule["subject"] = {{}, true, kLongestSubject};
  if (AllowsLink(name)) rule["linked"] = {{{"link", 1}}, true, kSmsUnits};
  return rule;
}

const std::map<std::string, TemplateRule, std::less<>>& Rules() {
  static const auto& rules = *[] {
    auto* made = new std::map<std::string, TemplateRule, std::less<>>;
    for (const Purpose purpose : AllPurposes()) (*made)[CodeTemplateName(purpose)] = CodeRule(purpose);
    for (const Template name : AllTemplates()) (*made)[std::string(TemplateName(name))] = NoticeRule(name);
    return made;
  }();
  return rules;
}

// The longest values there can be: plain, since the marks in a link or a mask are no mistake of the words.
PlaceValues LongestValues() {
  const std::string mask = absl::StrCat(": ", std::string(kLongestMask, 'x'));
  return {{"code", std::string(kLongestCode, '0')},
          {"spelt", std::string(3 * kLongestCode - 2, '0')},
          {"person", mask},
          {"address", mask},
          {"link", std::string(kLongestLink, 'x')}};
}

bool IsLetterOrDigit(char32_t c) {
  return (c < 0x80 && absl::ascii_isalnum(static_cast<unsigned char>(c))) || (c >= 0xc0 && c <= 0x52f);
}

// U+2010 and above: hyphens and dashes, quotation marks, the ellipsis, №, ₽.
bool IsAllowed(char32_t c) {
  const bool ascii = c >= 0x20 && c <= 0x7e;
  const bool latin = c > 0xa0 && c != 0xad && c <= 0x24f;
  const bool cyrillic = c >= 0x400 && c <= 0x52f && !(c >= 0x483 && c <= 0x489);
  const bool dash = c == 0x2010 || c == 0x2011 || c == 0x2013 || c == 0x2014;
  const bool quote = c >= 0x2018 && c <= 0x201e;
  return ascii || latin || cyrillic || dash || quote || c == 0x2026 || c == 0x2116 || c == 0x20bd;
}

// A full stop is harmless at the end of a sentence and part of an address before a letter.
bool LooksLikeAnAddress(absl::string_view text) {
  const std::string lower = absl::AsciiStrToLower(text);
  if (lower.find_first_of("@#") != std::string::npos || absl::StrContains(lower, "http") ||
      absl::StrContains(lower, "://")) {
    return true;
  }
  const std::vector<char32_t> points = CodePoints(text).value_or(std::vector<char32_t>());
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    if (points[i] == '.' && IsLetterOrDigit(points[i + 1])) return true;
  }
  return false;
}

// Codes stand in `text` as '{', which nothing else leaves there.
bool TouchesACode(absl::string_view text) {
  const std::vector<char32_t> points = CodePoints(text).value_or(std::vector<char32_t>());
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i] != '{') continue;
    if (i > 0 && IsLetterOrDigit(points[i - 1])) return true;
    if (i + 1 < points.size() && IsLetterOrDigit(points[i + 1])) return true;
  }
  return false;
}

class TextCheck {
 public:
  TextCheck(const FieldRule& rule, absl::string_view words)
      : rule_(rule),
        words_(words),
        longest_(Fill(words, LongestValues())),
        nameless_(Fill(words, {{"code", "0"}, {"spelt", "0"}})) {}

  std::vector<WordingMistake> Run() {
    if (words_.empty() || words_ != absl::StripAsciiWhitespace(words_)) {
      Add("WORDS_MISSING", "words are needed, without a space before or behind them");
    }
    CheckCharacters();
    CheckAddresses();
    CheckPlaces();
    CheckPositions();
    CheckLength();
    return std::move(mistakes_);
  }

 private:
  void Add(absl::string_view reason, std::string description) {
    mistakes_.push_back({std::string(reason), std::move(description)});
  }

  void CheckCharacters() {
    const std::optional<std::vector<char32_t>> points = CodePoints(words_);
    if (!points.has_value()) return Add("CHARACTER_NOT_ALLOWED", "the text is not UTF-8");
    const auto bad = std::find_if_not(points->begin(), points->end(), IsAllowed);
    if (bad == points->end()) return;
    Add("CHARACTER_NOT_ALLOWED",
        absl::StrCat("U+", absl::Hex(static_cast<uint32_t>(*bad), absl::kZeroPad4), " at character ",
                     bad - points->begin() + 1,
                     ": only Latin and Cyrillic letters, digits and punctuation, in one line"));
  }

  void CheckAddresses() {
    if (!LooksLikeAnAddress(longest_) && !LooksLikeAnAddress(nameless_)) return;
    Add("ADDRESS_NOT_ALLOWED",
        "no @, no #, no http, no :// and no full stop before a letter or digit, which telephones and "
        "browsers "
        "take for an address");
  }

  void CheckPlaces() {
    std::map<std::string, int> found;
    for (const std::string& place : PlaceholdersOf(words_)) ++found[place];
    for (const PlaceRule& place : rule_.places) {
      const auto at = found.find(std::string(place.name));
      const int count = at == found.end() ? 0 : at->second;
      if (at != found.end()) found.erase(at);
      if (count < place.least) Add("PLACEHOLDER_MISSING", absl::StrCat("{", place.name, "} is missing"));
      if (count > place.most) {
        Add("PLACEHOLDER_REPEATED",
            absl::StrCat("{", place.name, "} may stand here ", place.most, " times at most"));
      }
    }
    for (const auto& [name, count] : found) {
      Add("PLACEHOLDER_UNKNOWN",
          absl::StrCat(name == "{" ? "a brace that belongs to no placeholder" : "{" + name + "}",
                       " has no place here"));
    }
  }

  // A digit beside a code would be typed with it, a mark behind a link would become part of it.
  void CheckPositions() {
    if (absl::StrContains(words_, "{link}") && !absl::EndsWith(words_, " {link}")) {
      Add("PLACEHOLDER_POSITION", "{link} stands at the end, after a space");
    }
    for (const char* mask : {": x", ""}) {
      if (!TouchesACode(Fill(words_, {{"code", "{"}, {"spelt", "{"}, {"person", mask}}))) continue;
      return Add("PLACEHOLDER_POSITION", "no letter or digit beside the code");
    }
  }

  void CheckLength() {
    const size_t units = Utf16Units(longest_) + rule_.behind;
    if (units <= rule_.longest) return;
    Add("TEXT_TOO_LONG", absl::StrCat(units, " of ", rule_.longest, " UTF-16 units with the longest values",
                                      rule_.behind > 0 ? " and the last line of the SMS" : ""));
  }

  const FieldRule& rule_;
  absl::string_view words_;
  std::string longest_, nameless_;  // the words filled
  std::vector<WordingMistake> mistakes_;
};

}  // namespace

std::vector<WordingMistake> CheckWords(absl::string_view template_name, absl::string_view field,
                                       absl::string_view words) {
  const auto rule = Rules().find(template_name);
  if (rule == Rules().end()) return {{"TEMPLATE_UNKNOWN", "there is no template of this name"}};
  const auto own = rule->second.find(field);
  if (own == rule->second.end()) {
    return {{"FIELD_UNKNOWN", "the template has no such text, or never goes this way"}};
  }
  return TextCheck(own->second, words).Run();
}

const std::vector<std::pair<std::string, absl::string_view>>& RequiredWords() {
  static const auto& required = *[] {
    auto* made = new std::vector<std::pair<std::string, absl::string_view>>;
    for (const auto& [name, rule] : Rules()) {
      for (const auto& [field, own] : rule) {
        if (own.required) made->emplace_back(name, field);
      }
    }
    return made;
  }();
  return required;
}

}  // namespace tc::otp
