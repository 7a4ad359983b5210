#pragma once

// Message: what a provider is handed. Holds an address and perhaps a code: sealed wherever it is stored,
// never logged.

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/otp/domain/address.h"
#include "services/otp/domain/message_text.h"

namespace tc::otp {

// One way of a message to its receiver. The words differ by channel; the code in them does not.
struct Way {
  Channel channel = Channel::kSms;
  Address to;
  std::string masked_address;  // of the record
  Text text;
  friend bool operator==(const Way&, const Way&) = default;
};

struct Message {
  DeliveryId delivery;
  // Of the outbox row: the same for every attempt over one channel, so that a provider can tell a repetition.
  std::string request_id;
  Address to;
  std::string masked_address;  // of the record
  Channel channel = Channel::kSms;
  Locale locale = Locale::kRussian;
  std::string template_name;
  Text text;
  std::string code;  // what the words say; empty for a notice
  absl::Time created;
  absl::Time expires;  // useless afterwards
  // Where it goes when no provider of its channel can deliver it, in this order.
  std::vector<Way> alternatives;
};

}  // namespace tc::otp
