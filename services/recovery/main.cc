// tc-recovery: may this password be set anew, and by which steps?

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/link.h"
#include "common/base/status.h"
#include "common/kv/dispatcher.h"
#include "common/kv/timer_runner.h"
#include "common/obs/log.h"
#include "common/rpc/client.h"
#include "common/rpc/event_follower.h"
#include "common/rpc/repeater.h"
#include "common/rpc/runtime.h"
#include "common/rpc/trust_entry.h"
#include "services/recovery/outbound/identity_client.h"
#include "services/recovery/outbound/linking_client.h"
#include "services/recovery/outbound/otp_client.h"
#include "services/recovery/outbound/proof_key.h"
#include "services/recovery/rpc/courier.h"
#include "services/recovery/rpc/handlers.h"
#include "services/recovery/rpc/identity_news.h"
#include "services/recovery/rpc/service.h"
#include "services/recovery/rpc/timers.h"

namespace tc::recovery {
namespace {

struct Flags {
  std::string proof_key;
  std::string not_me_url;
};

// What the notices are to say must be sendable, or people would wait for a way that never comes.
absl::Status CheckNotMeUrl(const std::string& url) {
  if (url.empty()) return absl::OkStatus();
  const std::string longest = absl::StrCat(url, std::string(Tokens::kNotMeLength, 'x'));
  if (ParseLink(longest, "not_me_url").ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--not-me-url ", url, ": must begin with https:// and have at most ",
                   kLongestLink - Tokens::kNotMeLength, " characters, since the token is appended to it"));
}

absl::StatusOr<int> Run(rpc::Runtime& runtime, const Flags& flags) {
  TRY(CheckNotMeUrl(flags.not_me_url));
  const PolicyValues values =
      TRY(ResolvePolicy(PolicyKeys(), runtime.policy_name(), runtime.overrides(), /*ignore_foreign=*/true));
  const std::unique_ptr<ProofKey> proofs = TRY(ProofKey::Open(
      flags.proof_key, runtime.development(), rpc::EnterTrust(runtime.database(), runtime.clock())));
  const rpc::Repeater proof_watch(absl::Seconds(1), [&proofs, &runtime] {
    proofs->Look(runtime.clock().Now());
    return false;
  });
  const Tokens tokens = TRY(Tokens::Create(runtime.keys()));
  const RecoveryStore store(TRY(crypto::Sealer::Create(runtime.keys(), "seal", runtime.random())));
  const std::unique_ptr<IdentityPeer> identity = MakeIdentityClient(runtime.peer("identity"));
  const std::unique_ptr<LinkingPeer> linking = MakeLinkingClient(runtime.peer("linking"));
  const std::unique_ptr<OtpPeer> otp = MakeOtpClient(runtime.peer("otp"));

  Handlers handlers({.once = runtime.once(),
                     .pager = runtime.pager(),
                     .store = store,
                     .tokens = tokens,
                     .proofs = proofs->signer(),
                     .random = runtime.random(),
                     .policy = MakePolicy(values),
                     .identity = *identity,
                     .linking = *linking,
                     .otp = *otp});
  const kv::Dispatcher dispatcher(runtime.database(), runtime.clock(), runtime.random(),
                                  CourierHandlers({.database = runtime.database(),
                                                   .store = store,
                                                   .tokens = tokens,
                                                   .identity = *identity,
                                                   .otp = *otp,
                                                   .clock = runtime.clock(),
                                                   .not_me_url = flags.not_me_url}));
  const kv::TimerRunner timers(runtime.database(), runtime.clock(), TimerHandlers(store));
  const rpc::EventFollower accounts(runtime.peer("identity"), runtime.database(),
                                    IdentityNews(store, runtime.clock()), IdentityNewsTypes());
  return runtime.Serve({MakeService(handlers, runtime.feed(), runtime.gate())}, {PolicyKeys(), values});
}

int Main(int argc, char** argv) {
  rpc::InitProcess();
  Flags flags;
  rpc::ServiceInfo info;
  info.name = "recovery";
  info.description = "Recovery of passwords with a trusted contact.";
  info.peers = {"identity", "linking", "otp"};
  info.purposes = {"token", "index", "seal"};
  info.services = {kServiceName};
  info.add_flags = [&flags](CLI::App& app) {
    app.add_option("--proof-key", flags.proof_key,
                   "Key (PEM) that signs recovery's word to identity, read again when it changes; in dev "
                   "made when absent, with its "
                   ".jwks beside it")
        ->envname("TC_PROOF_KEY")
        ->required();
    app.add_option(
           "--not-me-url", flags.not_me_url,
           "Where a principal can stop a recovery that is not his: the portal's page, to which the token "
           "is appended, such as https://portal.example/not-me#; without it notices name the cabinet")
        ->envname("TC_NOT_ME_URL");
  };
  int exit_code = 0;
  const std::unique_ptr<rpc::Runtime> runtime = rpc::Runtime::FromCommandLine(argc, argv, info, exit_code);
  if (runtime == nullptr) return exit_code;
  const absl::StatusOr<int> ended = Run(*runtime, flags);
  if (ended.ok()) return *ended;
  obs::Error("recovery does not start", {{"reason", std::string(ended.status().message())}});
  return 1;
}

}  // namespace
}  // namespace tc::recovery

int main(int argc, char** argv) { return tc::recovery::Main(argc, argv); }
