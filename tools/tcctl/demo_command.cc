#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/demo.h"
#include "tools/tcctl/dev_suite.h"

namespace tc::ctl {

namespace {

struct Options {
  std::string bin;
  std::string colour = "auto";
  bool use_running = false;
};

bool UseColour(const std::string& wish) {
  if (wish != "auto") return wish == "always";
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

absl::Status PlayOnRunning(const Context& context, Stage& stage) {
  const dev::Location location = TRY(dev::Locate(context.data));
  dev::SuiteClients clients(location, TRY(dev::DevelopmentKey(context.data)));
  const dev::Spool spool(dev::SpoolDir(context.data));
  const int salt = static_cast<int>(absl::ToUnixSeconds(absl::Now()) % 80000) + 1;
  return PlayDemo(stage, clients, spool, nullptr, salt);
}

absl::Status PlayOnOwn(const Options& options, Stage& stage) {
  const dev::TemporaryDir directory;
  dev::SuiteOptions suite_options;
  suite_options.data = directory.path();
  suite_options.bin = options.bin;
  suite_options.set = dev::GenerousLimits();
  const std::unique_ptr<dev::DevSuite> suite = TRY(dev::DevSuite::Start(std::move(suite_options)));
  return PlayDemo(stage, suite->clients(), suite->spool(), suite.get(), 0);
}

absl::Status Play(const Context& context, const Options& options) {
  Stage stage(std::cout, UseColour(options.colour));
  const absl::Time start = absl::Now();
  TRY(options.use_running ? PlayOnRunning(context, stage) : PlayOnOwn(options, stage));
  std::cout << "\nAll " << stage.acts() << " steps went as they should, " << stage.refusals()
            << " of them refusals, in "
            << absl::FormatDuration(absl::Trunc(absl::Now() - start, absl::Milliseconds(100))) << ".\n";
  return absl::OkStatus();
}

}  // namespace

void AddDemoCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("demo", "Play the whole journey against real services, and check every step");
  command->add_flag("--use-running", options->use_running, "Use the suite of --data instead of starting one");
  command->add_option("--bin", options->bin, "Where the tc-* programs are; default: beside tcctl")
      ->envname("TCCTL_BIN");
  command->add_option("--colour", options->colour, "auto, always or never")
      ->envname("TCCTL_COLOUR")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  command->callback([&context, options] {
    context.run = [&context, options] { return Report(Play(context, *options), context.ErrorFormat()); };
  });
}

}  // namespace tc::ctl
