#pragma once

// Process: a child program whose output goes to a file. It is asked to end when the thread that started it
// ends, so that an interrupted test leaves nothing behind: start it from the main thread. Not thread-safe.

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tc::dev {

class Process {
 public:
  // `argv[0]` is the program's path; standard output and error are appended to `log_file`.
  static absl::StatusOr<Process> Start(const std::vector<std::string>& argv, const std::string& log_file);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();  // Stop(5 s)

  pid_t pid() const { return pid_; }
  bool Running();
  // SIGTERM, without waiting.
  void AskToStop();
  // SIGTERM, after `patience` SIGKILL; returns the exit code, or 128 + the signal that ended it.
  int Stop(absl::Duration patience);
  // SIGKILL, and waits for the end.
  void Kill();

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  void Reap(int status);
  bool WaitFor(absl::Duration patience);

  pid_t pid_ = -1;  // -1: has ended
  int exit_code_ = 0;
};

}  // namespace tc::dev
