#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "tools/tcctl/access.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/reflection.h"
#include "tools/tcctl/target.h"

namespace tc::ctl {

namespace {

struct Options {
  std::string server;
  std::string name;
  std::string address;
};

absl::Status Describe(const Context& context, const Options& options) {
  const std::string address = TRY(AddressOf({options.server, "it", ""}, options.address, context.data));
  ReflectedSchema schema(TRY(ChannelTo(context, address)));
  if (!options.name.empty()) {
    std::cout << TRY(schema.Describe(options.name));
    return absl::OkStatus();
  }
  for (const std::string& service : TRY(schema.Services())) {
    std::cout << service << "\n";
    for (const std::string& method : schema.Methods(service)) std::cout << "  " << method << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddDescribeCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("describe", "Show a server's services and methods, or one service, message or enum");
  command->add_option("SERVER", options->server, "Which server")
      ->required()
      ->check(CLI::IsMember({"identity", "linking", "recovery", "otp"}));
  command->add_option("NAME", options->name, "Full name, such as trustedcontact.linking.v1.Invitation");
  command->add_option("--address", options->address, "gRPC target, when it is not the suite of --data")
      ->envname("TCCTL_ADDRESS");
  command->callback([&context, options] {
    context.run = [&context, options] { return Report(Describe(context, *options), context.ErrorFormat()); };
  });
}

}  // namespace tc::ctl
