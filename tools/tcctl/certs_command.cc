#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "tools/tcctl/certificates.h"
#include "tools/tcctl/command.h"

namespace tc::ctl {

namespace {

struct Options {
  CertificateOrder order{"", "example.org", {"localhost", "127.0.0.1", "::1"}};
  std::vector<std::string> peers;
  std::vector<std::string> hosts;
  std::vector<std::string> files;
  bool force = false;
  int list_days = 7;
};

std::string Text(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

nlohmann::json ToJson(const CertificateFacts& facts) {
  return {{"file", facts.file},
          {"subject", facts.subject},
          {"uris", facts.uris},
          {"hosts", facts.hosts},
          {"issuer", facts.issuer},
          {"serial", facts.serial},
          {"not_before", Text(facts.not_before)},
          {"not_after", Text(facts.not_after)},
          {"days_left", absl::ToInt64Hours(facts.not_after - absl::Now()) / 24}};
}

std::string DirectoryOf(const Context& context, const Options& options) {
  return options.order.dir.empty() ? context.data + "/certs" : options.order.dir;
}

absl::Status Dev(const Context& context, const Options& options) {
  CertificateOrder order = options.order;
  order.dir = DirectoryOf(context, options);
  order.hosts.insert(order.hosts.end(), options.hosts.begin(), options.hosts.end());
  if (options.force && !options.peers.empty())
    return absl::InvalidArgumentError("--force makes a new authority, for all peers: name none");
  const bool made = TRY(EnsureAuthority(order, options.force));
  std::cerr << order.dir << "/ca.pem "
            << (made ? "is a new authority\n" : "is kept; --force makes a new one\n");
  nlohmann::json certificates = nlohmann::json::array();
  for (const std::string& peer : options.peers.empty() ? UsualPeers() : options.peers) {
    const CertificateFacts facts = TRY(IssueCertificate(order, peer));
    certificates.push_back({{"peer", peer},
                            {"certificate", facts.file},
                            {"key", facts.file.substr(0, facts.file.size() - 3) + "key"},
                            {"not_after", Text(facts.not_after)}});
  }
  const nlohmann::json answer = {{"certificates", certificates}};
  std::cout << Render(answer.dump(2) + "\n", context.format.value_or(Format::kTable)) << std::flush;
  return absl::OkStatus();
}

absl::Status Show(const Context& context, const Options& options) {
  nlohmann::json shown = nlohmann::json::array();
  for (const std::string& file : options.files) shown.push_back(ToJson(TRY(ReadCertificate(file))));
  const nlohmann::json answer = shown.size() == 1 ? shown[0] : nlohmann::json{{"certificates", shown}};
  std::cout << Render(answer.dump(2) + "\n", context.format.value_or(Format::kTable)) << std::flush;
  return absl::OkStatus();
}

absl::Status Revoke(const Context& context, const Options& options) {
  const std::string dir = DirectoryOf(context, options);
  TRY(RevokeCertificates(dir, options.files, options.list_days));
  std::cerr << dir << "/crl.pem is written; it is good for " << options.list_days << " days\n";
  return absl::OkStatus();
}

using Action = absl::Status (*)(const Context&, const Options&);

CLI::App* AddAction(CLI::App& certs, Context& context, const std::shared_ptr<Options>& options,
                    const char* name, const char* description, Action action) {
  CLI::App* command = certs.add_subcommand(name, description);
  command->callback([&context, options, action] {
    context.run = [&context, options, action] {
      return Report(action(context, *options), context.ErrorFormat());
    };
  });
  return command;
}

void AddDirectory(CLI::App& command, Options& options) {
  command.add_option("--dir", options.order.dir, "Where the files lie; default: certs in --data");
}

}  // namespace

void AddCertsCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* certs =
      app.add_subcommand("certs", "Certificates of a suite's peers, for development: make, see, revoke them");
  certs->require_subcommand(1);
  certs->footer(
      "Example: tcctl certs dev --host tc.internal && tcctl certs show "
      "~/.local/state/trusted-contact/certs/*.pem");
  CLI::App* dev = AddAction(*certs, context, options, "dev",
                            "Issue a certificate for every peer by an authority of one's own, which is made "
                            "when there is none",
                            Dev);
  dev->add_option("PEER", options->peers,
                  "ROLE/NAME, such as portal/web; default: the four services and one of each role");
  AddDirectory(*dev, *options);
  dev->add_option("--trust-domain", options->order.trust_domain, "Of the names spiffe://DOMAIN/ROLE/NAME")
      ->capture_default_str();
  dev->add_option("--host", options->hosts,
                  "A further name or address under which services are reached, besides this machine's own; "
                  "may be repeated")
      ->allow_extra_args(false);
  dev->add_option("--days", options->order.days, "How long they are good")
      ->check(CLI::Range(1, 90))
      ->capture_default_str();
  dev->add_flag("--force", options->force,
                "Make a new authority; what the old one has issued is worth nothing then");
  CLI::App* show =
      AddAction(*certs, context, options, "show", "Whose certificate it is, and how long it is good", Show);
  show->add_option("FILE", options->files, "PEM file")->required();
  CLI::App* revoke = AddAction(
      *certs, context, options, "revoke",
      "Write the authority's list of revoked certificates (--tls-crl); without files, anew as it is", Revoke);
  revoke->add_option("FILE", options->files, "PEM file of a certificate that is revoked from now on");
  AddDirectory(*revoke, *options);
  revoke->add_option("--days", options->list_days, "How long the list is good")
      ->check(CLI::Range(1, 365))
      ->capture_default_str();
}

}  // namespace tc::ctl
