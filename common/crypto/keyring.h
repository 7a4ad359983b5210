#pragma once

// Keyring: the keys of one service, from outside the database (CRY-02, CFG-04): files (key_files.h) or the
// environment (key_environment.h). Each key has an id (kid) that is stored beside what it made, so that keys
// rotate: the newest makes, every one reads.
//
// A keyring is a cheap handle: copies share the keys, and so do the Sealers, KeyedHashes and KeyWrappers that
// were made of it. They look at the keys in force at every use, so that after Reload the newest key makes and
// every one reads, without a restart. The keys lie in locked memory, which is wiped when they are replaced
// and nobody uses them any more (CRY-13). Thread-safe.

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/secret.h"
#include "common/crypto/key_set.h"
#include "common/env/random.h"

namespace tc::crypto {

// A copy of one key, outside the locked memory, wiped with its holder.
struct Key {
  std::string kid;  // sorts by age: the greatest is the one that makes
  Secret bytes;     // 32
};

class Keyring {
 public:
  // What ReadKeyFiles refuses; FAILED_PRECONDITION too when memory cannot be locked (RLIMIT_MEMLOCK).
  static absl::StatusOr<Keyring> Open(const std::string& dir);
  // What TakeKeysFromEnvironment refuses, and the same of memory. Before the first thread is started.
  static absl::StatusOr<Keyring> OpenEnvironment(const std::vector<std::string>& purposes);
  // Fresh keys for the purposes, in memory. For tests.
  static Keyring ForTest(const std::vector<std::string>& purposes, Random& random);

  // Reads the directory again and puts its keys in force, all at once. FAILED_PRECONDITION, and the keys stay
  // as they were, when Open would refuse, when the newest key of a purpose is gone or a kid has other bytes
  // than before (what it made could not be read), and always for keys that came from the environment, which
  // does not have them any more.
  absl::Status Reload();
  // From now on Reload refuses, too, when the oldest key of the purpose is gone or an older one has come: for
  // what is found again by that key alone, and for ever (KeyedHash::StableIndex). For all copies.
  void KeepOldest(absl::string_view purpose);

  // The key that makes, or NOT_FOUND naming the missing purpose.
  absl::StatusOr<Key> Newest(absl::string_view purpose) const;
  absl::StatusOr<Key> Find(absl::string_view purpose, absl::string_view kid) const;
  // Every key of the purpose, oldest first, at least one; or NOT_FOUND naming the missing purpose.
  absl::StatusOr<std::vector<Key>> All(absl::string_view purpose) const;

  // The keys in force now: for what uses them, and for inventories.
  std::shared_ptr<const KeySet> Live() const;

  // As if a key newer than all had been added and the keyring reloaded; returns its kid ("k000002"). For
  // tests.
  std::string AddForTest(absl::string_view purpose, Random& random);
  // As if the file had been removed and the keyring opened anew. For tests.
  void RemoveForTest(absl::string_view purpose, absl::string_view kid);

 private:
  struct Shared;
  explicit Keyring(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  static absl::StatusOr<Keyring> Make(const RawKeys& raw, std::string dir);

  std::shared_ptr<Shared> shared_;
};

// NOT_FOUND naming the purpose that has no key.
absl::Status NoKeyFor(absl::string_view purpose);

}  // namespace tc::crypto
