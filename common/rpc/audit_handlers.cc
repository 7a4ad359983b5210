#include "common/rpc/audit_handlers.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/audit/verify.h"
#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::admin::v1;

constexpr int kDefaultPage = 100;
constexpr int kLargestPage = 500;
// An answer stays below what clients take by default (4 MiB), whatever the entries hold: a leaf, and once
// more what is opened of it.
constexpr size_t kLargestAnswer = 2 << 20;

absl::StatusOr<uint64_t> PageSize(int asked) {
  if (asked < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "a page has at least one entry");
  return static_cast<uint64_t>(asked == 0 ? kDefaultPage : std::min(asked, kLargestPage));
}

template <typename Out>
void AddKeys(const audit::Signer& signer, Out& out) {
  for (const audit::VerifierKey& key : signer.keys()) out.add_verifier_keys(key.Text());
}

}  // namespace

absl::StatusOr<pb::AuditLogReport> AuditHandlers::VerifyAuditLog(const Call& call,
                                                                 const pb::VerifyAuditLogRequest& in) {
  const audit::VerifyParts parts{database_, ledger_, signer_.keys(), clock_};
  const audit::Report report = TRY(audit::VerifyLog(parts, in.first_entry(), call.deadline));
  pb::AuditLogReport out;
  out.set_intact(report.intact);
  out.set_size(report.size);
  out.set_entries(report.entries);
  out.set_checkpoints(report.checkpoints);
  out.set_root_hash(absl::BytesToHexString(report.root));
  if (!report.intact) {
    out.set_first_bad_entry(report.first_bad);
    out.set_problem(report.problem);
  }
  return out;
}

absl::StatusOr<audit::SignedCheckpoint> AuditHandlers::Newest(absl::Time now) {
  absl::StatusOr<audit::SignedCheckpoint> made = signer_.SignNow(now);
  if (made.status().code() != absl::StatusCode::kDataLoss) return made;
  std::optional<audit::SignedCheckpoint> last = TRY(signer_.NewestSigned());
  if (!last.has_value()) return made;
  return *std::move(last);
}

absl::StatusOr<pb::AuditCheckpoint> AuditHandlers::GetAuditCheckpoint(
    const Call& call, const pb::GetAuditCheckpointRequest& in) {
  const audit::SignedCheckpoint newest = TRY(Newest(call.now));
  const uint64_t size = newest.checkpoint.size;
  if (in.since_size() > size) {
    return InvalidField("since_size", "BEYOND_THE_LOG", absl::StrCat("the log has ", size, " entries"));
  }
  pb::AuditCheckpoint out;
  out.set_note(newest.note);
  out.set_size(size);
  AddKeys(signer_, out);
  TRY(database_.View([&](kv::ReadTxn& txn) -> absl::Status {
    const auto read = [&](const audit::NodeId& id) { return audit::ReadNodeAt(txn, id); };
    for (audit::Hash& hash : TRY(audit::ConsistencyProof(in.since_size(), size, read))) {
      out.add_consistency(std::move(hash));
    }
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<pb::ListAuditEntriesResponse> AuditHandlers::ListAuditEntries(
    const Call& call, const pb::ListAuditEntriesRequest& in) {
  const uint64_t page = TRY(PageSize(in.page_size()));
  pb::ListAuditEntriesResponse out;
  TRY(database_.View([&](kv::ReadTxn& txn) -> absl::Status {
    size_t bytes = 0;
    TRY(audit::VisitLeaves(txn, in.first_entry(), [&](uint64_t, absl::string_view leaf) {
      out.add_entries()->set_leaf(leaf.data(), leaf.size());
      bytes += in.open_personal_parts() ? 2 * leaf.size() : leaf.size();
      return static_cast<uint64_t>(out.entries_size()) < page && bytes < kLargestAnswer;
    }));
    for (pb::ListedAuditEntry& listed : *out.mutable_entries()) {
      // What is no entry any more is shown as it is: whoever verifies is to see it.
      const absl::StatusOr<pb::AuditEntry> entry = audit::Decode(listed.leaf());
      if (!in.open_personal_parts() || !entry.ok()) continue;
      bool all = true;
      for (pb::AuditPersonalPart& part : TRY(ledger_.OpenParts(txn, *entry, all))) {
        *listed.add_opened() = std::move(part);
      }
    }
    return absl::OkStatus();
  }));
  if (out.entries().empty()) return out;
  TRY(EnterReading(call, in.first_entry(), static_cast<uint64_t>(out.entries_size()),
                   in.open_personal_parts()));
  return out;
}

absl::StatusOr<audit::SignedCheckpoint> AuditHandlers::CheckpointFor(const Call& call,
                                                                     const pb::ProveAuditEntryRequest& in) {
  // Asked for an older one, too: what is not yet where --audit-checkpoints keeps it is given to nobody.
  const audit::SignedCheckpoint newest = TRY(Newest(call.now));
  if (in.tree_size() == 0) return newest;
  std::optional<audit::StoredNote> note;
  TRY(database_.View([&](kv::ReadTxn& txn) -> absl::Status {
    note = TRY(audit::NoteAtOrBelow(txn, in.tree_size()));
    return absl::OkStatus();
  }));
  if (!note.has_value() || note->size != in.tree_size() || in.entry() >= note->size) {
    return InvalidField("tree_size", "NO_SUCH_CHECKPOINT",
                        "no checkpoint of so many entries covers this entry");
  }
  return audit::SignedCheckpoint{TRY(audit::ReadUnverified(note->note)), note->note};
}

absl::StatusOr<pb::AuditProof> AuditHandlers::ProveAuditEntry(const Call& call,
                                                              const pb::ProveAuditEntryRequest& in) {
  const audit::SignedCheckpoint signed_by = TRY(CheckpointFor(call, in));
  if (in.entry() >= signed_by.checkpoint.size) return NotFound("audit entry");
  pb::AuditProof out;
  out.set_entry(in.entry());
  out.set_checkpoint(signed_by.note);
  AddKeys(signer_, out);
  TRY(database_.View([&](kv::ReadTxn& txn) -> absl::Status {
    std::optional<std::string> leaf = TRY(audit::FindLeaf(txn, in.entry()));
    if (!leaf.has_value()) return absl::DataLossError("an audit entry is missing");
    out.set_leaf(*std::move(leaf));
    const auto read = [&](const audit::NodeId& id) { return audit::ReadNodeAt(txn, id); };
    for (audit::Hash& hash : TRY(audit::InclusionProof(in.entry(), signed_by.checkpoint.size, read))) {
      out.add_path(std::move(hash));
    }
    return absl::OkStatus();
  }));
  TRY(EnterReading(call, in.entry(), 1, /*opened=*/false));
  return out;
}

absl::Status AuditHandlers::EnterReading(const Call& call, uint64_t first, uint64_t entries, bool opened) {
  return database_
      .Update([&](kv::Txn& txn) {
        kv::Event act;
        act.type = "AuditLogRead";
        act.attributes = {{"first", absl::StrCat(first)},
                          {"entries", absl::StrCat(entries)},
                          {"opened", opened ? "true" : "false"}};
        act.at = call.now;
        return txn.Audit(std::move(act));
      })
      .status();
}

}  // namespace tc::rpc
