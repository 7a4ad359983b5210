#pragma once

// A message as the JSON that the spool keeps and a webhook receives (docs/otp.md): one line, UTF-8.

#include <string>

#include "services/otp/domain/message.h"

namespace tc::otp {

std::string ToJson(const Message& message);

}  // namespace tc::otp
