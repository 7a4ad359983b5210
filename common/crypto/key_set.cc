#include "common/crypto/key_set.h"

#include <algorithm>

#include "common/crypto/openssl.h"

namespace tc::crypto {
namespace {

size_t SizeOf(const RawKeys& raw) {
  size_t count = 0;
  for (const auto& [purpose, keys] : raw) count += keys.size();
  return count * kKeyBytes;
}

}  // namespace

KeySet::KeySet(const RawKeys& raw) : memory_(std::max(SizeOf(raw), kKeyBytes)) {
  char* place = memory_.data();
  for (const auto& [purpose, keys] : raw) {
    for (const auto& [kid, key] : keys) {
      const absl::string_view bytes = key.Reveal();
      Must(bytes.size() == kKeyBytes);
      std::copy(bytes.begin(), bytes.end(), place);
      keys_[purpose].push_back({kid, absl::string_view(place, kKeyBytes)});
      place += kKeyBytes;
    }
  }
  memory_.Protect();
}

const std::vector<LiveKey>* KeySet::Of(absl::string_view purpose) const {
  const auto keys = keys_.find(purpose);
  return keys == keys_.end() ? nullptr : &keys->second;
}

const LiveKey* KeySet::Find(absl::string_view purpose, absl::string_view kid) const {
  const std::vector<LiveKey>* const keys = Of(purpose);
  return keys == nullptr ? nullptr : FindKid(*keys, kid);
}

std::vector<std::string> KeySet::Purposes() const {
  std::vector<std::string> purposes;
  for (const auto& [purpose, keys] : keys_) purposes.push_back(purpose);
  return purposes;
}

RawKeys KeySet::Copy() const {
  RawKeys raw;
  for (const auto& [purpose, keys] : keys_) {
    for (const LiveKey& key : keys) raw[purpose].emplace(key.kid, Secret(key.bytes));
  }
  return raw;
}

const LiveKey* FindKid(const std::vector<LiveKey>& keys, absl::string_view kid) {
  const auto key =
      std::find_if(keys.begin(), keys.end(), [&](const LiveKey& candidate) { return candidate.kid == kid; });
  return key == keys.end() ? nullptr : &*key;
}

}  // namespace tc::crypto
