#include "services/otp/outbound/webhook_values.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace tc::otp {
namespace {

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
}

std::string Digits(absl::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) digits += c;
  }
  return digits;
}

}  // namespace

const std::vector<std::string>& PlaceholderNames() {
  static const auto& names = *new std::vector<std::string>{
      "to",         "to_digits", "text",    "text_xml",         "subject",          "code",
      "spelt",      "channel",   "locale",  "language",         "template",         "delivery",
      "request_id", "created",   "expires", "validity_seconds", "validity_minutes", "receipt_url",
      "secret"};
  return names;
}

Values ValuesOf(const Message& message, const Handover& handover, absl::Duration longest) {
  const absl::Duration left = std::min(longest, message.expires - handover.now);
  const bool english = message.locale == Locale::kEnglish;
  return {
      {"to", message.to.text()},
      {"to_digits", Digits(message.to.text())},
      {"text", message.text.body},
      {"text_xml", absl::StrReplaceAll(
                       message.text.body,
                       {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&apos;"}})},
      {"subject", message.text.subject},
      {"code", message.code},
      {"spelt",
       absl::StrJoin(std::vector<absl::string_view>(absl::StrSplit(message.code, absl::ByLength(1))), " ")},
      {"channel", std::string(ChannelName(message.channel))},
      {"locale", english ? "en" : "ru"},
      {"language", english ? "en-US" : "ru-RU"},
      {"template", message.template_name},
      {"delivery", message.delivery.Name()},
      {"request_id", message.request_id},
      {"created", Rfc3339(message.created)},
      {"expires", Rfc3339(message.expires)},
      {"validity_seconds", absl::StrCat(absl::ToInt64Seconds(left))},
      {"validity_minutes", absl::StrCat(absl::ToInt64Minutes(left))},
      {"receipt_url", handover.receipt_url}};
}

}  // namespace tc::otp
