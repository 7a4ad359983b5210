#include "services/otp/domain/message_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/base/refusal.h"
#include "services/otp/domain/message_words.h"

namespace tc::otp {
namespace {

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

}  // namespace

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

bool AllowsLink(Template name) { return WordsOf(name).linked.russian != nullptr; }

Text NotificationText(Template name, Locale locale, Channel channel, const NoticeFields& fields) {
  const auto mask = [](absl::string_view text) { return text.empty() ? "" : absl::StrCat(": ", Cut(text)); };
  const TemplateWords& words = WordsOf(name);
  Text text;
  if (channel == Channel::kEmail || channel == Channel::kPush) text.subject = kNoticeSubject.In(locale);
  if (!fields.link.empty() && AllowsLink(name) && channel != Channel::kVoice) {
    text.body = absl::StrCat(words.linked.In(locale), kNotYou.In(locale), fields.link);
    return text;
  }
  text.body = absl::StrReplaceAll(words.body.In(locale), {{"{person}", mask(fields.masked_person)},
                                                          {"{address}", mask(fields.masked_address)}});
  text.body = absl::StrReplaceAll(text.body, {{"..", "."}});
  return text;
}

size_t Utf16Units(absl::string_view utf8) {
  size_t units = 0;
  for (const char32_t point : Decode(utf8)) units += point > 0xffff ? 2 : 1;
  return units;
}

}  // namespace tc::otp
