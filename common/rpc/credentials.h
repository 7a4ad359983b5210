#pragma once

// ClientCredentials: how this process proves itself to a peer. Thread-safe.

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/jwt.h"
#include "common/env/clock.h"

namespace grpc {
class ChannelCredentials;
}

namespace tc::tls {
class Identity;
}

namespace tc::rpc {

class ClientCredentials {
 public:
  virtual ~ClientCredentials() = default;
  // To the service of this name ("identity").
  virtual std::shared_ptr<grpc::ChannelCredentials> ChannelTo(const std::string& service) const = 0;
  // The value of the "authorization" metadata, or nullopt where the certificate says it all.
  virtual std::optional<std::string> Authorization() = 0;
};

// Development: plaintext, and an assertion "peer" = "service/<name>" signed with the development key, renewed
// before it expires.
std::shared_ptr<ClientCredentials> DevelopmentCredentials(std::string peer, crypto::JwtSigner signer,
                                                          const Clock& clock);

// Production: mutual TLS, the certificates say it all: our own, and the peer's that it is the service asked
// for. `identity` outlives the object.
std::shared_ptr<ClientCredentials> MutualTlsCredentials(const tls::Identity& identity);

// The claims that development uses everywhere, and the id of its one key.
inline constexpr char kDevelopmentIssuer[] = "trusted-contact-dev";
inline constexpr char kDevelopmentKid[] = "dev";
inline constexpr char kAudience[] = "trusted-contact";

}  // namespace tc::rpc
