#pragma once

// Reencryption: what a service does after a rotation of its keys: it writes anew, in the background and while
// it serves, what lies under older ones (CRY-05).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace tc::rpc {

// Of the run under way, or else of the last one.
struct ReencryptionProgress {
  bool running = false;
  uint64_t done = 0;
  uint64_t total = 0;   // known when the run has begun; grows with the store
  uint64_t failed = 0;  // records that could not be written anew; their keys are needed still
  std::optional<absl::Time> started_at = {};  // unset: none has begun since the process was started
  std::optional<absl::Time> ended_at = {};
};

// Thread-safe.
class Reencryption {
 public:
  virtual ~Reencryption() = default;

  // Begins a run over everything, under the keys that are in force by now; returns at once. While one is
  // under way, another follows it. From its return until the end of such a run `progress().running` is true.
  virtual void Start() = 0;
  virtual ReencryptionProgress progress() const = 0;
  // Whose older keys are not needed any more once a run has ended with failed == 0.
  virtual std::vector<std::string> purposes() const = 0;
};

}  // namespace tc::rpc
