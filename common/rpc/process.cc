#include "common/rpc/process.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <pthread.h>

#include <csignal>
#include <cstdlib>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
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

void LogOfLibrary(gpr_log_func_args* args) {
  const obs::Level level =
      args->severity == GPR_LOG_SEVERITY_ERROR ? obs::Level::kWarning : obs::Level::kDebug;
  obs::Log(level, "grpc", {{"detail", args->message}, {"at", absl::StrCat(args->file, ":", args->line)}});
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
