#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "common/base/status.h"
#include "tools/tcctl/access.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/recovery_rows.h"
#include "tools/tcctl/target.h"
#include "trustedcontact/recovery/v1/recovery.grpc.pb.h"

namespace tc::ctl {

namespace {

namespace pb = trustedcontact::recovery::v1;
constexpr int kPage = 500;  // the most that the service gives at once

struct Options {
  std::string recovery;
  std::string comment;
  std::string principal;
  std::vector<std::string> states;
  int limit = 0;
  std::string peer;
  std::string address;
};

template <typename Request, typename Response>
absl::StatusOr<Response> Ask(const Context& context, const Options& options,
                             grpc::Status (pb::RecoveryService::Stub::*method)(grpc::ClientContext*,
                                                                               const Request&, Response*),
                             const Request& request) {
  const std::string address = TRY(AddressOf({"recovery", "", ""}, options.address, context.data));
  const dev::Client client(TRY(AccessTo(context, address)));
  return client.Call(method, dev::From(options.peer), request);
}

absl::Status List(const Context& context, const Options& options) {
  pb::ListRecoveriesRequest question;
  if (!options.principal.empty()) question.set_principal(AccountName(options.principal));
  for (const std::string& state : options.states) question.add_states(TRY(ParseState(state)));
  Summaries recoveries;
  do {
    const int left = options.limit - static_cast<int>(recoveries.size());
    question.set_page_size(options.limit == 0 ? kPage : std::min(left, kPage));
    const pb::ListRecoveriesResponse page =
        TRY(Ask(context, options, &pb::RecoveryService::Stub::ListRecoveries, question));
    recoveries.insert(recoveries.end(), page.recoveries().begin(), page.recoveries().end());
    question.set_page_token(page.next_page_token());
  } while (!question.page_token().empty() &&
           (options.limit == 0 || recoveries.size() < static_cast<size_t>(options.limit)));
  std::cout << RenderRecoveries(recoveries, context.format.value_or(Format::kTable)) << std::flush;
  return absl::OkStatus();
}

// HoldRecovery or ReleaseRecovery.
template <typename Request>
absl::Status Comment(const Context& context, const Options& options,
                     grpc::Status (pb::RecoveryService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                       pb::RecoverySummary*)) {
  Request request;
  request.set_name(RecoveryName(options.recovery));
  request.set_comment(options.comment);
  const pb::RecoverySummary recovery = TRY(Ask(context, options, method, request));
  std::cout << RenderRecovery(recovery, context.format.value_or(Format::kTable)) << std::flush;
  return absl::OkStatus();
}

void AddCaller(CLI::App& command, Options& options) {
  command.add_option("--role", options.peer, "The calling peer, ROLE/NAME")
      ->envname("TCCTL_ROLE")
      ->default_val("operator/tcctl");
  command.add_option("--address", options.address, "gRPC target, when it is not the suite of --data")
      ->envname("TCCTL_ADDRESS");
}

void AddList(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* list = app.add_subcommand("list", "Recoveries of known accounts, oldest first");
  list->add_option("--principal", options->principal, "Only of this account: 42 or accounts/42");
  list->add_option("--state", options->states, "Only in this state, such as HELD; may be repeated")
      ->allow_extra_args(false);
  list->add_option("--limit", options->limit, "At most so many; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  AddCaller(*list, *options);
  list->callback([&context, options] {
    context.run = [&context, options] { return Report(List(context, *options), context.ErrorFormat()); };
  });
}

template <typename Method>
void AddComment(CLI::App& app, Context& context, const char* name, const char* description, Method method) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("RECOVERY", options->recovery, "ID or assignedRecoveries/ID, as list shows it")
      ->required();
  command->add_option("--comment", options->comment, "Why, for other operators; 1 to 500 characters")
      ->required();
  AddCaller(*command, *options);
  command->callback([&context, options, method] {
    context.run = [&context, options, method] {
      return Report(Comment(context, *options, method), context.ErrorFormat());
    };
  });
}

}  // namespace

void AddRecoveriesCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("recoveries", "What operators do with recoveries");
  command->require_subcommand(1);
  command->footer("Example: tcctl recoveries list --state HELD");
  AddList(*command, context);
  AddComment(*command, context, "hold", "Stop a recovery for an examination; both people are told",
             &pb::RecoveryService::Stub::HoldRecovery);
  AddComment(*command, context, "release", "Let a held recovery go on: the contact is asked again",
             &pb::RecoveryService::Stub::ReleaseRecovery);
}

}  // namespace tc::ctl
