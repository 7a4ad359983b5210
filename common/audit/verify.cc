#include "common/audit/verify.h"

#include <deque>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/audit/chain.h"
#include "common/audit/tree_store.h"
#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::audit {
namespace {

// A snapshot held for long would hold up Database::Purge.
constexpr uint64_t kPortion = 2000;
constexpr size_t kEvents = 500;

// Damage is told as DATA_LOSS between these functions; the store's own is told with other words.
absl::Status Bad(absl::string_view what) { return absl::DataLossError(what); }

class Check {
 public:
  Check(const VerifyParts& parts, uint64_t first) : parts_(parts), next_(first) { report_.first_bad = first; }

  absl::StatusOr<Report> Run(absl::Time deadline) {
    // Every event up to here has its entry in what Begin sees.
    upto_ = parts_.database.revision();
    absl::Status found = Begin();
    while (found.ok() && next_ < report_.size) {
      if (parts_.clock.Now() > deadline) {
        return Refuse(absl::StatusCode::kDeadlineExceeded, Reason::kDeadlineExceeded,
                      absl::StrCat("intact up to here; go on with first_entry ", next_));
      }
      found = Portion();
    }
    if (found.ok()) found = End();
    if (!found.ok() && found.code() != absl::StatusCode::kDataLoss) return found;
    report_.intact = found.ok();
    if (!found.ok()) {
      report_.first_bad = next_;
      report_.problem = std::string(found.message());
    }
    report_.root = chain_.Root();
    return report_;
  }

 private:
  absl::Status Begin() {
    return parts_.database.View([&](kv::ReadTxn& txn) -> absl::Status {
      head_ = TRY(FindHead(txn));
      report_.size = head_.size;
      next_ = std::min(next_, head_.size);
      const auto read = [&](const NodeId& id) { return ReadNodeAt(txn, id); };
      const Hash before = next_ == 0 ? Hash() : TRY(ReadNodeAt(txn, {0, next_ - 1}));
      chain_ = Chain(TRY(Frontier::At(next_, read)), before);
      const std::optional<StoredNote> earlier =
          next_ == 0 ? std::nullopt : TRY(NoteAtOrBelow(txn, next_ - 1));
      if (earlier.has_value()) {
        const absl::StatusOr<Checkpoint> said = ReadUnverified(earlier->note);
        if (!said.ok()) return Bad(said.status().message());
        last_checkpoint_ = *said;
      }
      const std::optional<StoredNote> newest = TRY(NewestNote(txn));
      if (newest.has_value()) newest_note_ = newest->size;
      TRY(VisitNotes(txn, report_.size + 1, [&](const StoredNote& note) {
        beyond_ = note.size;
        return false;
      }));
      notes_from_ = next_;
      return LoadNotes(txn, next_);
    });
  }

  // A busy log has one for each second of its life: they are read with the entries that they cover.
  absl::Status LoadNotes(kv::ReadTxn& txn, uint64_t until) {
    TRY(VisitNotes(txn, notes_from_, [&](const StoredNote& note) {
      if (note.size > until) return false;
      notes_.push_back(note);
      return true;
    }));
    notes_from_ = until + 1;
    return absl::OkStatus();
  }

  absl::Status Portion() {
    const uint64_t until = std::min(report_.size, next_ + kPortion);
    absl::Status found;
    TRY(parts_.database.View([&](kv::ReadTxn& txn) -> absl::Status {
      TRY(LoadNotes(txn, until));
      TRY(VisitLeaves(txn, next_, [&](uint64_t number, absl::string_view leaf) {
        if (number >= until) return false;
        found = number == next_ ? Leaf(txn, leaf) : Bad("it is missing");
        if (found.ok()) ++next_;
        return found.ok();
      }));
      if (found.ok() && next_ < until) found = Bad("it is missing");
      return absl::OkStatus();
    }));
    return found;
  }

  absl::Status Leaf(kv::ReadTxn& txn, absl::string_view leaf) {
    TRY(CheckpointsAt(chain_.size()));
    std::vector<Node> nodes;
    const pb::AuditEntry entry = TRY(chain_.Add(leaf, &nodes));
    ++report_.entries;
    if (entry.service() != parts_.ledger.service()) return Bad("it is of another service");
    for (const Node& node : nodes) {
      const absl::StatusOr<Hash> kept = ReadNodeAt(txn, node.id);
      if (!kept.ok() || *kept != node.hash) return Bad("the tree has another hash for it");
    }
    bool all = true;
    const std::vector<pb::AuditPersonalPart> opened = TRY(parts_.ledger.OpenParts(txn, entry, all));
    return EventOf(entry, opened, all);
  }

  // An event and its entry are written in one commit, in the same order.
  absl::Status EventOf(const pb::AuditEntry& entry, const std::vector<pb::AuditPersonalPart>& opened,
                       bool all_opened) {
    if (!place_.has_value()) {
      // Before entry 0 there was no log: what is older than its commit has no entries. An entry in the middle
      // begins with its own event.
      const bool whole = entry.number() == 0 || !entry.has_event_index() || entry.event_index() == 0;
      if (entry.number() > 0 && !entry.has_event_index()) return absl::OkStatus();
      place_ = whole ? std::pair(entry.revision() - 1, std::numeric_limits<uint32_t>::max())
                     : std::pair(entry.revision(), entry.event_index() - 1);
    }
    if (!entry.has_event_index()) return absl::OkStatus();
    const std::optional<kv::Event> event = TRY(NextEvent());
    if (!event.has_value()) return Bad("its event is missing");
    if (event->revision != entry.revision() || event->index != entry.event_index()) {
      return Bad("an event has no entry, or it has no event");
    }
    if (!Agrees(*event, entry, opened, all_opened)) return Bad("its event tells something else");
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<kv::Event>> NextEvent() {
    if (events_.empty()) {
      std::vector<kv::Event> more = TRY(parts_.database.Changes(place_->first, place_->second, kEvents));
      if (more.empty()) return std::optional<kv::Event>();
      place_ = std::pair(more.back().revision, more.back().index);
      events_.insert(events_.end(), more.begin(), more.end());
    }
    kv::Event event = std::move(events_.front());
    events_.pop_front();
    return std::optional(std::move(event));
  }

  // Those that sign the tree of the entries seen so far.
  absl::Status CheckpointsAt(uint64_t size) {
    while (!notes_.empty() && notes_.front().size <= size) {
      const StoredNote note = std::move(notes_.front());
      notes_.pop_front();
      TRY(CheckCheckpoint(note));
    }
    return absl::OkStatus();
  }

  // An older one may be signed by a key that is gone: the next one, which names its hash, vouches for it. The
  // newest one has nobody but its own signature.
  absl::Status CheckCheckpoint(const StoredNote& note) {
    absl::StatusOr<Checkpoint> said = Verify(note.note, parts_.keys);
    const bool vouched = note.size < newest_note_ && absl::IsPermissionDenied(said.status());
    if (vouched) said = ReadUnverified(note.note);
    const std::string which = absl::StrCat("the checkpoint of ", note.size, " entries ");
    if (!said.ok()) return Bad(absl::StrCat(which, "is not genuine: ", said.status().message()));
    if (said->size != note.size || said->origin != Origin()) return Bad(which + "is of another log");
    if (said->root != chain_.Root()) return Bad(which + "signs another tree");
    const Hash before = last_checkpoint_.has_value() ? HashOf(*last_checkpoint_) : Hash();
    if (said->previous != before) return Bad(which + "does not follow the one before it");
    last_checkpoint_ = *std::move(said);
    ++report_.checkpoints;
    return absl::OkStatus();
  }

  absl::Status End() {
    TRY(CheckpointsAt(chain_.size()));
    if (beyond_ > 0) {
      return Bad(absl::StrCat("the log is shorter than its checkpoint of ", beyond_, " entries"));
    }
    if (chain_.last_leaf() != head_.last_leaf) return Bad("the head of the log is of another last entry");
    TRY(parts_.database.View([&](kv::ReadTxn& txn) -> absl::Status {
      const Head now = TRY(FindHead(txn));
      bool beyond = false;
      TRY(VisitLeaves(txn, now.size, [&](uint64_t, absl::string_view) {
        beyond = true;
        return false;
      }));
      return beyond ? Bad("there are entries behind the end") : absl::OkStatus();
    }));
    if (!place_.has_value()) return absl::OkStatus();
    const std::optional<kv::Event> event = TRY(NextEvent());
    if (event.has_value() && event->revision <= upto_) return Bad("an event has no entry");
    return absl::OkStatus();
  }

  std::string Origin() const { return OriginOf(parts_.ledger.service(), parts_.database.uid()); }

  const VerifyParts& parts_;
  Report report_;
  uint64_t next_;
  uint64_t upto_ = 0;
  Head head_;
  Chain chain_;
  std::deque<StoredNote> notes_;  // of the entries of this portion
  uint64_t notes_from_ = 0;
  uint64_t newest_note_ = 0;  // its entries
  uint64_t beyond_ = 0;       // entries of the first checkpoint that the log is too short for; 0: of none
  std::optional<Checkpoint> last_checkpoint_;
  std::optional<std::pair<uint64_t, uint32_t>> place_;  // of the last event that was read
  std::deque<kv::Event> events_;
};

}  // namespace

absl::StatusOr<Report> VerifyLog(const VerifyParts& parts, uint64_t first, absl::Time deadline) {
  return Check(parts, first).Run(deadline);
}

}  // namespace tc::audit
