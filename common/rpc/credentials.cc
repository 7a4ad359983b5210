#include "common/rpc/credentials.h"

#include <grpcpp/security/credentials.h>

#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/tls/identity.h"

namespace tc::rpc {
namespace {

constexpr absl::Duration kLifetime = absl::Seconds(60);
// Renewed early enough that an assertion outlives the call that it is sent with.
constexpr absl::Duration kRenewBefore = absl::Seconds(20);

class Development final : public ClientCredentials {
 public:
  Development(std::string peer, crypto::JwtSigner signer, const Clock& clock)
      : peer_(std::move(peer)), signer_(std::move(signer)), clock_(clock) {}

  std::shared_ptr<grpc::ChannelCredentials> ChannelTo(const std::string&) const override {
    return grpc::InsecureChannelCredentials();
  }

  std::optional<std::string> Authorization() override {
    const absl::Time now = clock_.Now();
    const std::lock_guard lock(mutex_);
    // An expiry too far ahead means that the clock was set back.
    if (now > expires_at_ - kRenewBefore || now < expires_at_ - kLifetime) {
      crypto::Claims claims;
      claims.issuer = kDevelopmentIssuer;
      claims.audience = {kAudience};
      claims.issued_at = now;
      claims.expires_at = now + kLifetime;
      claims.extra["peer"] = peer_;
      value_ = absl::StrCat("Bearer ", signer_.Sign(claims));
      expires_at_ = now + kLifetime;
    }
    return value_;
  }

 private:
  const std::string peer_;
  const crypto::JwtSigner signer_;
  const Clock& clock_;
  std::mutex mutex_;
  std::string value_;
  absl::Time expires_at_ = absl::InfinitePast();
};

class MutualTls final : public ClientCredentials {
 public:
  explicit MutualTls(const tls::Identity& identity) : identity_(identity) {}
  std::shared_ptr<grpc::ChannelCredentials> ChannelTo(const std::string& service) const override {
    return identity_.ForChannelTo(service);
  }
  std::optional<std::string> Authorization() override { return std::nullopt; }

 private:
  const tls::Identity& identity_;
};

}  // namespace

std::shared_ptr<ClientCredentials> DevelopmentCredentials(std::string peer, crypto::JwtSigner signer,
                                                          const Clock& clock) {
  return std::make_shared<Development>(std::move(peer), std::move(signer), clock);
}

std::shared_ptr<ClientCredentials> MutualTlsCredentials(const tls::Identity& identity) {
  return std::make_shared<MutualTls>(identity);
}

}  // namespace tc::rpc
