#include "common/tls/identity.h"

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/obs/reload_log.h"
#include "common/tls/material.h"
#include "common/tls/memory_file.h"
#include "common/tls/peer_check.h"
#include "common/tls/revocations.h"

namespace tc::tls {
namespace {

namespace tls = grpc::experimental;

constexpr unsigned kGrpcLooksSeconds = 1;
constexpr double kShortLife = 0.2;  // TRN-08

class Verifier final : public tls::ExternalCertificateVerifier {
 public:
  explicit Verifier(std::shared_ptr<const PeerCheck> check) : check_(std::move(check)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* status) override {
    // On a server the chain lacks the peer's own certificate.
    std::string chain(request->peer_cert().data(), request->peer_cert().size());
    absl::StrAppend(
        &chain, "\n",
        absl::string_view(request->peer_cert_full_chain().data(), request->peer_cert_full_chain().size()));
    const absl::Status checked = check_->Check(chain);
    *status = checked.ok()
                  ? grpc::Status::OK
                  : grpc::Status(grpc::StatusCode::PERMISSION_DENIED, std::string(checked.message()));
    return true;
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::shared_ptr<const PeerCheck> check_;
};

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
  State(Files f, std::string id, const Clock& c)
      : files(std::move(f)), spiffe_id(std::move(id)), clock(c), check(std::make_shared<PeerCheck>(c)) {}

  absl::Status Publish(const Material& material, std::string fingerprint) {
    check->Replace(material.revocations);
    // First the authorities: those of a new certificate must be known when it is shown.
    TRY(roots.Replace(material.roots));
    TRY(identity.Replace(material.identity.Reveal()));
    in_use = std::move(fingerprint);
    not_before = material.not_before;
    not_after = material.not_after;
    certificate_expires.Set(absl::ToDoubleSeconds(not_after - absl::UnixEpoch()));
    if (material.revocations == nullptr) return absl::OkStatus();
    list_made = material.revocations->made_at();
    list_good_until = material.revocations->good_until();
    Expiry("tc_tls_crl_expires_seconds", "Unix time until which the list of revoked certificates is good")
        .Set(absl::ToDoubleSeconds(list_good_until - absl::UnixEpoch()));
    return absl::OkStatus();
  }

  // True when something new is in use. `seen` tells apart what was found.
  absl::StatusOr<bool> TakeNew(std::string& seen) {
    absl::StatusOr<FileContents> contents = ReadFiles(files);
    seen = contents.ok() ? contents->Fingerprint() : std::string(contents.status().message());
    TRY(contents.status());
    if (seen == in_use) return false;
    TRY(Publish(TRY(CheckFiles(files, *contents, spiffe_id, clock.Now())), seen));
    return true;
  }

  std::shared_ptr<tls::CertificateProviderInterface> Provider() const {
    return std::make_shared<tls::FileWatcherCertificateProvider>(identity.path(), identity.path(),
                                                                 roots.path(), kGrpcLooksSeconds);
  }

  const Files files;
  const std::string spiffe_id;
  const Clock& clock;
  const std::shared_ptr<PeerCheck> check;
  obs::Gauge& certificate_expires =
      Expiry("tc_tls_certificate_expires_seconds", "Unix time at which the certificate in use expires");
  std::mutex mutex;  // one look at a time
  obs::ReloadLog log{"certificates", "tc_tls_reloads_total",
                     "Changes of the TLS files, by what came of them"};
  LifeAlarm certificate_alarm{"the certificate"};
  LifeAlarm list_alarm{"the list of revoked certificates"};
  MemoryFile identity;
  MemoryFile roots;
  std::string in_use;  // fingerprint
  absl::Time not_before;
  absl::Time not_after;
  absl::Time list_made = absl::InfinitePast();
  absl::Time list_good_until = absl::InfiniteFuture();
};

Identity::Identity(std::unique_ptr<State> state) : state_(std::move(state)) {}
Identity::~Identity() = default;

absl::StatusOr<std::unique_ptr<Identity>> Identity::Open(const Files& files, const std::string& spiffe_id,
                                                         const Clock& clock) {
  auto state = std::make_unique<State>(files, spiffe_id, clock);
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

std::shared_ptr<grpc::ServerCredentials> Identity::ForServer() const {
  tls::TlsServerCredentialsOptions options(state_->Provider());
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.set_certificate_verifier(tls::ExternalCertificateVerifier::Create<Verifier>(state_->check));
  return tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> Identity::ForChannel() const {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(state_->Provider());
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  return tls::TlsCredentials(options);
}

}  // namespace tc::tls
