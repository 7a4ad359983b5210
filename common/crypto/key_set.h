#pragma once

// KeySet: the keys of a keyring at one time, in locked memory. Immutable, thread-safe. For the sources of
// this folder; whoever holds one may use its keys, also when the keyring has newer ones by now.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/base/secret.h"
#include "common/crypto/locked_memory.h"

namespace tc::crypto {

inline constexpr size_t kKeyBytes = 32;

// As they were read: purpose → kid → key.
using RawKeys = std::map<std::string, std::map<std::string, Secret>>;

struct LiveKey {
  std::string kid;
  absl::string_view bytes;  // 32, inside the locked memory of the set
};

class KeySet {
 public:
  // Every key is kKeyBytes long.
  explicit KeySet(const RawKeys& raw);

  // Oldest first; null without a key for the purpose.
  const std::vector<LiveKey>* Of(absl::string_view purpose) const;
  const LiveKey* Find(absl::string_view purpose, absl::string_view kid) const;
  std::vector<std::string> Purposes() const;
  // Unlocked copies, to make another set of.
  RawKeys Copy() const;
  bool locked() const { return memory_.locked(); }

 private:
  LockedMemory memory_;
  std::map<std::string, std::vector<LiveKey>, std::less<>> keys_;
};

const LiveKey* FindKid(const std::vector<LiveKey>& keys, absl::string_view kid);

}  // namespace tc::crypto
