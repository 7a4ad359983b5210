#include "common/rpc/process.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <pthread.h>

#include <csignal>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/crypto/dumps.h"
#include "common/obs/log.h"
#include "common/rpc/runtime.h"
#include "common/tls/ciphers.h"

namespace tc::rpc {
namespace {

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

// Any stranger at the port makes the library complain of a handshake that failed, as often as he likes.
class ComplaintLimit {
 public:
  // Whether another one may be told now. `left_out`: how many were not told since the last one that was.
  bool Take(int64_t& left_out) {
    const std::lock_guard lock(mutex_);
    const int64_t second = absl::ToUnixSeconds(absl::Now());
    if (std::exchange(second_, second) != second) told_ = 0;
    if (told_ == kASecond) {
      ++left_out_;
      return false;
    }
    ++told_;
    left_out = std::exchange(left_out_, 0);
    return true;
  }

 private:
  static constexpr int kASecond = 10;
  std::mutex mutex_;
  int64_t second_ = 0;
  int told_ = 0;
  int64_t left_out_ = 0;
};

void LogOfLibrary(gpr_log_func_args* args) {
  static ComplaintLimit& limit = *new ComplaintLimit;
  const bool complains = args->severity == GPR_LOG_SEVERITY_ERROR;
  int64_t left_out = 0;
  if (complains && !limit.Take(left_out)) return;
  if (left_out > 0) obs::Warning("grpc", {{"left_out", absl::StrCat(left_out)}});
  obs::Log(complains ? obs::Level::kWarning : obs::Level::kDebug, "grpc",
           {{"detail", args->message}, {"at", absl::StrCat(args->file, ":", args->line)}});
}

// Names a field of a message that somebody sent, for each such message: nothing for the operator's eyes.
void LogOfMessages(google::protobuf::LogLevel, const char*, int, const std::string& message) {
  obs::Debug("protobuf", {{"detail", message}});
}

}  // namespace

void InitProcess() {
  static std::once_flag once;
  std::call_once(once, [] {
    crypto::ForbidDumps();
    // Debian's Abseil has its deadlock detector on, and it ends the process on a suspicion.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    tls::Restrict();
    // Calls that fail at once poll nothing, so a connection to a peer that has come back is finished by
    // gRPC's backup poller alone: by default only every 5 s.
    setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "200", /*overwrite=*/0);
    // Every thread inherits the mask: only WaitForStop hears these.
    const sigset_t set = StopSignals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    gpr_set_log_function(LogOfLibrary);
    google::protobuf::SetLogHandler(LogOfMessages);
  });
}

std::string WaitForStop() {
  const sigset_t set = StopSignals();
  int received = 0;
  while (sigwait(&set, &received) != 0) {
  }
  return received == SIGINT ? "SIGINT" : "SIGTERM";
}

}  // namespace tc::rpc
