#include "common/crypto/hmac.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/openssl.h"

namespace tc::crypto {
namespace {

constexpr size_t kDigestBytes = 32;

// A thread's context with its digest set: re-initialising it with a key costs two compressions, a fresh one a
// fetch by name.
EVP_MAC_CTX* ThreadMac() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  thread_local const MacContext context = [] {
    MacContext made(EVP_MAC_CTX_new(algorithm));
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    Must(made != nullptr && EVP_MAC_CTX_set_params(made.get(), params) == 1);
    return made;
  }();
  return context.get();
}

EVP_MD_CTX* ThreadDigest() {
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const DigestContext context(EVP_MD_CTX_new());
  Must(context != nullptr && EVP_DigestInit_ex2(context.get(), sha256, nullptr) == 1);
  return context.get();
}

// A field's length in eight bytes, so that ("ab","c") and ("a","bc") differ.
std::string Length(size_t size) {
  std::string bytes(8, '\0');
  for (size_t i = 0; i < 8; ++i) bytes[7 - i] = static_cast<char>((size >> (8 * i)) & 0xff);
  return bytes;
}

// One computation on the thread's context; at most one of them lives on a thread.
class MacStream {
 public:
  explicit MacStream(absl::string_view key) : mac_(ThreadMac()) {
    // Without a key OpenSSL would go on with the one before.
    Must(!key.empty() && EVP_MAC_init(mac_, Bytes(key), key.size(), nullptr) == 1);
  }
  void Add(absl::string_view bytes) { Must(EVP_MAC_update(mac_, Bytes(bytes), bytes.size()) == 1); }
  void AddField(absl::string_view field) {
    Add(Length(field.size()));
    Add(field);
  }
  std::string Finish() {
    std::string tag(kDigestBytes, '\0');
    size_t size = 0;
    Must(EVP_MAC_final(mac_, reinterpret_cast<unsigned char*>(tag.data()), &size, tag.size()) == 1);
    return tag;
  }

 private:
  EVP_MAC_CTX* mac_;
};

// `use` keeps a tag and an index of equal fields apart.
std::string Tag(const LiveKey& key, absl::string_view label, absl::string_view use,
                const std::vector<absl::string_view>& fields) {
  MacStream mac(key.bytes);
  mac.AddField(label);
  mac.AddField(use);
  for (const absl::string_view field : fields) mac.AddField(field);
  return mac.Finish();
}

}  // namespace

absl::StatusOr<KeyedHash> KeyedHash::Create(const Keyring& keys, absl::string_view purpose,
                                            absl::string_view label) {
  if (keys.Live()->Of(purpose) == nullptr) return NoKeyFor(purpose);
  return KeyedHash(keys, purpose, label);
}

Mac KeyedHash::Make(const std::vector<absl::string_view>& fields) const {
  const std::shared_ptr<const KeySet> live = keys_.Live();
  const LiveKey& newest = live->Of(purpose_)->back();
  return Mac{newest.kid, Tag(newest, label_, "tag", fields)};
}

bool KeyedHash::Verify(const std::vector<absl::string_view>& fields, const Mac& mac) const {
  const std::shared_ptr<const KeySet> live = keys_.Live();
  const LiveKey* const key = live->Find(purpose_, mac.kid);
  return key != nullptr && ConstantTimeEquals(Tag(*key, label_, "tag", fields), mac.tag);
}

std::string KeyedHash::Index(absl::string_view value) const {
  const std::shared_ptr<const KeySet> live = keys_.Live();
  return Tag(live->Of(purpose_)->back(), label_, "index", {value});
}

std::vector<std::string> KeyedHash::Indexes(absl::string_view value) const {
  const std::shared_ptr<const KeySet> live = keys_.Live();
  const std::vector<LiveKey>& keys = *live->Of(purpose_);
  std::vector<std::string> indexes;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    indexes.push_back(Tag(*key, label_, "index", {value}));
  }
  return indexes;
}

std::string KeyedHash::StableIndex(absl::string_view value) const {
  const std::shared_ptr<const KeySet> live = keys_.Live();
  return Tag(live->Of(purpose_)->front(), label_, "index", {value});
}

std::string HmacSha256(absl::string_view key, absl::string_view message) {
  MacStream mac(key);
  mac.Add(message);
  return mac.Finish();
}

std::string HmacSha1(absl::string_view key, absl::string_view message) {
  std::string tag(20, '\0');
  size_t size = 0;
  Must(!key.empty() &&
       EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA1", nullptr, key.data(), key.size(), Bytes(message),
                 message.size(), reinterpret_cast<unsigned char*>(tag.data()), tag.size(), &size) != nullptr);
  return tag;
}

std::string Sha256(absl::string_view bytes) {
  EVP_MD_CTX* const digest = ThreadDigest();
  std::string out(kDigestBytes, '\0');
  Must(EVP_DigestUpdate(digest, bytes.data(), bytes.size()) == 1);
  Must(EVP_DigestFinal_ex(digest, reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1);
  return out;
}

bool ConstantTimeEquals(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string DerivedUuid(const std::vector<absl::string_view>& fields) {
  std::string message = "tc/derived-uuid/v1";
  for (const absl::string_view field : fields) absl::StrAppend(&message, Length(field.size()), field);
  std::string bytes = Sha256(message).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x80);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(bytes);
  const absl::string_view h = hex;
  return absl::StrCat(h.substr(0, 8), "-", h.substr(8, 4), "-", h.substr(12, 4), "-", h.substr(16, 4), "-",
                      h.substr(20));
}

}  // namespace tc::crypto
