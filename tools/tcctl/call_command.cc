#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "tools/tcctl/access.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/json_call.h"
#include "tools/tcctl/target.h"

namespace tc::ctl {

namespace {

struct Options {
  std::string method;
  std::string json = "{}";
  std::string account;
  std::string peer;
  std::string address;
  double timeout_seconds = 10;
};

absl::StatusOr<std::string> ReadJson(const std::string& text) {
  if (text != "-" && !absl::StartsWith(text, "@")) return text;
  std::ifstream file;
  if (text != "-") {
    file.open(text.substr(1));
    if (!file) return absl::InvalidArgumentError(absl::StrCat("cannot read ", text.substr(1)));
  }
  std::istream& in = text == "-" ? std::cin : file;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

absl::Status Call(const Context& context, const Options& options) {
  const Target target = TRY(ParseTarget(options.method));
  const std::string address = TRY(AddressOf(target, options.address, context.data));
  JsonCall call;
  call.service = target.service;
  call.method = target.method;
  call.json = TRY(ReadJson(options.json));
  call.timeout = absl::Seconds(options.timeout_seconds);
  const dev::Caller caller{options.peer, options.account, {}};
  const std::shared_ptr<dev::Access> access = TRY(AccessTo(context, address));
  call.channel = access->ChannelOf(caller);
  call.authorization = access->AuthorizationOf(caller);
  return Run(call, [&](const std::string& json) {
    std::cout << Render(json, context.AnswerFormat()) << std::flush;
  });
}

}  // namespace

void AddCallCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("call", "Call any method, with JSON, by reflection");
  command
      ->add_option("METHOD", options->method,
                   "identity/GetAccount, otp/DeliveryService/ListDeliveries, or a full name with --address")
      ->required();
  command->add_option("JSON", options->json, "The request; @FILE reads a file, - standard input")
      ->capture_default_str();
  command->add_option("--as", options->account, "The account that is signed in")->envname("TCCTL_AS");
  command->add_option("--role", options->peer, "The calling peer, ROLE/NAME")
      ->envname("TCCTL_ROLE")
      ->default_val("portal/demo");
  command->add_option("--address", options->address, "gRPC target, when it is not the suite of --data")
      ->envname("TCCTL_ADDRESS");
  command->add_option("--timeout", options->timeout_seconds, "Seconds")
      ->envname("TCCTL_TIMEOUT")
      ->capture_default_str();
  command->footer(
      "A request_id that the message has and the JSON lacks is filled in.\n"
      "Example: tcctl call linking/ListInvitations '{\"view\": \"INVITATION_VIEW_SENT\"}' --as anna");
  command->callback([&context, options] {
    context.run = [&context, options] { return Report(Call(context, *options), context.ErrorFormat()); };
  });
}

}  // namespace tc::ctl
