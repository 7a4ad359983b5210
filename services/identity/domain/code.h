#pragma once

// What a client must show beside a field for a code (O5). A value; otp decides it, identity passes it on.

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace tc::identity {

// The numbers are those of the public enum.
enum class CodeChannel { kSms = 1, kVoice = 2, kEmail = 3, kPush = 4 };

struct CodeProgress {
  int attempts_left = 0;
  std::optional<absl::Time> expires_at;
  std::optional<absl::Time> next_attempt_at;
  std::optional<absl::Time> next_send_at;
  int sends_left = 0;
  std::vector<CodeChannel> channels;
  absl::Time server_time;
  std::string masked_address;
};

}  // namespace tc::identity
