#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/crypto/dumps.h"
#include "common/crypto/key_files.h"
#include "common/env/random.h"
#include "tools/tcctl/access.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/key_inventory.h"
#include "tools/tcctl/target.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"

namespace tc::ctl {

namespace {

namespace pb = trustedcontact::admin::v1;
using Stub = pb::AdminService::Stub;

constexpr absl::Duration kLook = absl::Milliseconds(200);

struct Options {
  std::string service;
  std::string purpose;
  std::string keys_dir;
  std::string peer;
  std::string address;
  bool yes = false;
};

// The service whose keys these are.
class Keyholder {
 public:
  static absl::StatusOr<Keyholder> Find(const Context& context, const Options& options) {
    const std::string address =
        TRY(AddressOf({options.service, "AdminService", ""}, options.address, context.data));
    return Keyholder(dev::Client(TRY(AccessTo(context, address))), options.peer);
  }

  absl::StatusOr<KeyInventory> Take() const {
    return client_.Call(&Stub::GetKeyInventory, caller_, pb::GetKeyInventoryRequest());
  }
  absl::StatusOr<KeyInventory> Reload() const {
    return client_.Call(&Stub::ReloadKeys, caller_, pb::ReloadKeysRequest());
  }
  // Tells on standard error how far it is, until it is through.
  absl::StatusOr<KeyInventory> AwaitReencryption() const {
    std::string shown;
    while (true) {
      KeyInventory inventory = TRY(Take());
      if (!inventory.reencryption().running()) return inventory;
      const std::string line = ProgressLine(inventory);
      if (line != std::exchange(shown, line)) std::cerr << line << "\n" << std::flush;
      absl::SleepFor(kLook);
    }
  }

 private:
  Keyholder(dev::Client client, const std::string& peer)
      : client_(std::move(client)), caller_(dev::From(peer)) {}

  dev::Client client_;
  dev::Caller caller_;
};

std::string Shown(const KeyInventory& inventory, Format format) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = format == Format::kJson;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(inventory, &json, options).ok()) return "";
  return Render(json, format);
}

bool AsJson(const Context& context) { return context.format == Format::kJson; }

// Where the suite of --data keeps the keys of this service, unless --keys-dir says otherwise.
std::string DirectoryOf(const Context& context, const Options& options) {
  return options.keys_dir.empty() ? absl::StrCat(context.data, "/keys/", options.service) : options.keys_dir;
}

std::string FileIn(const std::string& dir, const std::string& purpose, const std::string& kid) {
  return absl::StrCat(dir, "/", purpose, ".", kid, ".key");
}

absl::Status List(const Context& context, const Options& options) {
  const Keyholder keyholder = TRY(Keyholder::Find(context, options));
  std::cout << Shown(TRY(keyholder.Take()), context.format.value_or(Format::kTable)) << std::flush;
  return absl::OkStatus();
}

absl::Status Rotate(const Context& context, const Options& options) {
  crypto::ForbidDumps();
  const Keyholder keyholder = TRY(Keyholder::Find(context, options));
  const KeyInventory before = TRY(keyholder.Take());
  if (!HasPurpose(before, options.purpose)) {
    return absl::InvalidArgumentError(absl::StrCat(options.service, " has no purpose \"", options.purpose,
                                                   "\"; it has ", PurposesOf(before)));
  }
  const std::string dir = DirectoryOf(context, options);
  const absl::Status elsewhere = absl::FailedPreconditionError(
      absl::StrCat(options.service, " does not read its keys in ", dir, "; see --keys-dir"));
  const std::string newest = NewestOf(before, options.purpose);
  if (!std::filesystem::exists(FileIn(dir, options.purpose, newest))) return elsewhere;
  SystemRandom random;
  const std::string kid = TRY(crypto::AddKey(dir, options.purpose, random));
  std::cerr << FileIn(dir, options.purpose, kid) << " is written\n";
  if (NewestOf(TRY(keyholder.Reload()), options.purpose) != kid) return elsewhere;
  const KeyInventory after = TRY(keyholder.AwaitReencryption());
  std::cout << (AsJson(context) ? Shown(after, Format::kJson) : RotationSentence(after, options.purpose))
            << std::flush;
  return absl::OkStatus();
}

absl::Status Prune(const Context& context, const Options& options) {
  const Keyholder keyholder = TRY(Keyholder::Find(context, options));
  const std::string dir = DirectoryOf(context, options);
  const std::vector<KeyInfo> keys = Removable(TRY(keyholder.Take()));
  for (const KeyInfo& key : keys) {
    if (options.yes) TRY(crypto::RemoveKey(dir, key.purpose(), key.kid()));
    std::cerr << FileIn(dir, key.purpose(), key.kid())
              << (options.yes ? " is removed\n" : " is not needed any more\n");
  }
  if (!keys.empty() && !options.yes) {
    return absl::InvalidArgumentError("nothing has been removed; add --yes to remove these files for ever");
  }
  if (keys.empty()) std::cerr << "every key is needed: nothing to remove\n";
  const KeyInventory after = keys.empty() ? TRY(keyholder.Take()) : TRY(keyholder.Reload());
  if (AsJson(context)) std::cout << Shown(after, Format::kJson) << std::flush;
  return absl::OkStatus();
}

using Action = absl::Status (*)(const Context&, const Options&);

CLI::App* AddAction(CLI::App& keys, Context& context, const std::shared_ptr<Options>& options,
                    const char* name, const char* description, Action action) {
  CLI::App* command = keys.add_subcommand(name, description);
  command->add_option("--service", options->service, "Whose keys")
      ->check(CLI::IsMember({"identity", "linking", "recovery", "otp"}))
      ->envname("TCCTL_SERVICE")
      ->default_val("identity");
  command->add_option("--role", options->peer, "The calling peer, ROLE/NAME")
      ->envname("TCCTL_ROLE")
      ->default_val("operator/tcctl");
  command->add_option("--address", options->address, "gRPC target, when it is not the suite of --data")
      ->envname("TCCTL_ADDRESS");
  command->callback([&context, options, action] {
    context.run = [&context, options, action] {
      return Report(action(context, *options), context.ErrorFormat());
    };
  });
  return command;
}

void AddDirectory(CLI::App& command, Options& options) {
  command.add_option("--keys-dir", options.keys_dir,
                     "The service's --keys; when absent, that of the suite of --data");
}

}  // namespace

void AddKeysCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* keys = app.add_subcommand("keys", "The keys of a running service: see, rotate, prune them");
  keys->require_subcommand(1);
  keys->footer("Example: tcctl keys rotate otp-code --service otp");
  AddAction(*keys, context, options, "list", "The keys in force, and which are needed", List);
  CLI::App* rotate =
      AddAction(*keys, context, options, "rotate",
                "Add a key, have the service make with it and write anew what is older", Rotate);
  rotate->add_option("PURPOSE", options->purpose, "What the key is for; tcctl keys list shows the purposes")
      ->required();
  AddDirectory(*rotate, *options);
  CLI::App* prune = AddAction(*keys, context, options, "prune",
                              "Remove the key files that the service does not need any more", Prune);
  AddDirectory(*prune, *options);
  prune->add_flag("--yes", options->yes, "Remove them; without it, only tell which");
  AddProofKeyCommands(*keys, context);
}

}  // namespace tc::ctl
