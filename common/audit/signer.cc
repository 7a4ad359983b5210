#include "common/audit/signer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
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

absl::Status FileError(const std::string& file, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("--audit-checkpoints ", file, ": ", what));
}

// Notes follow one another; each has one blank line, before its signatures. The last begins behind the last
// signature line of the one before it.
std::string LastNote(const std::string& text) {
  const size_t blank = text.rfind("\n\n");
  if (blank == std::string::npos) return text;
  size_t begin = text.rfind("\n\xe2\x80\x94 ", blank);
  if (begin == std::string::npos) return text;
  begin = text.find('\n', begin + 1);
  return text.substr(begin + 1);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Signer>> Signer::Open(const crypto::Keyring& keys, std::string service,
                                                     kv::Database& database, std::string copies) {
  TRY(keys.Newest(kPurpose));
  auto signer = std::unique_ptr<Signer>(
      new Signer(keys, OriginOf(service, database.uid()), database, std::move(copies)));
  TRY(signer->ReadCopies());
  return signer;
}

absl::Status Signer::ReadCopies() {
  if (copies_.empty()) return absl::OkStatus();
  std::ifstream in(copies_, std::ios::binary);
  if (!in) return Copy("");  // makes it
  std::ostringstream text;
  text << in.rdbuf();
  if (text.str().empty()) return absl::OkStatus();
  copied_ = LastNote(text.str());
  const absl::StatusOr<Checkpoint> last = ReadUnverified(copied_);
  if (!last.ok()) return FileError(copies_, "its end is no checkpoint");
  if (last->origin != origin_) return FileError(copies_, absl::StrCat("it is of ", last->origin));
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
  const uint64_t covered = signed_.has_value() ? signed_->size : 0;
  // A log that has become shorter is looked at, too, and refused.
  if (size == covered || (now < signed_at_ + kEvery && size > covered && size < covered + kEntries)) {
    return absl::OkStatus();
  }
  return SignLocked(now).status();
}

absl::StatusOr<SignedCheckpoint> Signer::SignNow(absl::Time now) {
  const std::lock_guard lock(mutex_);
  return SignLocked(now);
}

absl::StatusOr<SignedCheckpoint> Signer::SignLocked(absl::Time now) {
  signed_at_ = now;
  const absl::StatusOr<SignedCheckpoint> made = [&]() -> absl::StatusOr<SignedCheckpoint> {
    const std::optional<SignedCheckpoint> newest = TRY(NewestSigned());
    Checkpoint next = TRY(Next(newest));
    SignedCheckpoint made;
    if (newest.has_value() && newest->checkpoint.size == next.size) {
      made = *newest;
    } else {
      const crypto::Key key = TRY(keys_.Newest(kPurpose));
      made = {next, Sign(next, KeyOf(key.bytes.Reveal()))};
      TRY(database_.Update([&](kv::Txn& txn) { return PutNote(txn, {next.size, made.note}); }));
    }
    signed_ = made.checkpoint;
    if (made.note != copied_) TRY(Copy(made.note));
    return made;
  }();
  if (made.ok()) {
    CoveredEntries().Set(static_cast<double>(made->checkpoint.size));
  } else if (!absl::IsNotFound(made.status())) {
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

absl::Status Signer::Copy(const std::string& note) {
  if (copies_.empty()) return absl::OkStatus();
  const int file = ::open(copies_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return FileError(copies_, std::strerror(errno));
  const bool written =
      ::write(file, note.data(), note.size()) == static_cast<ssize_t>(note.size()) && ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (!written) return FileError(copies_, std::strerror(error));
  copied_ = note;
  return absl::OkStatus();
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
