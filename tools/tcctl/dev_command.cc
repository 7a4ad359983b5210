#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/interrupt.h"

namespace tc::ctl {

namespace fs = std::filesystem;

namespace {

// Where gateways report when the messages go to some.
constexpr char kReceipts[] = "127.0.0.1:7404";

struct Options {
  std::string bin;
  std::string providers;
  std::vector<std::string> set = dev::GenerousLimits();
  bool fresh = false;
  bool detach = false;
  bool unix_sockets = false;
};

std::string PidFile(const std::string& data) { return data + "/tcctl.pid"; }

// The process that keeps the suite of `data` running; 0 when there is none.
pid_t Keeper(const std::string& data) {
  std::ifstream file(PidFile(data));
  pid_t pid = 0;
  if (!(file >> pid) || pid <= 0) return 0;
  std::ifstream comm(absl::StrCat("/proc/", pid, "/comm"));
  std::string name;
  return comm >> name && name == "tcctl" ? pid : 0;
}

// Removes what an earlier suite left. A directory that is not a suite's is left alone.
absl::Status MakeFresh(const std::string& data) {
  std::error_code error;
  if (!fs::exists(data) || fs::is_empty(data, error)) return absl::OkStatus();
  if (!fs::exists(data + "/suite.json")) {
    return absl::FailedPreconditionError(absl::StrCat(
        data, " is not the directory of a suite; it is not emptied. Choose another with --data"));
  }
  fs::remove_all(data, error);
  return error ? absl::UnknownError(absl::StrCat("cannot empty ", data, ": ", error.message()))
               : absl::OkStatus();
}

void PrintAddresses(const dev::DevSuite& suite, const Options& options) {
  std::cout << "The suite is ready; its directory is " << suite.location().data << "\n";
  for (const auto& [service, target] : suite.location().targets) {
    std::cout << absl::StrFormat("  %-9s %s\n", dev::NameOf(service), target);
  }
  std::cout << "Policy overrides: " << absl::StrJoin(options.set, ", ") << "\n"
            << "Try:  tcctl demo --use-running\n"
            << "      tcctl call identity/AdminService/GetServerInfo --role operator/me\n"
            << "      grpcurl -plaintext -H \"authorization: Bearer $(tcctl token)\" "
            << suite.location().targets.at(dev::Service::kLinking) << " list\n"
            << "Stop: " << (options.detach ? "tcctl dev down" : "Ctrl-C") << "\n"
            << std::flush;
}

// Keeps the suite until a signal comes or a service ends by itself. `ready` is told once everything serves.
absl::Status Keep(const Context& context, const Options& options, const std::function<void()>& ready) {
  dev::SuiteOptions suite_options;
  suite_options.data = context.data;
  suite_options.bin = options.bin;
  suite_options.base_port = options.unix_sockets ? 0 : dev::kUsualPort;
  suite_options.set = options.set;
  if (!options.providers.empty()) {
    suite_options.providers = options.providers;
    suite_options.flags[dev::Service::kOtp] = {"--receipts-listen", kReceipts};
  }
  const Interrupt interrupt;
  const std::unique_ptr<dev::DevSuite> suite = TRY(dev::DevSuite::Start(std::move(suite_options)));
  std::ofstream(PidFile(context.data)) << getpid() << "\n";
  PrintAddresses(*suite, options);
  ready();
  absl::Status status;
  while (!interrupt.Within(absl::Milliseconds(300)) && status.ok()) {
    for (const dev::Service service : dev::kServices) {
      if (suite->Running(service)) continue;
      status = absl::UnavailableError(
          absl::StrCat("tc-", dev::NameOf(service), " has ended; see ", suite->LogOf(service)));
    }
  }
  fs::remove(PidFile(context.data));
  return status;
}

// The parent waits for the word of the child, which lives on by itself.
absl::Status Detach(const Context& context, const Options& options) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return absl::UnknownError(std::strerror(errno));
  std::cout << std::flush;
  const pid_t child = fork();
  if (child < 0) return absl::UnknownError(std::strerror(errno));
  if (child == 0) {
    setsid();
    const int ready = pipe_ends[1];
    const absl::Status status = Keep(context, options, [ready] {
      const int null = open("/dev/null", O_RDWR);
      for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, fd);
      if (write(ready, "+", 1) != 1) _exit(1);
      close(ready);
    });
    _exit(Report(status, context.ErrorFormat()));
  }
  close(pipe_ends[1]);
  char word = 0;
  const bool ready = read(pipe_ends[0], &word, 1) == 1;
  close(pipe_ends[0]);
  return ready ? absl::OkStatus() : absl::UnavailableError("the suite has not started");
}

absl::Status Up(const Context& context, const Options& options) {
  if (const pid_t pid = Keeper(context.data); pid != 0) {
    return absl::FailedPreconditionError(absl::StrCat("a suite is running in ", context.data, " (process ",
                                                      pid, "); stop it with: tcctl dev down"));
  }
  if (options.fresh) TRY(MakeFresh(context.data));
  if (options.detach) return Detach(context, options);
  return Keep(context, options, [] {});
}

absl::Status Down(const Context& context) {
  const pid_t pid = Keeper(context.data);
  if (pid == 0) return absl::NotFoundError(absl::StrCat("no suite is running in ", context.data));
  kill(pid, SIGTERM);
  const absl::Time give_up = absl::Now() + absl::Seconds(60);
  while (kill(pid, 0) == 0) {
    if (absl::Now() > give_up) return absl::UnavailableError(absl::StrCat("process ", pid, " does not end"));
    absl::SleepFor(absl::Milliseconds(20));
  }
  std::cout << "stopped\n";
  return absl::OkStatus();
}

absl::Status ShowStatus(const Context& context) {
  const dev::Location location = TRY(dev::Locate(context.data));
  dev::SuiteClients clients(location, TRY(dev::DevelopmentKey(context.data)));
  bool all = true;
  for (const auto& [service, target] : location.targets) {
    const bool healthy = clients[service].Healthy();
    all = all && healthy;
    std::cout << absl::StrFormat("%-9s %-12s %s\n", dev::NameOf(service), healthy ? "SERVING" : "NOT SERVING",
                                 target);
  }
  return all ? absl::OkStatus()
             : absl::UnavailableError("not every service is serving; start them with: tcctl dev up");
}

}  // namespace

void AddDevCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("dev", "Run all four services on this machine");
  command->require_subcommand(1);
  CLI::App* up =
      command->add_subcommand("up", "Start them, on ports 7101 to 7104 of the loopback, and wait for Ctrl-C");
  up->add_option("--bin", options->bin, "Where the tc-* programs are; default: beside tcctl")
      ->envname("TCCTL_BIN");
  up->add_option("--set", options->set, "Policy override KEY=VALUE; repeated")
      ->envname("TCCTL_SET")
      ->capture_default_str();
  up->add_option(
        "--providers", options->providers,
        absl::StrCat("File of providers that messages leave through instead of the spool; receipts come to ",
                     kReceipts))
      ->envname("TCCTL_PROVIDERS");
  up->add_flag("--fresh", options->fresh, "Forget everything from before");
  up->add_flag("--detach", options->detach, "Go on in the background");
  up->add_flag("--unix", options->unix_sockets, "Listen on Unix sockets in --data instead of ports");
  up->callback([&context, options] {
    context.run = [&context, options] { return Report(Up(context, *options), context.ErrorFormat()); };
  });
  command->add_subcommand("down", "Stop what dev up has started")->callback([&context] {
    context.run = [&context] { return Report(Down(context), context.ErrorFormat()); };
  });
  command->add_subcommand("status", "Show whether each service is serving")->callback([&context] {
    context.run = [&context] { return Report(ShowStatus(context), context.ErrorFormat()); };
  });
}

}  // namespace tc::ctl
