#pragma once

// PersonKeys: one key a person, under which everything that tells of him is sealed (CRY-02). They lie wrapped
// in a store of their own, the wrapping key in neither. Destroying one makes all that was ever written under
// it unreadable, in the database, its log and every copy of it (CRY-06); that it was destroyed is remembered,
// so that a restored copy brings nobody back. Thread-safe.

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/recent.h"
#include "common/crypto/key_wrapper.h"
#include "common/env/random.h"
#include "common/kv/database.h"

namespace tc::identity {

class PersonKeys {
 public:
  // `database` is the store of the keys, not that of the accounts.
  PersonKeys(kv::Database& database, crypto::KeyWrapper& wrapper, Random& random)
      : database_(&database), wrapper_(&wrapper), random_(&random) {}

  // Makes the person's key where there is none; durable on return. Commits in the keys' store: never called
  // inside a transaction. ALREADY_EXISTS / ALREADY_EXISTS with metadata "field" for a key that was destroyed:
  // the name is never given again.
  absl::Status Ensure(const AccountId& account);

  // FAILED_PRECONDITION / ACCOUNT_DELETED when it was destroyed; DATA_LOSS when there is none; UNAVAILABLE
  // when whoever holds the wrapping key does not answer. Keys that were asked for lately are at hand; others
  // cost a read and an unwrapping.
  absl::StatusOr<std::shared_ptr<const crypto::Key>> Get(const AccountId& account) const;

  // For ever. Harmless when repeated. The wrapped key leaves the files with the store's next Purge.
  absl::Status Destroy(const AccountId& account, absl::Time now);

  // Looks at the next `limit` keys behind `cursor` and wraps anew those that an older key has wrapped;
  // returns how many it looked at. An empty cursor begins a pass and is what the pass ends with.
  absl::StatusOr<size_t> Rewrap(size_t limit, std::string& cursor);
  // Live and destroyed ones.
  absl::StatusOr<size_t> Count() const;

 private:
  absl::Status RewrapOne(const AccountId& account);

  kv::Database* database_;
  crypto::KeyWrapper* wrapper_;
  Random* random_;
  mutable Recent<std::shared_ptr<const crypto::Key>> recent_{kRecent};

  static constexpr size_t kRecent = 16384;  // about 3 MB
};

}  // namespace tc::identity
