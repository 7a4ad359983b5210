#pragma once

// Signatures: Ed25519 (RFC 8032) and ECDSA over P-256 with SHA-256 (JWA's ES256: r ‖ s, 64 bytes). Values
// that share one immutable key; thread-safe.

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace tc::crypto {

class PublicKey {
 public:
  enum class Kind { kEd25519, kP256 };

  // INVALID_ARGUMENT when the bytes are no point of the curve. Coordinates have 32 bytes each.
  static absl::StatusOr<PublicKey> Ed25519(absl::string_view x);
  static absl::StatusOr<PublicKey> P256(absl::string_view x, absl::string_view y);

  Kind kind() const { return kind_; }
  // False for anything but this key's signature of `message`.
  bool Verify(absl::string_view message, absl::string_view signature) const;

 private:
  PublicKey(Kind kind, std::shared_ptr<evp_pkey_st> key);
  Kind kind_;
  std::shared_ptr<evp_pkey_st> key_;
};

// Ed25519.
class PrivateKey {
 public:
  static PrivateKey Generate();
  // The key that the 32 bytes of RFC 8032's private key give. INVALID_ARGUMENT for another length.
  static absl::StatusOr<PrivateKey> FromSeed(absl::string_view seed);
  // PKCS#8, not encrypted. INVALID_ARGUMENT for another text or another kind of key.
  static absl::StatusOr<PrivateKey> FromPem(absl::string_view pem);
  std::string ToPem() const;
  std::string PublicBytes() const;  // 32
  std::string Sign(absl::string_view message) const;

 private:
  explicit PrivateKey(std::shared_ptr<evp_pkey_st> key);
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace tc::crypto
