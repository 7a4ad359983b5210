#pragma once

// Keyring: the keys of one service, from files that are not in the database (CRY-02, CFG-04). Each key has an
// id (kid) that is stored beside what it made, so that keys rotate: the newest makes, every one reads.
// Directory: one file a key, "<purpose>.<kid>.key", 32 bytes in hex, mode 0400 or 0600; a file that others
// may read is refused (CFG-02). A purpose consists of [a-z0-9._-], a kid of [A-Za-z0-9_-], at most 64 each.
// Names that begin with ".." are passed over: a mounted secret has such links of its own. Immutable after
// Open, thread-safe.

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
  // FAILED_PRECONDITION when the directory cannot be read, or a file is readable by others, malformed, of the
  // wrong length, a placeholder (all bytes equal) or not named as above; names the file.
  static absl::StatusOr<Keyring> Open(const std::string& dir);
  // Fresh keys for the purposes, in memory. For tests.
  static Keyring ForTest(const std::vector<std::string>& purposes, Random& random);

  // The key that makes, or NOT_FOUND naming the missing purpose.
  absl::StatusOr<Key> Newest(absl::string_view purpose) const;
  absl::StatusOr<Key> Find(absl::string_view purpose, absl::string_view kid) const;
  // Every key of the purpose, oldest first, at least one; or NOT_FOUND naming the missing purpose.
  absl::StatusOr<std::vector<Key>> All(absl::string_view purpose) const;

 private:
  std::map<std::string, std::map<std::string, Key, std::less<>>, std::less<>> keys_;
};

// Writes a fresh key file "<purpose>.<kid>.key" (mode 0600) where `dir` has none for the purpose; existing
// keys stay. Makes `dir` (mode 0700) when it is absent. Durable on return.
absl::Status EnsureKey(const std::string& dir, absl::string_view purpose, Random& random);

// Rotation: writes a further key, newer than all that `dir` has for the purpose, and returns its kid
// ("k000002"). Running services make with it after their next start. FAILED_PRECONDITION when a kid of the
// purpose was chosen by hand and sorts after "k…".
absl::StatusOr<std::string> AddKey(const std::string& dir, absl::string_view purpose, Random& random);

}  // namespace tc::crypto
