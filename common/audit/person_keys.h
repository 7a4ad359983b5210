#pragma once

// Keys of the people whom audit entries concern, one each (LOG-09). They lie wrapped in the log's own store,
// under the pseudonym of the person; destroying one makes unreadable for ever what the log says of him, and
// leaves every hash as it is. Thread-safe.

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/recent.h"
#include "common/crypto/hmac.h"
#include "common/crypto/key_wrapper.h"
#include "common/crypto/keyring.h"
#include "common/env/random.h"
#include "common/kv/database.h"

namespace tc::audit {

class PersonKeys {
 public:
  using SharedKey = std::shared_ptr<const crypto::Key>;

  // NOT_FOUND without keys for kWrapping and kPseudonyms. `random` outlives it.
  static absl::StatusOr<PersonKeys> Open(const crypto::Keyring& keys, Random& random);
  static constexpr char kWrapping[] = "audit";
  static constexpr char kPseudonyms[] = "audit-index";

  // Lets the store remember which key makes pseudonyms, the first time. FAILED_PRECONDITION when it remembers
  // another than the oldest of now, or other bytes of it: an erased person would have a second pseudonym, and
  // could be entered anew. The message says which key must come back.
  absl::Status Bind(kv::Txn& txn) const;

  // 32 bytes, the same as long as the oldest key of kPseudonyms lives. The keyring keeps that one.
  std::string PseudonymOf(absl::string_view account) const;

  // The person's key, made where there is none; null: it was destroyed.
  absl::StatusOr<SharedKey> Ensure(kv::Txn& txn, const std::string& pseudonym) const;
  // null: it was destroyed. DATA_LOSS when there is none or it cannot be unwrapped.
  absl::StatusOr<SharedKey> Get(kv::ReadTxn& txn, const std::string& pseudonym) const;
  // For ever; a key is not made again. Whether there was one to destroy.
  absl::StatusOr<bool> Destroy(kv::Txn& txn, const std::string& pseudonym) const;

 private:
  PersonKeys(crypto::Keyring keys, std::unique_ptr<crypto::KeyWrapper> wrapper, crypto::KeyedHash pseudonyms,
             Random& random)
      : keys_(std::move(keys)),
        wrapper_(std::move(wrapper)),
        pseudonyms_(std::move(pseudonyms)),
        random_(&random) {}

  struct Memory {
    Recent<std::string> pseudonyms{kRecent};
    Recent<SharedKey> keys{kRecent};  // by what is wrapped, so that what was destroyed is not found
  };

  absl::StatusOr<SharedKey> Unwrap(const std::string& wrapped, const std::string& pseudonym) const;

  crypto::Keyring keys_;
  // The one over the keyring, which does not block: it is used inside transactions.
  std::unique_ptr<crypto::KeyWrapper> wrapper_;
  crypto::KeyedHash pseudonyms_;
  Random* random_;
  std::unique_ptr<Memory> memory_ = std::make_unique<Memory>();

  static constexpr size_t kRecent = 8192;  // about 3 MB
};

}  // namespace tc::audit
