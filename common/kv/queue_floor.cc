#include "common/kv/queue_floor.h"

#include <utility>

namespace tc::kv {

absl::Status QueueFloor::Scan(absl::FunctionRef<absl::StatusOr<std::string>(const std::string& begin)> scan) {
  const std::lock_guard scanning(scanning_);
  std::string begin;
  {
    // Before the scan's snapshot: what is committed after it lowers the floor again.
    const std::lock_guard lock(mutex_);
    begin = std::exchange(floor_, std::string(1, '\xff'));  // behind every key
  }
  const absl::StatusOr<std::string> next = scan(begin);
  Lower(next.ok() ? *next : begin);
  return next.status();
}

void QueueFloor::Lower(absl::string_view key) {
  const std::lock_guard lock(mutex_);
  if (key < floor_) floor_ = std::string(key);
}

}  // namespace tc::kv
