// tc-otp: does this person hold this phone or mailbox now, and was he told?

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "common/base/status.h"
#include "common/kv/dispatcher.h"
#include "common/kv/timer_runner.h"
#include "common/obs/log.h"
#include "common/rpc/runtime.h"
#include "services/otp/rpc/receipts.h"
#include "services/otp/rpc/sender.h"
#include "services/otp/rpc/service.h"
#include "services/otp/rpc/startup.h"
#include "services/otp/rpc/switchboard.h"
#include "services/otp/rpc/timers.h"
#include "services/otp/store/sealed.h"

namespace tc::otp {
namespace {

void AddFlags(CLI::App& app, StartupFlags& flags) {
  app.add_option("--providers", flags.providers.providers_file,
                 "JSON file of the gateways that messages leave through");
  app.add_option("--spool", flags.providers.spool_dir,
                 "dev: directory that every message goes to, one JSON file each, instead of --providers");
  app.add_option("--templates", flags.templates,
                 "Directory of ru.json and en.json with words in place of the program's own");
  app.add_option("--origin-host", flags.origin_host,
                 "Host of the portal, in the last line of an SMS: @host #code")
      ->capture_default_str();
  app.add_option("--send-threads", flags.send_threads,
                 "Messages that are being handed to gateways at the same time, 1 to 256")
      ->capture_default_str();
  app.add_option("--receipts-listen", flags.receipts.listen,
                 "Address where gateways report what became of a message, HOST:PORT; none when absent");
  app.add_option("--receipts-url", flags.receipts.url,
                 "How gateways reach it, https://HOST; default: the address itself");
  app.add_option("--receipts-cert", flags.receipts.certificate,
                 "PEM file of its certificate chain; without one only a loopback address is served");
  app.add_option("--receipts-key", flags.receipts.private_key, "PEM file of its private key");
  app.add_flag("--receipts-allow-tls12", flags.receipts.allow_tls12,
               "Take TLS 1.2 besides 1.3 there, for a gateway that knows no better");
}

void Announce(const Startup& start) {
  for (const std::unique_ptr<Provider>& provider : start.providers) {
    const ProviderInfo& info = provider->info();
    obs::Info("messages leave through a provider", {{"provider", info.name},
                                                    {"kind", info.kind},
                                                    {"channels", ChannelsOf(info)},
                                                    {"receipts", info.receipts ? "yes" : "no"}});
  }
  for (const std::string& warning : WarningsOf(start)) obs::Warning(warning);
}

// Null when nobody is to listen.
absl::StatusOr<std::unique_ptr<ReceiptListener>> Listen(const Startup& start, const Receipts& receipts) {
  if (!start.receipts.has_value()) return nullptr;
  std::unique_ptr<ReceiptListener> listener = TRY(ReceiptListener::Start(
      *start.receipts,
      [&receipts](absl::string_view provider, absl::string_view token, const ReceiptCall& call) {
        return receipts.Take(provider, token, call);
      }));
  obs::Info("receipts are taken", {{"address", listener->address()}, {"url", listener->url()}});
  return listener;
}

absl::StatusOr<int> Run(rpc::Runtime& runtime, const Startup& start, int send_threads) {
  Switchboard switchboard(start.providers);
  const Desk desk{.once = runtime.once(),
                  .pager = runtime.pager(),
                  .random = runtime.random(),
                  .codes = TRY(Codes::Create(runtime.keys())),
                  .sealer = TRY(crypto::Sealer::Create(runtime.keys(), kDataKey, runtime.random())),
                  .policy = MakePolicy(start.policy),
                  .origin_host = start.origin_host,
                  .wording = start.wording,
                  .switchboard = switchboard};
  VerificationHandlers verifications(desk);
  DeliveryHandlers deliveries(desk);
  const ReceiptAddress address = TRY(ReceiptAddress::Create(runtime.keys()));
  const Receipts receipts(desk, start.providers, address, runtime.clock());
  const std::unique_ptr<ReceiptListener> listener = TRY(Listen(start, receipts));
  const auto receipt_url = [&](const DeliveryId& delivery, int attempt, absl::string_view provider) {
    const bool heard = listener != nullptr && switchboard.Find(std::string(provider))->info().receipts;
    return heard ? address.Make(listener->url(), provider, {delivery, attempt}) : "";
  };
  Sender sender(desk, runtime.clock(), receipt_url);
  kv::Dispatcher dispatcher(runtime.database(), runtime.clock(), runtime.random(),
                            {{kOutboxKind, [&](const kv::OutboxRow& row) { return sender.Perform(row); }}},
                            send_threads);
  kv::TimerRunner timers(runtime.database(), runtime.clock(), TimerHandlers(desk.policy));
  Announce(start);
  return runtime.Serve(MakeServices(verifications, deliveries, runtime.gate()), {PolicyKeys(), start.policy});
}

}  // namespace
}  // namespace tc::otp

int main(int argc, char** argv) {
  tc::otp::StartupFlags flags;
  std::optional<tc::otp::Startup> start;
  tc::rpc::ServiceInfo info;
  info.name = "otp";
  info.description =
      "One-time codes and messages: does this person hold this phone or mailbox now, and was he told?";
  info.purposes = {tc::otp::kCodeKey, tc::otp::kIndexKey, tc::otp::kDataKey};
  info.services = {"trustedcontact.otp.v1.OtpService", "trustedcontact.otp.v1.DeliveryService"};
  info.add_flags = [&](CLI::App& app) { tc::otp::AddFlags(app, flags); };
  info.check_flags = [&](const tc::rpc::CommonFlags& common, std::vector<std::string>& mistakes) {
    start = tc::otp::ReadStartup(flags, common, mistakes);
  };
  info.offers_check = true;
  int exit_code = 0;
  const std::unique_ptr<tc::rpc::Runtime> runtime =
      tc::rpc::Runtime::FromCommandLine(argc, argv, info, exit_code);
  if (runtime == nullptr) return exit_code;
  const absl::StatusOr<int> served = tc::otp::Run(*runtime, *start, flags.send_threads);
  if (served.ok()) return *served;
  std::fprintf(stderr, "tc-otp: %s\n", std::string(served.status().message()).c_str());
  return 1;
}
