#pragma once

// Faults: which of all calls to the fake peers fails, before doing or after doing with the answer lost.
// Thread-safe.

#include <mutex>
#include <string>

#include "common/base/refusal.h"

namespace tc::recovery::testing {

// Which of all calls to peers fails, counted from the last Arm or Clear.
class Faults {
 public:
  enum class When { kBefore, kAfter };
  void Clear() { Arm(0, When::kBefore); }
  void Arm(int nth, When when) {
    const std::lock_guard lock(mutex_);
    calls_ = 0;
    asked_.clear();
    nth_ = nth;
    when_ = when;
  }
  int calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  // What was asked since then, in order: "Lookup,Create,".
  std::string asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  // First line of a fake's method: true when it fails without doing anything.
  bool Enter(const char* method, bool& lost) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    absl::StrAppend(&asked_, method, ",");
    lost = calls_ == nth_ && when_ == When::kAfter;
    return calls_ == nth_ && when_ == When::kBefore;
  }
  static absl::Status Unreachable() {
    return Refuse(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable, "the peer does not answer");
  }

 private:
  mutable std::mutex mutex_;
  int calls_ = 0;
  std::string asked_;
  int nth_ = 0;
  When when_ = When::kBefore;
};

// The body of a fake's method: `work` is what the peer does.
#define TC_FAKE_CALL(work)                                          \
  bool lost = false;                                                \
  if (faults_->Enter(__func__, lost)) return Faults::Unreachable(); \
  auto answer = (work);                                             \
  if (lost) return Faults::Unreachable();                           \
  return answer

}  // namespace tc::recovery::testing
