#pragma once

// QueueFloor: from where a queue's keys must be looked at. Rows leave a queue at its front and leave deletion
// marks behind; a scan from the queue's very beginning would walk over all of them, each time. Thread-safe.

#include <mutex>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::kv {

class QueueFloor {
 public:
  // `scan` is given the key to begin at and looks at a state of the store that is not older than this call;
  // it returns the key before which nothing was left: the first that it saw, or the end of its range. One
  // scan at a time; when it fails, the next begins where it began.
  absl::Status Scan(absl::FunctionRef<absl::StatusOr<std::string>(const std::string& begin)> scan);

  // A row stands at `key` from now on. Called after its commit: a scan under way may have missed it.
  void Lower(absl::string_view key);

 private:
  std::mutex scanning_;
  std::mutex mutex_;
  std::string floor_;  // empty at first: the store may hold anything
};

}  // namespace tc::kv
