#include "common/crypto/sealer.h"

#include <climits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/crypto/openssl.h"
#include "common/crypto/wipe.h"

namespace tc::crypto {
namespace {

constexpr char kAes256Gcm = 1;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kLongestKid = 255;  // its length is one byte

const EVP_CIPHER* Aes256Gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

EVP_CIPHER_CTX* ThreadCipher() {
  thread_local const CipherContext context(EVP_CIPHER_CTX_new());
  Must(context != nullptr);
  return context.get();
}

int ToInt(size_t size) {
  Must(size <= INT_MAX);
  return static_cast<int>(size);
}

unsigned char* Out(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string Header(absl::string_view kid) {
  return absl::StrCat(absl::string_view(&kAes256Gcm, 1), std::string(1, static_cast<char>(kid.size())), kid);
}

absl::Status NotGenuine() { return absl::DataLossError("a sealed value cannot be opened"); }

struct Parts {
  absl::string_view kid;
  absl::string_view header;
  absl::string_view nonce;
  absl::string_view ciphertext;
  absl::string_view tag;
};

std::optional<Parts> Split(absl::string_view blob) {
  if (blob.size() < 2 || blob.size() > INT_MAX || blob[0] != kAes256Gcm) return std::nullopt;
  const size_t kid = static_cast<unsigned char>(blob[1]);
  if (blob.size() < 2 + kid + kNonceBytes + kTagBytes) return std::nullopt;
  const absl::string_view rest = blob.substr(2 + kid);
  Parts parts;
  parts.kid = blob.substr(2, kid);
  parts.header = blob.substr(0, 2 + kid);
  parts.nonce = rest.substr(0, kNonceBytes);
  parts.ciphertext = rest.substr(kNonceBytes, rest.size() - kNonceBytes - kTagBytes);
  parts.tag = rest.substr(rest.size() - kTagBytes);
  return parts;
}

// The header says where it ends, so header ‖ context has one reading.
void Authenticate(EVP_CIPHER_CTX* cipher, absl::string_view header, absl::string_view context, bool sealing) {
  int size = 0;
  const auto update = sealing ? EVP_EncryptUpdate : EVP_DecryptUpdate;
  Must(update(cipher, nullptr, &size, Bytes(header), ToInt(header.size())) == 1);
  Must(update(cipher, nullptr, &size, Bytes(context), ToInt(context.size())) == 1);
}

std::string SealUnder(const LiveKey& key, absl::string_view plain, absl::string_view context,
                      Random& random) {
  const std::string header = Header(key.kid);
  const std::string nonce = random.Bytes(kNonceBytes);
  EVP_CIPHER_CTX* const cipher = ThreadCipher();
  Must(EVP_EncryptInit_ex2(cipher, Aes256Gcm(), Bytes(key.bytes), Bytes(nonce), nullptr) == 1);
  Authenticate(cipher, header, context, /*sealing=*/true);

  std::string ciphertext(plain.size(), '\0');
  std::string tag(kTagBytes, '\0');
  int size = 0;
  Must(EVP_EncryptUpdate(cipher, Out(ciphertext), &size, Bytes(plain), ToInt(plain.size())) == 1);
  Must(EVP_EncryptFinal_ex(cipher, Out(tag), &size) == 1);
  Must(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) == 1);
  return absl::StrCat(header, nonce, ciphertext, tag);
}

absl::StatusOr<std::string> OpenUnder(absl::string_view key, const Parts& parts, absl::string_view context) {
  EVP_CIPHER_CTX* const cipher = ThreadCipher();
  Must(EVP_DecryptInit_ex2(cipher, Aes256Gcm(), Bytes(key), Bytes(parts.nonce), nullptr) == 1);
  Authenticate(cipher, parts.header, context, /*sealing=*/false);
  std::string plain(parts.ciphertext.size(), '\0');
  std::string tag(parts.tag);
  int size = 0;
  Must(EVP_DecryptUpdate(cipher, Out(plain), &size, Bytes(parts.ciphertext),
                         ToInt(parts.ciphertext.size())) == 1);
  Must(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1);
  unsigned char nothing[kTagBytes];
  if (EVP_DecryptFinal_ex(cipher, nothing, &size) != 1) {
    Wipe(plain);
    return NotGenuine();
  }
  return plain;
}

}  // namespace

absl::StatusOr<Sealer> Sealer::Create(const Keyring& keys, absl::string_view purpose, Random& random) {
  if (keys.Live()->Of(purpose) == nullptr) return NoKeyFor(purpose);
  return Sealer(keys, purpose, random);
}

std::string Sealer::Seal(absl::string_view plain, absl::string_view context) const {
  const std::shared_ptr<const KeySet> live = keys_.Live();
  return SealUnder(live->Of(purpose_)->back(), plain, context, *random_);
}

absl::StatusOr<std::string> Sealer::Open(absl::string_view blob, absl::string_view context) const {
  const std::optional<Parts> parts = Split(blob);
  if (!parts) return NotGenuine();
  const std::shared_ptr<const KeySet> live = keys_.Live();
  const LiveKey* const key = live->Find(purpose_, parts->kid);
  if (key == nullptr) return NotGenuine();
  return OpenUnder(key->bytes, *parts, context);
}

std::string SealWith(const Key& key, absl::string_view plain, absl::string_view context, Random& random) {
  Must(key.bytes.Reveal().size() == kKeyBytes && key.kid.size() <= kLongestKid);
  return SealUnder({key.kid, key.bytes.Reveal()}, plain, context, random);
}

absl::StatusOr<std::string> OpenWith(const Key& key, absl::string_view blob, absl::string_view context) {
  Must(key.bytes.Reveal().size() == kKeyBytes);
  const std::optional<Parts> parts = Split(blob);
  if (!parts || parts->kid != key.kid) return NotGenuine();
  return OpenUnder(key.bytes.Reveal(), *parts, context);
}

absl::StatusOr<std::string> KidOf(absl::string_view blob) {
  const std::optional<Parts> parts = Split(blob);
  if (!parts) return NotGenuine();
  return std::string(parts->kid);
}

}  // namespace tc::crypto
