#pragma once

// Recent: a bounded memory of what was asked for lately. Of two generations the older goes when the younger
// is full, with all that was not asked for since. Thread-safe; values are copied out, so let them be cheap
// (shared_ptr).

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace tc {

template <typename Value>
class Recent {
 public:
  // Keeps at most `capacity` values, and at least half as many of those asked for last.
  explicit Recent(size_t capacity) : generation_(capacity / 2) {}

  std::optional<Value> Find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto young = young_.find(key);
    if (young != young_.end()) return young->second;
    const auto old = old_.find(key);
    if (old == old_.end()) return std::nullopt;
    Value value = std::move(old->second);
    old_.erase(old);
    Add(key, value);
    return value;
  }

  // In place of what was kept under the key.
  void Keep(const std::string& key, Value value) {
    const std::lock_guard lock(mutex_);
    old_.erase(key);
    young_.erase(key);
    Add(key, std::move(value));
  }

  void Forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    young_.erase(key);
    old_.erase(key);
  }

  size_t size() const {
    const std::lock_guard lock(mutex_);
    return young_.size() + old_.size();
  }

 private:
  using Generation = std::unordered_map<std::string, Value>;

  void Add(const std::string& key, Value value) {
    if (young_.size() >= generation_) old_ = std::exchange(young_, {});
    young_.emplace(key, std::move(value));
  }

  const size_t generation_;  // the size of one
  mutable std::mutex mutex_;
  Generation young_;
  Generation old_;
};

}  // namespace tc
