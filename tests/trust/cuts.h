#pragma once

// Cuts: which of the coming calls between services is cut off, before the other side has done anything or
// after, with the answer lost. Planted: faults that the property test must find. Thread-safe.

#include <mutex>

#include "absl/status/status.h"
#include "common/base/refusal.h"

namespace tc::trust {

class Cuts {
 public:
  enum class When { kBefore, kAfter };

  // The nth call from now on; 0: none.
  void Arm(int nth, When when) {
    const std::lock_guard lock(mutex_);
    calls_ = 0;
    nth_ = nth;
    when_ = when;
  }
  void Clear() { Arm(0, When::kBefore); }

  // Every call between services goes through here.
  template <typename Work>
  auto Call(Work work) -> decltype(work()) {
    const Fate fate = Next();
    if (fate == Fate::kNotDone) return Unreachable();
    auto answer = work();
    if (fate == Fate::kAnswerLost) return Unreachable();
    return answer;
  }

 private:
  enum class Fate { kAnswered, kNotDone, kAnswerLost };

  Fate Next() {
    const std::lock_guard lock(mutex_);
    if (++calls_ != nth_) return Fate::kAnswered;
    return when_ == When::kBefore ? Fate::kNotDone : Fate::kAnswerLost;
  }
  static absl::Status Unreachable() {
    return Refuse(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable, "the peer does not answer");
  }

  std::mutex mutex_;
  int calls_ = 0;
  int nth_ = 0;
  When when_ = When::kBefore;
};

enum class Planted {
  kNothing,
  kHoldsNobody,       // HoldGuard answers and holds nothing
  kStaleGuard,        // the first answer about a principal is answered for ever
  kProofsForEver,     // identity sets a password again for a proof that was used
  kEndlessGuesses,    // otp evaluates whatever comes
  kEndsNeverHeardOf,  // linking does not hear of the end of a recovery
  kAnyDocument,       // identity says yes to every passport
  kNoticesLost,       // every seventh notice is acknowledged and told to nobody
  kNoticesTwice,      // every seventh notice is told under two request ids
};

}  // namespace tc::trust
