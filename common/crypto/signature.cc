#include "common/crypto/signature.h"

#include <openssl/pem.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/openssl.h"

namespace tc::crypto {
namespace {

constexpr size_t kCoordinateBytes = 32;

absl::Status NoKey(absl::string_view what) { return absl::InvalidArgumentError(absl::StrCat("not ", what)); }

// JWA carries r ‖ s, OpenSSL wants them in DER. Empty when they have no DER form.
std::string ToDer(absl::string_view signature) {
  if (signature.size() != 2 * kCoordinateBytes) return "";
  BigNumber r(BN_bin2bn(Bytes(signature), kCoordinateBytes, nullptr));
  BigNumber s(BN_bin2bn(Bytes(signature.substr(kCoordinateBytes)), kCoordinateBytes, nullptr));
  const EcdsaSignature pair(ECDSA_SIG_new());
  Must(r != nullptr && s != nullptr && pair != nullptr);
  Must(ECDSA_SIG_set0(pair.get(), r.release(), s.release()) == 1);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return "";
  std::string text(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return text;
}

// OpenSSL would ask for a password on the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

PublicKey::PublicKey(Kind kind, std::shared_ptr<evp_pkey_st> key) : kind_(kind), key_(std::move(key)) {}

absl::StatusOr<PublicKey> PublicKey::Ed25519(absl::string_view x) {
  if (x.size() != kCoordinateBytes) return NoKey("an Ed25519 public key");
  KeyHandle key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(x), x.size()));
  if (key == nullptr) return NoKey("an Ed25519 public key");
  return PublicKey(Kind::kEd25519, std::move(key));
}

absl::StatusOr<PublicKey> PublicKey::P256(absl::string_view x, absl::string_view y) {
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return NoKey("a P-256 public key");
  std::string point = absl::StrCat("\x04", x, y);
  char group[] = "P-256";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  Must(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  const int good = EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params);
  KeyHandle key(made);
  if (good != 1 || key == nullptr) return NoKey("a P-256 public key");
  return PublicKey(Kind::kP256, std::move(key));
}

bool PublicKey::Verify(absl::string_view message, absl::string_view signature) const {
  const bool ed25519 = kind_ == Kind::kEd25519;
  const std::string form = ed25519 ? std::string(signature) : ToDer(signature);
  if (form.empty()) return false;
  const DigestContext context(EVP_MD_CTX_new());
  Must(context != nullptr && EVP_DigestVerifyInit_ex(context.get(), nullptr, ed25519 ? nullptr : "SHA256",
                                                     nullptr, nullptr, key_.get(), nullptr) == 1);
  return EVP_DigestVerify(context.get(), Bytes(form), form.size(), Bytes(message), message.size()) == 1;
}

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

PrivateKey PrivateKey::Generate() {
  KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  Must(key != nullptr);
  return PrivateKey(std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromSeed(absl::string_view seed) {
  if (seed.size() != kCoordinateBytes) return NoKey("the seed of an Ed25519 key");
  KeyHandle key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
  Must(key != nullptr);
  return PrivateKey(std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(absl::string_view pem) {
  if (pem.size() > 64 * 1024) return NoKey("a PEM file");
  const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Must(in != nullptr);
  KeyHandle key(PEM_read_bio_PrivateKey(in.get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) return NoKey("a private key in PEM");
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) return NoKey("an Ed25519 private key");
  return PrivateKey(std::move(key));
}

std::string PrivateKey::ToPem() const {
  const BioHandle out(BIO_new(BIO_s_mem()));
  Must(out != nullptr &&
       PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

std::string PrivateKey::PublicBytes() const {
  std::string bytes(kCoordinateBytes, '\0');
  size_t size = bytes.size();
  Must(EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size) == 1);
  return bytes;
}

std::string PrivateKey::Sign(absl::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new());
  Must(context != nullptr &&
       EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key_.get(), nullptr) == 1);
  std::string signature(64, '\0');
  size_t size = signature.size();
  Must(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                      Bytes(message), message.size()) == 1);
  return signature;
}

}  // namespace tc::crypto
