#pragma once

// Rotation: the keys of a running service as an operator sees and changes them. Thread-safe.

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/crypto/keyring.h"
#include "common/rpc/reencryption.h"

namespace tc::rpc {

class Rotation {
 public:
  struct KeyState {
    std::string purpose;
    std::string kid;
    bool newest = false;
    bool needed = true;  // records under it may exist
  };
  struct Inventory {
    std::vector<KeyState> keys;  // by purpose, oldest first
    ReencryptionProgress reencryption;
  };

  // Without a `reencryption` (null) every key stays needed. It outlives this.
  // `also` reads anew what else an operator changes (certificates, issuers' keys).
  Rotation(crypto::Keyring keys, Reencryption* reencryption, std::function<absl::Status()> also = {})
      : keys_(std::move(keys)), reencryption_(reencryption), also_(std::move(also)) {}

  // Reads the keys anew and has what lies under older ones written anew. FAILED_PRECONDITION / KEYS_INVALID
  // says what is wrong with them, and none of the keys has changed.
  absl::Status Reload();
  Inventory Take() const;
  // The newest key of each purpose, for the audit log: "once=k000002,page=k000001".
  std::string Newest() const;

 private:
  crypto::Keyring keys_;
  Reencryption* reencryption_;
  const std::function<absl::Status()> also_;
  // A key that has just been replaced is not called needless by the run before.
  mutable std::mutex mutex_;
};

}  // namespace tc::rpc
