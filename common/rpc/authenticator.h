#pragma once

// Authenticator: who is the peer, who is the person. Two of them: mutual TLS with the person's assertion
// (production), and the development one, which takes both from one self-issued assertion and exists on
// loopback only. They are two questions, since the gate asks in between whether the peer may call at all.
// Thread-safe.
//
// Assertion: metadata "authorization: Bearer <JWT>" (api.md); a verified one is remembered by its hash until
// it expires.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/jwt.h"
#include "common/rpc/call.h"
#include "common/rpc/issuer_keys.h"

namespace tc::rpc {

// What the transport tells, without gRPC's types.
struct Credentials {
  std::vector<std::string> authorization;  // every value of that metadata key
  std::vector<std::string> peer_uris;      // URI SANs of the verified client certificate; empty without TLS
  std::string address;                     // "ipv4:127.0.0.1:4242", "unix:"
  // Kept by the authenticator between its two questions; others leave it alone.
  mutable std::shared_ptr<const crypto::Claims> verified = {};
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // UNAUTHENTICATED with a reason; PERMISSION_DENIED / ROLE_NOT_ALLOWED for a certificate that is not exactly
  // one known name.
  virtual absl::StatusOr<Peer> WhoCalls(const Credentials& credentials, absl::Time now) = 0;
  // nullopt: nobody is signed in. An assertion that is there must be good, needed or not: UNAUTHENTICATED /
  // CREDENTIALS_INVALID or CREDENTIALS_EXPIRED.
  virtual absl::StatusOr<std::optional<Person>> WhoIsSignedIn(const Credentials& credentials,
                                                              absl::Time now) = 0;
};

struct PersonRules {
  IssuerKeys keys;
  crypto::JwtRules rules;
};

// The peer is exactly one URI SAN spiffe://<trust_domain>/<role>/<name>; the person, if any, is the
// assertion's subject.
std::unique_ptr<Authenticator> MutualTlsAuthenticator(std::string trust_domain, PersonRules persons);

// The peer that a certificate with these URI names is in the trust domain, or PERMISSION_DENIED /
// ROLE_NOT_ALLOWED.
absl::StatusOr<Peer> PeerOf(const std::string& trust_domain, const std::vector<std::string>& uris);

// Development: the assertion's claim "peer" (such as "portal/demo") names the peer, its subject the person.
// Refuses callers that are not on loopback or a Unix socket. A server whose clock is set forward by
// `clock_offset` judges assertions by their issuer's clock, and tells the time of a sign-in by its own.
std::unique_ptr<Authenticator> DevelopmentAuthenticator(PersonRules persons,
                                                        absl::Duration clock_offset = absl::ZeroDuration());

// "service-centre" ⇄ Role::kServiceCentre.
std::optional<Role> ParseRole(absl::string_view text);
absl::string_view RoleName(Role role);

}  // namespace tc::rpc
