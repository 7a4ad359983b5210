// tcctl keys rotate-proof, prune-proof: the key with which recovery proves to identity that a password may be
// set anew.

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/crypto/dumps.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/proof_rotation.h"

namespace tc::ctl {
namespace {

struct Options {
  ProofFiles files;
  int wait_seconds = 5;
};

ProofFiles FilesOf(const Context& context, const Options& options) {
  const std::string dir = absl::StrCat(context.data, "/keys/");
  return {options.files.key.empty() ? absl::StrCat(dir, "proof.pem") : options.files.key,
          options.files.jwks.empty() ? absl::StrCat(dir, "proof.jwks") : options.files.jwks};
}

absl::Status Rotate(const Context& context, const Options& options) {
  crypto::ForbidDumps();
  const ProofFiles files = FilesOf(context, options);
  const ProofRotation rotation = TRY(ProofRotation::Begin(files));
  TRY(rotation.Publish());
  std::cerr << "key " << rotation.kid() << " is in " << files.jwks << "; waiting " << options.wait_seconds
            << " s for identity to read it\n";
  absl::SleepFor(absl::Seconds(options.wait_seconds));
  TRY(rotation.Use());
  std::cerr << "recovery signs with it from now on (" << files.key
            << "). After a minute: tcctl keys prune-proof\n";
  return absl::OkStatus();
}

absl::Status Prune(const Context& context, const Options& options) {
  const ProofFiles files = FilesOf(context, options);
  std::cerr << TRY(PruneProofKeys(files)) << " taken out of " << files.jwks << "\n";
  return absl::OkStatus();
}

using Action = absl::Status (*)(const Context&, const Options&);

CLI::App* Add(CLI::App& keys, Context& context, const std::shared_ptr<Options>& options, const char* name,
              const char* description, Action action) {
  CLI::App* command = keys.add_subcommand(name, description);
  command->add_option("--proof-key", options->files.key,
                      "recovery's --proof-key; when absent, that of the suite of --data");
  command->add_option("--recovery-jwks", options->files.jwks,
                      "identity's --recovery-jwks; when absent, that of the suite of --data");
  command->callback([&context, options, action] {
    context.run = [&context, options, action] {
      return Report(action(context, *options), context.ErrorFormat());
    };
  });
  return command;
}

}  // namespace

void AddProofKeyCommands(CLI::App& keys, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* rotate = Add(keys, context, options, "rotate-proof",
                         "Another key for recovery's proofs to identity, while both services run", Rotate);
  rotate->add_option("--wait", options->wait_seconds, "Seconds between publishing the key and using it")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  Add(keys, context, options, "prune-proof", "Take the keys that sign no more out of identity's list", Prune);
}

}  // namespace tc::ctl
