#pragma once

// Signer: signs checkpoints of the audit log (LOG-05), and never one that contradicts what it has signed
// before: the last checkpoint in the store, the last in the file of --audit-checkpoints, and the last of this
// process. Thread-safe.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/audit/checkpoint.h"
#include "common/audit/checkpoint_file.h"
#include "common/audit/tree_store.h"
#include "common/crypto/keyring.h"
#include "common/kv/database.h"

namespace tc::audit {

struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string note;
};

class Signer {
 public:
  static constexpr char kPurpose[] = "audit-sign";  // each key's bytes are the seed of an Ed25519 key
  // A checkpoint is due after this time or so many entries, whichever comes first, if there is an entry.
  static constexpr absl::Duration kEvery = absl::Seconds(60);
  static constexpr uint64_t kEntries = 1000;

  // `copies`: the file to which every checkpoint is appended, too; empty: none. FAILED_PRECONDITION when it
  // cannot be read or written or its last note is no checkpoint of this log, NOT_FOUND without a key. The
  // database outlives it.
  static absl::StatusOr<std::unique_ptr<Signer>> Open(const crypto::Keyring& keys, std::string service,
                                                      kv::Database& database, std::string copies);

  // Signs when one is due at `now`; what could not be signed or copied is tried again after kEvery.
  absl::Status SignWhenDue(absl::Time now);
  // The newest checkpoint, after signing what none covers yet. NOT_FOUND while the log is empty. DATA_LOSS
  // when the log contradicts an earlier checkpoint; nothing is signed then, and the metric
  // tc_audit_sign_failures_total counts it.
  absl::StatusOr<SignedCheckpoint> SignNow(absl::Time now);

  // What is in the store, whatever the log has become. DATA_LOSS when it cannot be read.
  absl::StatusOr<std::optional<SignedCheckpoint>> NewestSigned() const;

  // Newest first.
  std::vector<VerifierKey> keys() const;
  const std::string& origin() const { return origin_; }

 private:
  Signer(crypto::Keyring keys, std::string origin, kv::Database& database)
      : keys_(std::move(keys)), origin_(std::move(origin)), database_(database) {}

  bool IsDue(uint64_t size, absl::Time now) const;
  absl::Status OpenCopies(std::string path);
  absl::StatusOr<SignedCheckpoint> SignLocked(absl::Time now);
  absl::StatusOr<Checkpoint> Next(const std::optional<SignedCheckpoint>& newest) const;
  absl::Status CheckAgainst(kv::ReadTxn& txn, const Head& head, const Checkpoint& earlier) const;

  const crypto::Keyring keys_;
  const std::string origin_;
  kv::Database& database_;
  std::optional<CheckpointFile> copies_;
  std::mutex mutex_;
  std::optional<Checkpoint> signed_;  // the greatest that this process has signed or read from `copies_`
  bool failed_ = false;               // the last time: nothing was signed, or it was not copied
  absl::Time tried_at_ = absl::InfinitePast();
};

}  // namespace tc::audit
