#pragma once

// Interrupt: SIGINT and SIGTERM as something to wait for. Make it before any thread is started, so that all
// inherit the mask.

#include <signal.h>

#include "absl/time/time.h"

namespace tc::ctl {

class Interrupt {
 public:
  Interrupt() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  // Whether one came, waiting for at most this long.
  bool Within(absl::Duration patience) const {
    const timespec time = absl::ToTimespec(patience);
    return sigtimedwait(&signals_, nullptr, &time) > 0;
  }

 private:
  sigset_t signals_;
};

}  // namespace tc::ctl
