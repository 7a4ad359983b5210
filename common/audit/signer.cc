#include "common/audit/signer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/audit/chain.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"

namespace tc::audit {
namespace {

obs::Gauge& CoveredEntries() {
  static obs::Gauge& gauge =
      obs::GetGauge("tc_audit_checkpoint_entries", "Entries that the newest signed checkpoint covers.", {});
  return gauge;
}
obs::Counter& Failures() {
  static obs::Counter& counter = obs::GetCounter(
      "tc_audit_sign_failures_total", "Checkpoints that were due and could not be signed or copied.", {});
  return counter;
}

crypto::PrivateKey KeyOf(absl::string_view seed) { return crypto::PrivateKey::FromSeed(seed).value(); }

absl::Status Contradicts(const Checkpoint& earlier) {
  return absl::DataLossError(
      absl::StrCat("the audit log contradicts the checkpoint of ", earlier.size, " entries"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Signer>> Signer::Open(const crypto::Keyring& keys, std::string service,
                                                     kv::Database& database, std::string copies) {
  TRY(keys.Newest(kPurpose));
  auto signer = std::unique_ptr<Signer>(new Signer(keys, OriginOf(service, database.uid()), database));
  if (!copies.empty()) TRY(signer->OpenCopies(std::move(copies)));
  return signer;
}

absl::Status Signer::OpenCopies(std::string path) {
  copies_ = TRY(CheckpointFile::Open(std::move(path)));
  if (copies_->last().empty()) return absl::OkStatus();
  const absl::StatusOr<Checkpoint> last = ReadUnverified(copies_->last());
  if (!last.ok()) return copies_->Error("its end is no checkpoint");
  if (last->origin != origin_) return copies_->Error(absl::StrCat("it is of ", last->origin));
  signed_ = *last;
  return absl::OkStatus();
}

absl::Status Signer::SignWhenDue(absl::Time now) {
  const std::lock_guard lock(mutex_);
  uint64_t size = 0;
  TRY(database_.View([&](kv::ReadTxn& txn) -> absl::Status {
    size = TRY(FindHead(txn)).size;
    return absl::OkStatus();
  }));
  return IsDue(size, now) ? SignLocked(now).status() : absl::OkStatus();
}

bool Signer::IsDue(uint64_t size, absl::Time now) const {
  const uint64_t covered = signed_.has_value() ? signed_->size : 0;
  // Both ways: a clock that was put back must not keep the next one away.
  const bool lately = absl::AbsDuration(now - tried_at_) < kEvery;
  if (lately) return !failed_ && size >= covered + kEntries;
  // A log that has become shorter is looked at, too, and refused.
  return size != covered || failed_;
}

absl::StatusOr<SignedCheckpoint> Signer::SignNow(absl::Time now) {
  const std::lock_guard lock(mutex_);
  return SignLocked(now);
}

absl::StatusOr<SignedCheckpoint> Signer::SignLocked(absl::Time now) {
  tried_at_ = now;
  const absl::StatusOr<SignedCheckpoint> made = [&]() -> absl::StatusOr<SignedCheckpoint> {
    const std::optional<SignedCheckpoint> newest = TRY(NewestSigned());
    Checkpoint next = TRY(Next(newest));
    SignedCheckpoint latest;
    if (newest.has_value() && newest->checkpoint.size == next.size) {
      latest = *newest;
    } else {
      const crypto::Key key = TRY(keys_.Newest(kPurpose));
      latest = {next, Sign(next, KeyOf(key.bytes.Reveal()))};
      TRY(database_.Update([&](kv::Txn& txn) { return PutNote(txn, {next.size, latest.note}); }));
    }
    signed_ = latest.checkpoint;
    if (copies_.has_value() && latest.note != copies_->last()) TRY(copies_->Append(latest.note));
    return latest;
  }();
  failed_ = !made.ok() && !absl::IsNotFound(made.status());
  if (made.ok()) {
    CoveredEntries().Set(static_cast<double>(made->checkpoint.size));
  } else if (failed_) {
    Failures().Increment();
    obs::Error("no checkpoint of the audit log can be signed", {{"detail", made.status().message()}});
  }
  return made;
}

absl::StatusOr<std::optional<SignedCheckpoint>> Signer::NewestSigned() const {
  std::optional<StoredNote> stored;
  TRY(database_.View([&](kv::ReadTxn& txn) -> absl::Status {
    stored = TRY(NewestNote(txn));
    return absl::OkStatus();
  }));
  if (!stored.has_value()) return std::optional<SignedCheckpoint>();
  const absl::StatusOr<Checkpoint> checkpoint = ReadUnverified(stored->note);
  if (!checkpoint.ok() || checkpoint->origin != origin_ || checkpoint->size != stored->size) {
    return absl::DataLossError("the newest checkpoint of the audit log cannot be read");
  }
  return std::optional(SignedCheckpoint{*checkpoint, stored->note});
}

// What the log is now, held against all that is known of what it was.
absl::StatusOr<Checkpoint> Signer::Next(const std::optional<SignedCheckpoint>& newest) const {
  Checkpoint next;
  next.origin = origin_;
  if (newest.has_value()) next.previous = HashOf(newest->checkpoint);
  TRY(database_.View([&](kv::ReadTxn& txn) -> absl::Status {
    const Head head = TRY(FindHead(txn));
    if (newest.has_value()) TRY(CheckAgainst(txn, head, newest->checkpoint));
    const bool same = newest.has_value() && signed_ == newest->checkpoint;
    if (signed_.has_value() && !same) {
      TRY(CheckAgainst(txn, head, *signed_));
      const bool lost = !newest.has_value() || newest->checkpoint.size <= signed_->size;
      if (lost) return Contradicts(*signed_);
    }
    if (head.size == 0) return NotFound("audit log");
    next.size = head.size;
    next.root = TRY(Root(head.size, [&](const NodeId& id) { return ReadNodeAt(txn, id); }));
    return absl::OkStatus();
  }));
  return next;
}

// The tree of `earlier` must be there still, and what came behind it must be entries, one after another,
// whose tree is that of the nodes.
absl::Status Signer::CheckAgainst(kv::ReadTxn& txn, const Head& head, const Checkpoint& earlier) const {
  if (earlier.size > head.size) return Contradicts(earlier);
  if (earlier.size == 0) return absl::OkStatus();
  const auto read = [&](const NodeId& id) { return ReadNodeAt(txn, id); };
  Chain chain(TRY(Frontier::At(earlier.size, read)), TRY(ReadNodeAt(txn, {0, earlier.size - 1})));
  if (chain.Root() != earlier.root) return Contradicts(earlier);
  absl::Status sound;
  TRY(VisitLeaves(txn, earlier.size, [&](uint64_t, absl::string_view leaf) {
    sound = chain.Add(leaf).status();
    return sound.ok() && chain.size() < head.size;
  }));
  TRY(sound);
  const bool same = chain.size() == head.size && chain.last_leaf() == head.last_leaf &&
                    chain.Root() == TRY(Root(head.size, read));
  return same ? absl::OkStatus() : Contradicts(earlier);
}

std::vector<VerifierKey> Signer::keys() const {
  std::vector<VerifierKey> verifiers;
  const std::shared_ptr<const crypto::KeySet> live = keys_.Live();
  const std::vector<crypto::LiveKey>& keys = *live->Of(kPurpose);
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    verifiers.push_back(VerifierKey::Of(origin_, KeyOf(key->bytes)));
  }
  return verifiers;
}

}  // namespace tc::audit
