#pragma once

// The subcommands of tcctl, a file each: <name>_command.cc. Add… puts one on the app; when it is chosen, it
// leaves in Context::run what main has to do. Exit codes: output.h.

#include <functional>
#include <optional>
#include <string>

#include "common/tls/files.h"
#include "tools/tcctl/output.h"

namespace CLI {
class App;
}

namespace tc::ctl {

struct Context {
  std::string data;              // --data: the suite's directory
  tls::Files tls;                // --tls-cert, --tls-key, --tls-ca: of a suite in production
  std::string token_file;        // --token: the person's assertion there
  std::optional<Format> format;  // -o; unset: answers as JSON, errors as text
  std::function<int()> run;

  Format AnswerFormat() const { return format.value_or(Format::kJson); }
  Format ErrorFormat() const { return format.value_or(Format::kTable); }
};

// The directory when --data is not given: $XDG_STATE_HOME/trusted-contact, or ~/.local/state/trusted-contact.
std::string DefaultDataDir();

void AddCallCommand(CLI::App& app, Context& context);
void AddDescribeCommand(CLI::App& app, Context& context);
void AddTokenCommand(CLI::App& app, Context& context);
void AddInboxCommand(CLI::App& app, Context& context);
void AddDeliveriesCommand(CLI::App& app, Context& context);
void AddJournalCommand(CLI::App& app, Context& context);
void AddRecoveriesCommand(CLI::App& app, Context& context);
void AddInPersonCommand(CLI::App& app, Context& context);
void AddCertsCommand(CLI::App& app, Context& context);
void AddKeysCommand(CLI::App& app, Context& context);
void AddAuditCommand(CLI::App& app, Context& context);
void AddProofKeyCommands(CLI::App& keys, Context& context);  // below "keys"
void AddDevCommand(CLI::App& app, Context& context);
void AddDemoCommand(CLI::App& app, Context& context);
void AddCompletionCommand(CLI::App& app, Context& context);

}  // namespace tc::ctl
