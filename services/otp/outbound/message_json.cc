#include "services/otp/outbound/message_json.h"

#include <nlohmann/json.hpp>

namespace tc::otp {

std::string ToJson(const Message& message) {
  nlohmann::ordered_json json;
  json["delivery"] = message.delivery.Name();
  json["to"] = message.to.text();
  json["channel"] = std::string(ChannelName(message.channel));
  if (!message.text.subject.empty()) json["subject"] = message.text.subject;
  json["text"] = message.text.body;
  json["locale"] = message.locale == Locale::kEnglish ? "en" : "ru";
  json["template"] = message.template_name;
  json["created"] = absl::FormatTime(absl::RFC3339_sec, message.created, absl::UTCTimeZone());
  json["expires"] = absl::FormatTime(absl::RFC3339_sec, message.expires, absl::UTCTimeZone());
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace tc::otp
