#pragma once

// What the placeholders of a webhook's request stand for.

#include <string>
#include <vector>

#include "services/otp/outbound/pattern.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

// to, to_digits, text, text_xml, subject, code, spelt, channel, locale, language, template, delivery,
// request_id, created, expires, validity_seconds, validity_minutes, receipt_url, secret. Besides these, a
// provider has its settings and its sender.
const std::vector<std::string>& PlaceholderNames();

// All but the secret. `spelt`: the code's digits with blanks between; `text_xml`: the text with what XML
// reserves written as entities; `language`: "ru-RU". The validity is what the message has left, at most
// `longest`.
Values ValuesOf(const Message& message, const Handover& handover,
                absl::Duration longest = absl::InfiniteDuration());

}  // namespace tc::otp
