#include "tools/tcctl/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace tc::dev {

namespace {

// In the child, between fork and exec: async-signal-safe calls only.
[[noreturn]] void Become(char* const* argv, int output) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int input = open("/dev/null", O_RDONLY);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv(argv[0], argv);
  _exit(127);
}

}  // namespace

absl::StatusOr<Process> Process::Start(const std::vector<std::string>& argv, const std::string& log_file) {
  if (access(argv[0].c_str(), X_OK) != 0) {
    return absl::NotFoundError(
        absl::StrCat(argv[0], " is not there; build it, or say where it is with --bin"));
  }
  const int output = open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0)
    return absl::UnknownError(absl::StrCat("cannot write ", log_file, ": ", std::strerror(errno)));
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) Become(arguments.data(), output);
  close(output);
  if (pid < 0) return absl::UnknownError(absl::StrCat("cannot start ", argv[0], ": ", std::strerror(errno)));
  return Process(pid);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), exit_code_(other.exit_code_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    Stop(absl::Seconds(5));
    pid_ = std::exchange(other.pid_, -1);
    exit_code_ = other.exit_code_;
  }
  return *this;
}

Process::~Process() { Stop(absl::Seconds(5)); }

void Process::Reap(int status) {
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  pid_ = -1;
}

bool Process::Running() {
  if (pid_ < 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == pid_) Reap(status);
  return pid_ >= 0;
}

bool Process::WaitFor(absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  while (Running() && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
  return pid_ < 0;
}

void Process::AskToStop() {
  if (Running()) kill(pid_, SIGTERM);
}

int Process::Stop(absl::Duration patience) {
  if (!Running()) return exit_code_;
  kill(pid_, SIGTERM);
  if (!WaitFor(patience)) Kill();
  return exit_code_;
}

void Process::Kill() {
  if (!Running()) return;
  kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  Reap(status);
}

}  // namespace tc::dev
