#include "common/tls/identity.h"

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/tls/material.h"
#include "common/tls/memory_file.h"
#include "common/tls/peer_check.h"
#include "common/tls/revocations.h"

namespace tc::tls {
namespace {

namespace grpc_tls = grpc::experimental;

constexpr unsigned kGrpcLooksSeconds = 1;
constexpr double kShortLife = 0.2;  // TRN-08

// Credentials outlive the Identity, and the last handshake may still run when it ends.
class Teller {
 public:
  explicit Teller(Identity::OnRefused on_refused) : on_refused_(std::move(on_refused)) {}

  void Tell(const std::vector<grpc::string_ref>& uris, const absl::Status& why) {
    std::vector<std::string> names;
    for (const grpc::string_ref& uri : uris) names.emplace_back(uri.data(), uri.size());
    const std::lock_guard lock(mutex_);
    if (on_refused_) on_refused_(names, "handshake", why);
  }
  void Silence() {
    const std::lock_guard lock(mutex_);
    on_refused_ = nullptr;
  }

 private:
  std::mutex mutex_;
  Identity::OnRefused on_refused_;
};

// The URI names that a peer may have: those that begin with `beside`, with `service` that one only. Neither:
// he may be anybody.
struct Whom {
  std::string beside = {};  // "spiffe://example.org/service/"
  std::optional<std::string> service = {};

  bool IsAnybody() const { return beside.empty() && !service.has_value(); }
  bool Is(absl::string_view uri) const {
    return absl::ConsumePrefix(&uri, beside) && (!service.has_value() || uri == *service);
  }
};

// Runs within the handshake and answers at once.
class Verifier final : public grpc_tls::ExternalCertificateVerifier {
 public:
  enum class Of { kClient, kServer };

  // `whom`: what the peer's one URI name must be.
  // `teller` hears of those who are not let in.
  Verifier(std::shared_ptr<const PeerCheck> check, std::shared_ptr<Teller> teller, Of peer, Whom whom = {})
      : check_(std::move(check)), teller_(std::move(teller)), peer_(peer), whom_(std::move(whom)) {}

  bool Verify(grpc_tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* status) override {
    // A verifier of one's own takes the place of the library's, which alone looks at the host's name.
    if (peer_ == Of::kServer) host_.Verify(request, nullptr, status);
    if (status->ok()) *status = CheckNameOf(*request);
    if (status->ok()) *status = CheckChainOf(*request);
    return true;
  }
  void Cancel(grpc_tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  grpc::Status CheckNameOf(const grpc_tls::TlsCustomVerificationCheckRequest& request) const {
    const std::vector<grpc::string_ref> uris = request.uri_names();
    if (whom_.IsAnybody()) return grpc::Status::OK;
    const bool is_named =
        uris.size() == 1 && whom_.Is(absl::string_view(uris.front().data(), uris.front().size()));
    if (is_named) return grpc::Status::OK;
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED,
                        absl::StrCat("the peer is not of ", whom_.beside, whom_.service.value_or("")));
  }

  grpc::Status CheckChainOf(const grpc_tls::TlsCustomVerificationCheckRequest& request) const {
    const grpc::string_ref own = request.peer_cert();
    const grpc::string_ref further = request.peer_cert_full_chain();  // on a server it lacks the peer's own
    const absl::Status checked = check_->Check(absl::StrCat(
        absl::string_view(own.data(), own.size()), "\n", absl::string_view(further.data(), further.size())));
    if (checked.ok()) return grpc::Status::OK;
    teller_->Tell(request.uri_names(), checked);
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, std::string(checked.message()));
  }

  const std::shared_ptr<const PeerCheck> check_;
  const std::shared_ptr<Teller> teller_;
  const Of peer_;
  const Whom whom_;
  grpc_tls::HostNameCertificateVerifier host_;
};

// "spiffe://example.org/service/" of a service's name; empty for other peers' names.
std::string ServicesBeside(const std::string& spiffe_id) {
  const std::string services = "/service/";
  const size_t at = spiffe_id.find(services);
  return at == std::string::npos ? "" : spiffe_id.substr(0, at + services.size());
}

// Warns once when a span of time is nearly over.
class LifeAlarm {
 public:
  explicit LifeAlarm(std::string what) : what_(std::move(what)) {}

  void Look(absl::Time begin, absl::Time end, absl::Time now) {
    if (absl::ToDoubleSeconds(end - now) >= kShortLife * absl::ToDoubleSeconds(end - begin)) return;
    if (std::exchange(warned_of_, end) == end) return;
    obs::Warning(absl::StrCat(what_, " must be renewed: less than a fifth of its life is left"),
                 {{"expires", absl::FormatTime(end, absl::UTCTimeZone())}});
  }

 private:
  const std::string what_;
  absl::Time warned_of_ = absl::InfinitePast();
};

obs::Gauge& Expiry(const std::string& name, const std::string& help) { return obs::GetGauge(name, help, {}); }

}  // namespace

struct Identity::State {
  State(Files f, std::string id, const Clock& c, obs::OnTaking on_taking)
      : files(std::move(f)),
        spiffe_id(std::move(id)),
        clock(c),
        check(std::make_shared<PeerCheck>(c)),
        log("certificates", "tc_tls_reloads_total", "Changes of the TLS files, by what came of them",
            std::move(on_taking)) {}

  absl::Status Publish(const Material& material, std::string fingerprint) {
    check->Replace(material.revocations);
    // First the authorities: those of a new certificate must be known when it is shown.
    TRY(roots.Replace(material.roots));
    TRY(identity.Replace(material.identity.Reveal()));
    in_use = std::move(fingerprint);
    not_before = material.not_before;
    not_after = material.not_after;
    certificate_expires.Set(absl::ToDoubleSeconds(not_after - absl::UnixEpoch()));
    revocations = material.revocations;
    if (revocations == nullptr) return absl::OkStatus();
    list_made = material.revocations->made_at();
    list_good_until = material.revocations->good_until();
    Expiry("tc_tls_crl_expires_seconds", "Unix time until which the list of revoked certificates is good")
        .Set(absl::ToDoubleSeconds(list_good_until - absl::UnixEpoch()));
    return absl::OkStatus();
  }

  // Who puts an older list in place gives those back their access who have lost it since.
  absl::Status CheckIsNoReturn(const Material& material) const {
    if (material.revocations == nullptr || revocations == nullptr) return absl::OkStatus();
    const absl::Status newer = material.revocations->CheckFollows(*revocations);
    if (newer.ok()) return newer;
    return absl::FailedPreconditionError(absl::StrCat(files.crl, ": ", newer.message()));
  }

  // True when something new is in use. `seen` tells apart what was found.
  absl::StatusOr<bool> TakeNew(std::string& seen) {
    absl::StatusOr<FileContents> contents = ReadFiles(files);
    seen = contents.ok() ? contents->Fingerprint() : std::string(contents.status().message());
    TRY(contents.status());
    if (seen == in_use) return false;
    const Material material = TRY(CheckFiles(files, *contents, spiffe_id, clock.Now()));
    TRY(CheckIsNoReturn(material));
    TRY(log.Taking(seen, material.particulars));
    TRY(Publish(material, seen));
    return true;
  }

  std::shared_ptr<grpc_tls::CertificateProviderInterface> Provider() const {
    return std::make_shared<grpc_tls::FileWatcherCertificateProvider>(identity.path(), identity.path(),
                                                                      roots.path(), kGrpcLooksSeconds);
  }

  std::shared_ptr<grpc::ChannelCredentials> ChannelTo(std::optional<std::string> service) const {
    grpc_tls::TlsChannelCredentialsOptions options;
    options.set_certificate_provider(Provider());
    options.watch_root_certs();
    options.watch_identity_key_cert_pairs();
    options.set_certificate_verifier(grpc_tls::ExternalCertificateVerifier::Create<Verifier>(
        check, std::make_shared<Teller>(nullptr), Verifier::Of::kServer,
        Whom{ServicesBeside(spiffe_id), std::move(service)}));
    return grpc_tls::TlsCredentials(options);
  }

  const Files files;
  const std::string spiffe_id;
  const Clock& clock;
  const std::shared_ptr<PeerCheck> check;
  obs::Gauge& certificate_expires =
      Expiry("tc_tls_certificate_expires_seconds", "Unix time at which the certificate in use expires");
  std::mutex mutex;  // one look at a time
  obs::ReloadLog log;
  std::vector<std::shared_ptr<Teller>> tellers;  // of the doors; guarded by `mutex`
  LifeAlarm certificate_alarm{"the certificate"};
  LifeAlarm list_alarm{"the list of revoked certificates"};
  MemoryFile identity;
  MemoryFile roots;
  std::string in_use;  // fingerprint
  absl::Time not_before;
  absl::Time not_after;
  std::shared_ptr<const Revocations> revocations;
  absl::Time list_made = absl::InfinitePast();
  absl::Time list_good_until = absl::InfiniteFuture();
};

Identity::Identity(std::unique_ptr<State> state) : state_(std::move(state)) {}
Identity::~Identity() {
  for (const std::shared_ptr<Teller>& teller : state_->tellers) teller->Silence();
}

absl::StatusOr<std::unique_ptr<Identity>> Identity::Open(const Files& files, const std::string& spiffe_id,
                                                         const Clock& clock, obs::OnTaking on_taking) {
  auto state = std::make_unique<State>(files, spiffe_id, clock, std::move(on_taking));
  std::string seen;
  TRY(state->TakeNew(seen));
  return std::unique_ptr<Identity>(new Identity(std::move(state)));
}

absl::Status Identity::Reload() {
  const std::lock_guard lock(state_->mutex);
  std::string seen;
  const absl::StatusOr<bool> taken = state_->TakeNew(seen);
  if (taken.ok() && *taken) state_->log.Taken();
  return taken.status();
}

void Identity::Look() {
  const std::lock_guard lock(state_->mutex);
  std::string seen;
  const absl::StatusOr<bool> taken = state_->TakeNew(seen);
  if (!taken.ok()) {
    state_->log.Refused(seen, taken.status());
  } else if (*taken) {
    state_->log.Taken();
  }
  const absl::Time now = state_->clock.Now();
  state_->certificate_alarm.Look(state_->not_before, state_->not_after, now);
  state_->list_alarm.Look(state_->list_made, state_->list_good_until, now);
}

std::shared_ptr<grpc::ServerCredentials> Identity::ForServer(OnRefused on_refused) const {
  grpc_tls::TlsServerCredentialsOptions options(state_->Provider());
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  const auto teller = std::make_shared<Teller>(std::move(on_refused));
  {
    const std::lock_guard lock(state_->mutex);
    state_->tellers.push_back(teller);
  }
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.set_certificate_verifier(
      grpc_tls::ExternalCertificateVerifier::Create<Verifier>(state_->check, teller, Verifier::Of::kClient));
  return grpc_tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> Identity::ForChannel() const {
  return state_->ChannelTo(std::nullopt);
}

std::shared_ptr<grpc::ChannelCredentials> Identity::ForChannelTo(const std::string& service) const {
  return state_->ChannelTo(service);
}

}  // namespace tc::tls
