#pragma once

// The id of the call that this thread is working for: goes along to the peers that are asked meanwhile, so
// that one id finds the whole way in the logs of all services.

#include <string>
#include <utility>

namespace tc::rpc {

// Metadata key, in both directions.
inline constexpr char kCallIdKey[] = "tc-call-id";

class CallScope {
 public:
  explicit CallScope(const std::string& call_id) : outer_(std::exchange(current_, &call_id)) {}
  ~CallScope() { current_ = outer_; }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // Empty outside a call.
  static std::string Current() { return current_ == nullptr ? std::string() : *current_; }

 private:
  static inline thread_local const std::string* current_ = nullptr;
  const std::string* outer_;
};

}  // namespace tc::rpc
