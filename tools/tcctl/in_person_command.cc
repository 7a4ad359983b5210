#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "common/env/random.h"
#include "tools/tcctl/access.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/recovery_rows.h"
#include "tools/tcctl/target.h"
#include "trustedcontact/recovery/v1/recovery.grpc.pb.h"

namespace tc::ctl {

namespace {

namespace pb = trustedcontact::recovery::v1;

struct Options {
  std::string whom;  // the account, or the recovery
  std::string officer;
  std::string visit;
  std::string passport;
  std::string capability_hash;
  std::string peer;
  std::string address;
};

void Fill(const Options& options, pb::DocumentCheck& check) {
  check.set_officer(options.officer);
  check.set_visit(options.visit);
  check.set_passport(options.passport);
}

template <typename Request>
absl::Status Ask(const Context& context, const Options& options,
                 grpc::Status (pb::RecoveryService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                   pb::RecoverySummary*),
                 const Request& request) {
  const std::string address = TRY(AddressOf({"recovery", "", ""}, options.address, context.data));
  const dev::Client client(TRY(AccessTo(context, address)));
  const pb::RecoverySummary recovery = TRY(client.Call(method, dev::From(options.peer), request));
  std::cout << RenderRecovery(recovery, context.format.value_or(Format::kTable)) << std::flush;
  return absl::OkStatus();
}

absl::Status Start(const Context& context, const Options& options) {
  pb::StartInPersonRecoveryRequest request;
  request.set_principal(AccountName(options.whom));
  Fill(options, *request.mutable_check());
  request.set_capability_hash(TRY(ParseHash(options.capability_hash)));
  return Ask(context, options, &pb::RecoveryService::Stub::StartInPersonRecovery, request);
}

absl::Status Confirm(const Context& context, const Options& options) {
  pb::ConfirmInPersonRecoveryRequest request;
  request.set_name(RecoveryName(options.whom));
  Fill(options, *request.mutable_check());
  return Ask(context, options, &pb::RecoveryService::Stub::ConfirmInPersonRecovery, request);
}

// What the principal's own device does before he shows its picture.
absl::Status Device(const Context& context) {
  SystemRandom random;
  const std::string capability = absl::WebSafeBase64Escape(random.Bytes(32));
  const std::string json = absl::StrCat("{\"name\": \"recoveries/", capability, "\", \"capability_hash\": \"",
                                        absl::BytesToHexString(crypto::Sha256(capability)), "\"}\n");
  std::cout << Render(json, context.format.value_or(Format::kTable)) << std::flush;
  return absl::OkStatus();
}

void AddOfficer(CLI::App& command, Options& options) {
  command.add_option("--officer", options.officer, "Who has seen the documents; 1 to 64 of A-Z a-z 0-9 _ -")
      ->required();
  command.add_option("--visit", options.visit, "The organisation's number of the visit")->required();
  command.add_option("--passport", options.passport, "Series and number that were shown, ten digits")
      ->envname("TCCTL_PASSPORT")
      ->required();
  command
      .add_option("--role", options.peer, "The calling peer: service-centre/NAME, bank/NAME, operator/NAME")
      ->envname("TCCTL_ROLE")
      ->default_val("service-centre/tcctl");
  command.add_option("--address", options.address, "gRPC target, when it is not the suite of --data")
      ->envname("TCCTL_ADDRESS");
}

using Work = absl::Status (*)(const Context&, const Options&);

void Run(CLI::App& command, Context& context, const std::shared_ptr<Options>& options, Work work) {
  command.callback([&context, options, work] {
    context.run = [&context, options, work] {
      return Report(work(context, *options), context.ErrorFormat());
    };
  });
}

}  // namespace

void AddInPersonCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("in-person", "The way in person, as two officers go it");
  command->require_subcommand(1);
  command->footer("Example: tcctl in-person device, then tcctl in-person start anna --capability-hash …");

  const auto first = std::make_shared<Options>();
  CLI::App* start = command->add_subcommand("start", "The first officer: documents were shown");
  start->add_option("ACCOUNT", first->whom, "42 or accounts/42")->required();
  start
      ->add_option("--capability-hash", first->capability_hash,
                   "What the principal's device shows: 64 hexadecimal digits")
      ->required();
  AddOfficer(*start, *first);
  Run(*start, context, first, Start);

  const auto second = std::make_shared<Options>();
  CLI::App* confirm = command->add_subcommand("confirm", "The second officer, after the delay");
  confirm->add_option("RECOVERY", second->whom, "ID or assignedRecoveries/ID, as start shows it")->required();
  AddOfficer(*confirm, *second);
  Run(*confirm, context, second, Confirm);

  CLI::App* device =
      command->add_subcommand("device", "Make a capability and its hash, as the principal's device does");
  device->callback(
      [&context] { context.run = [&context] { return Report(Device(context), context.ErrorFormat()); }; });
}

}  // namespace tc::ctl
