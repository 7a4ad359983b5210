#pragma once

// Keyring: the keys of one service, from files that are not in the database (CRY-02, CFG-04). Each key has an id (kid) that is
// stored beside what it made, so that keys rotate: the newest makes, every one reads.
// Directory: one file a key, "<purpose>.<kid>.key", 32 bytes in hex, mode 0400 or 0600; a file that others may read is refused (CFG-02).
// Immutable after Open, thread-safe.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/secret.h"
#include "common/env/random.h"

namespace tc::crypto {

struct Key {
  std::string kid;  // sorts by age: the greatest is the one that makes
  Secret bytes;     // 32
};

class Keyring {
 public:
  // FAILED_PRECONDITION when a file is readable by others, malformed or of the wrong length; names the file.
  static absl::StatusOr<Keyring> Open(const std::string& dir);
  // Fresh keys for the purposes, in memory. For tests.
  static Keyring ForTest(const std::vector<std::string>& purposes, Random& random);

  // The key that makes, or NOT_FOUND naming the missing purpose.
  absl::StatusOr<Key> Newest(absl::string_view purpose) const;
  absl::StatusOr<Key> Find(absl::string_view purpose, absl::string_view kid) const;

 private:
  std::map<std::string, std::map<std::string, Key>, std::less<>> keys_;
};

// Writes a fresh key file "<purpose>.<kid>.key" (mode 0600) where `dir` has none for the purpose; existing keys stay.
absl::Status EnsureKey(const std::string& dir, absl::string_view purpose, Random& random);

}  // namespace tc::crypto
