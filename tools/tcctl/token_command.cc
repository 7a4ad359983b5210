#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "common/base/status.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/dev_suite.h"

namespace tc::ctl {

namespace {

struct Options {
  std::string account;
  std::string peer;
  int ttl_seconds = 3600;
};

absl::Status PrintToken(const Context& context, const Options& options) {
  const crypto::JwtSigner key = TRY(dev::DevelopmentKey(context.data));
  const std::string bearer =
      dev::Bearer(key, {options.peer, options.account, {}}, absl::Now(), absl::Seconds(options.ttl_seconds));
  std::cout << bearer.substr(bearer.find(' ') + 1) << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddTokenCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("token", "Make an assertion for the development suite, for grpcurl and the like");
  command->add_option("--sub", options->account, "The account that is signed in; without it, nobody")
      ->envname("TCCTL_AS");
  command->add_option("--peer", options->peer, "The calling peer, ROLE/NAME")
      ->envname("TCCTL_ROLE")
      ->default_val("portal/demo");
  command->add_option("--ttl", options->ttl_seconds, "Seconds until it expires")
      ->check(CLI::Range(1, 12 * 3600))
      ->capture_default_str();
  command->footer("Use it as: -H \"authorization: Bearer $(tcctl token --sub anna)\"");
  command->callback([&context, options] {
    context.run = [&context, options] {
      return Report(PrintToken(context, *options), context.ErrorFormat());
    };
  });
}

}  // namespace tc::ctl
