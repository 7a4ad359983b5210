#include "services/identity/store/journal.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/journal_record.h"

namespace tc::identity {
namespace {

using store::rec::CircumstancesRecord;
using store::rec::JournalRecord;

const kv::Table<JournalRecord>& Records() {
  static const auto& t = *new kv::Table<JournalRecord>("journal");
  return t;
}

}  // namespace

absl::Status Journal::Append(kv::Txn& txn, const AccountId& account, const JournalEntry& entry) const {
  JournalRecord r = store::RecordOf(entry);
  if (!entry.circumstances.empty()) {
    const std::string circumstances = store::CircumstancesOf(entry).SerializeAsString();
    r.set_sealed_circumstances(TRY(vault_->Seal(circumstances, account, "journal")));
  }
  const kv::Key key = Records().At().Str(account.text()).Time(entry.at).U64(txn.revision()).Str(entry.type);
  return Records().Put(txn, key, r);
}

absl::Status Journal::Strip(kv::Txn& txn, const AccountId& account) const {
  absl::Status broken;
  TRY(Records().Scan(txn, Records().At().Str(account.text()), "",
                     [&](absl::string_view key, JournalRecord record) {
                       record.clear_sealed_circumstances();
                       record.clear_attributes();
                       broken = txn.Put(key, record.SerializeAsString());
                       return broken.ok();
                     }));
  return broken;
}

absl::StatusOr<JournalEntry> Journal::Decode(const AccountId& account, absl::string_view key,
                                             absl::string_view bytes) const {
  const JournalRecord r = TRY(kv::Codec<JournalRecord>::Decode(bytes));
  if (r.sealed_circumstances().empty()) return store::FromRecord(key, r, {});
  const absl::StatusOr<std::string> plain = vault_->Open(r.sealed_circumstances(), account, "journal");
  // A copy from before the erasure has been restored.
  if (HasReason(plain.status(), Reason::kAccountDeleted)) return store::FromRecord(key, r, {});
  return store::FromRecord(key, r, TRY(kv::RecordCodec<CircumstancesRecord>::Decode(TRY(plain))));
}

absl::StatusOr<std::vector<JournalEntry>> Journal::List(kv::ReadTxn& txn, const AccountId& account,
                                                        absl::string_view after, size_t limit,
                                                        absl::FunctionRef<bool(const JournalEntry&)> wanted,
                                                        std::string& last_key) const {
  std::vector<JournalEntry> entries;
  absl::Status broken;
  bool more = false;
  last_key.clear();
  const kv::Key prefix = Records().At().Str(account.text());
  const std::string end = after.empty() ? prefix.End() : std::string(after);
  TRY(txn.ScanReverse(prefix.bytes(), end, [&](absl::string_view key, absl::string_view bytes) {
    absl::StatusOr<JournalEntry> entry = Decode(account, key, bytes);
    broken = entry.status();
    if (!broken.ok()) return false;
    if (!wanted(*entry)) return true;
    if (entries.size() == limit) {
      more = true;
      return false;
    }
    entries.push_back(*std::move(entry));
    last_key = std::string(key);
    return true;
  }));
  TRY(broken);
  if (!more) last_key.clear();
  return entries;
}

}  // namespace tc::identity
