#pragma once

// Message: what a provider is handed. Holds an address and perhaps a code: sealed wherever it is stored,
// never logged.

#include <string>

#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/otp/domain/address.h"
#include "services/otp/domain/message_text.h"

namespace tc::otp {

struct Message {
  DeliveryId delivery;
  std::string
      request_id;  // of the outbox row: the same for every attempt, so that a provider can tell a repetition
  Address to;
  Channel channel = Channel::kSms;
  Locale locale = Locale::kRussian;
  std::string template_name;
  Text text;
  absl::Time created;
  absl::Time expires;  // useless afterwards
};

}  // namespace tc::otp
