#pragma once

// A message as the JSON that a spool keeps: one line, UTF-8.

#include <string>

#include "services/otp/domain/message.h"

namespace tc::otp {

std::string ToJson(const Message& message);

}  // namespace tc::otp
