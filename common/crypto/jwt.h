#pragma once

// JWT: signed claims by EdDSA (Ed25519) or ES256, nothing else (alg "none" and HMAC do not exist here;
// SES-06). JwtVerifier is immutable and thread-safe.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/signature.h"

namespace tc::crypto {

// Claims we use; others are ignored. Strings are empty and times absent when the claim is.
struct Claims {
  std::string issuer;                        // iss
  std::string subject;                       // sub
  std::vector<std::string> audience;         // aud: string or list
  std::optional<absl::Time> expires_at;      // exp, seconds
  std::optional<absl::Time> issued_at;       // iat
  std::optional<absl::Time> auth_time;       // auth_time (OpenID Connect)
  std::string id;                            // jti
  std::string session;                       // sid
  std::string device;                        // device
  std::vector<std::string> methods;          // amr
  std::map<std::string, std::string> extra;  // any other claim whose value is a string
};

struct JwtRules {
  std::string audience = {};                        // must be among aud
  std::string issuer = {};                          // must equal iss; empty: any
  absl::Duration max_lifetime = absl::Seconds(60);  // exp may be at most this far ahead
  absl::Duration leeway = absl::Seconds(2);         // for clocks that differ; never for exp's lower bound
};

class JwtVerifier {
 public:
  // A JWKS document (RFC 7517) of at most 64 KiB: OKP/Ed25519 and EC/P-256 public keys, each with a kid of
  // its own, at least one. INVALID_ARGUMENT names the bad entry; a key of another kind (RSA) or a private one
  // is bad, not passed over.
  static absl::StatusOr<JwtVerifier> FromJwks(absl::string_view jwks);

  // UNAUTHENTICATED / CREDENTIALS_INVALID (form, more than 4 KiB, algorithm, kid, signature, audience,
  // issuer, duplicated claims, no exp or one too far ahead, nbf, iat or auth_time in the future) or, for a
  // token that is genuine, CREDENTIALS_EXPIRED (now ≥ exp). The answer never says which check failed beyond
  // that. About 65 µs.
  absl::StatusOr<Claims> Verify(absl::string_view token, const JwtRules& rules, absl::Time now) const;

  std::vector<std::string> Kids() const;

 private:
  std::map<std::string, PublicKey> keys_;  // by kid
};

// An Ed25519 key that signs. PEM (PKCS#8) on disk, mode 0400 or 0600. Immutable, thread-safe.
class JwtSigner {
 public:
  // Named by the key itself, with its thumbprint (RFC 7638), so that another key has another kid.
  static JwtSigner Generate();
  static absl::StatusOr<JwtSigner> FromPem(absl::string_view pem);
  // INVALID_ARGUMENT for an empty kid, a text that is no PEM or a key of another kind.
  static absl::StatusOr<JwtSigner> Generate(std::string kid);
  static absl::StatusOr<JwtSigner> FromPem(absl::string_view pem, std::string kid);
  std::string ToPem() const;
  // {"keys":[…]} with the public half.
  std::string Jwks() const;
  // Claims::extra never replaces a registered claim. About 26 µs.
  std::string Sign(const Claims& claims) const;
  const std::string& kid() const { return kid_; }

 private:
  JwtSigner(std::string kid, PrivateKey key) : kid_(std::move(kid)), key_(std::move(key)) {}
  std::string kid_;
  PrivateKey key_;
};

}  // namespace tc::crypto
