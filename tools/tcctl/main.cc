#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <map>

#include "absl/strings/str_cat.h"
#include "tools/tcctl/command.h"

namespace tc::ctl {

std::string DefaultDataDir() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    return absl::StrCat(state, "/trusted-contact");
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return absl::StrCat(home, "/.local/state/trusted-contact");
  }
  return "/tmp/trusted-contact";
}

namespace {

void AddGlobals(CLI::App& app, Context& context) {
  context.data = DefaultDataDir();
  app.add_option("--data", context.data, "Directory of the development suite")
      ->envname("TCCTL_DATA")
      ->capture_default_str();
  static const std::map<std::string, Format> kFormats = {{"json", Format::kJson}, {"table", Format::kTable}};
  app.add_option("-o,--output", context.format, "json or table, for answers and errors")
      ->envname("TCCTL_OUTPUT")
      ->transform(CLI::CheckedTransformer(kFormats, CLI::ignore_case).description("{json,table}"));
  app.add_option("--tls-cert", context.tls.certificate,
                 "PEM file of the own certificate: the server is called over mutual TLS, as the peer in it")
      ->envname("TC_TLS_CERT");
  app.add_option("--tls-key", context.tls.private_key, "PEM file of its private key")->envname("TC_TLS_KEY");
  app.add_option("--tls-ca", context.tls.ca, "PEM file of the servers' authority")->envname("TC_TLS_CA");
  app.add_option("--token", context.token_file,
                 "With --tls-cert: file of the person's assertion, a JWT; without it nobody is signed in")
      ->envname("TC_TOKEN");
  app.set_version_flag("--version", "tcctl " TCCTL_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "Exit codes: 0 ok, 1 error, 2 usage, 3 not found, 4 denied, 5 precondition or conflict, 69 "
      "unavailable, 75 retry later.\n"
      "Start with: tcctl demo");
}

}  // namespace
}  // namespace tc::ctl

int main(int argc, char** argv) {
  CLI::App app("tcctl: develop with and operate a Trusted Contact suite", "tcctl");
  tc::ctl::Context context;
  tc::ctl::AddGlobals(app, context);
  tc::ctl::AddDevCommand(app, context);
  tc::ctl::AddDemoCommand(app, context);
  tc::ctl::AddCallCommand(app, context);
  tc::ctl::AddDescribeCommand(app, context);
  tc::ctl::AddTokenCommand(app, context);
  tc::ctl::AddInboxCommand(app, context);
  tc::ctl::AddDeliveriesCommand(app, context);
  tc::ctl::AddJournalCommand(app, context);
  tc::ctl::AddRecoveriesCommand(app, context);
  tc::ctl::AddInPersonCommand(app, context);
  tc::ctl::AddCertsCommand(app, context);
  tc::ctl::AddKeysCommand(app, context);
  tc::ctl::AddAuditCommand(app, context);
  tc::ctl::AddCompletionCommand(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return context.run();
}
