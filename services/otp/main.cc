// tc-otp: does this person hold this phone or mailbox now, and was he told?

#include <CLI/CLI.hpp>
#include <cstdio>

#include "common/base/status.h"
#include "common/kv/dispatcher.h"
#include "common/kv/timer_runner.h"
#include "common/obs/log.h"
#include "common/rpc/runtime.h"
#include "services/otp/outbound/open_provider.h"
#include "services/otp/rpc/sender.h"
#include "services/otp/rpc/service.h"
#include "services/otp/rpc/timers.h"
#include "services/otp/store/sealed.h"

namespace tc::otp {
namespace {

struct Flags {
  ProviderFlags provider;
  std::string origin_host = "gosuslugi.example";
};

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option("--provider", flags.provider.provider,
                 "How messages leave: spool (development only) or webhook")
      ->envname("TC_PROVIDER")
      ->required();
  app.add_option("--spool", flags.provider.spool_dir,
                 "Directory of --provider spool: one JSON file a message")
      ->envname("TC_SPOOL");
  app.add_option("--webhook-url", flags.provider.webhook_url, "https:// address of --provider webhook")
      ->envname("TC_WEBHOOK_URL");
  app.add_option("--webhook-token", flags.provider.webhook_token,
                 "File with the bearer token of the webhook, mode 0600")
      ->envname("TC_WEBHOOK_TOKEN");
  app.add_option("--webhook-ca", flags.provider.webhook_ca,
                 "PEM file with the webhook's certificate authority")
      ->envname("TC_WEBHOOK_CA");
  app.add_option("--origin-host", flags.origin_host,
                 "Host of the portal, in the last line of an SMS: @host #code")
      ->envname("TC_ORIGIN_HOST")
      ->capture_default_str();
}

absl::StatusOr<int> Run(rpc::Runtime& runtime, const Flags& flags) {
  const PolicyValues values =
      TRY(ResolvePolicy(PolicyKeys(), runtime.policy_name(), runtime.overrides(), /*ignore_foreign=*/true));
  const std::string origin_host = TRY(ParseOriginHost(flags.origin_host));
  const std::unique_ptr<Provider> provider = TRY(OpenProvider(flags.provider, runtime.development()));
  const crypto::Sealer sealer = TRY(crypto::Sealer::Create(runtime.keys(), kDataKey, runtime.random()));
  const Desk desk{.once = runtime.once(),
                  .pager = runtime.pager(),
                  .random = runtime.random(),
                  .codes = TRY(Codes::Create(runtime.keys())),
                  .sealer = sealer,
                  .policy = MakePolicy(values),
                  .origin_host = origin_host};
  VerificationHandlers verifications(desk);
  DeliveryHandlers deliveries(desk);
  Sender sender(runtime.database(), sealer, *provider, runtime.clock());
  kv::Dispatcher dispatcher(runtime.database(), runtime.clock(), runtime.random(),
                            {{kOutboxKind, [&](const kv::OutboxRow& row) { return sender.Perform(row); }}});
  kv::TimerRunner timers(runtime.database(), runtime.clock(), TimerHandlers(desk.policy));
  obs::Info("messages leave through a provider", {{"provider", std::string(provider->name())}});
  return runtime.Serve(MakeServices(verifications, deliveries, runtime.gate()), {PolicyKeys(), values});
}

}  // namespace
}  // namespace tc::otp

int main(int argc, char** argv) {
  tc::otp::Flags flags;
  tc::rpc::ServiceInfo info;
  info.name = "otp";
  info.description =
      "One-time codes and messages: does this person hold this phone or mailbox now, and was he told?";
  info.purposes = {tc::otp::kCodeKey, tc::otp::kIndexKey, tc::otp::kDataKey};
  info.services = {"trustedcontact.otp.v1.OtpService", "trustedcontact.otp.v1.DeliveryService"};
  info.add_flags = [&](CLI::App& app) { tc::otp::AddFlags(app, flags); };
  int exit_code = 0;
  const std::unique_ptr<tc::rpc::Runtime> runtime =
      tc::rpc::Runtime::FromCommandLine(argc, argv, info, exit_code);
  if (runtime == nullptr) return exit_code;
  const absl::StatusOr<int> served = tc::otp::Run(*runtime, flags);
  if (served.ok()) return *served;
  std::fprintf(stderr, "tc-otp: %s\n", std::string(served.status().message()).c_str());
  for (const tc::FieldViolation& v : tc::ViolationsOf(served.status())) {
    std::fprintf(stderr, "  %s: %s\n", v.field.c_str(), v.description.c_str());
  }
  return 2;
}
