#include "services/identity/store/journal.h"

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"

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
  JournalRecord r;
  r.set_type(entry.type);
  r.set_actor(entry.actor);
  if (!entry.circumstances.empty()) {
    const ClientPlace& client = entry.circumstances.client;
    CircumstancesRecord c;
    c.set_address(client.address);
    c.set_device(client.device);
    c.set_user_agent(client.user_agent);
    c.set_place(client.place);
    c.set_reason(entry.circumstances.reason);
    r.set_sealed_circumstances(TRY(vault_->Seal(c.SerializeAsString(), account, "journal")));
  }
  r.mutable_attributes()->insert(entry.attributes.begin(), entry.attributes.end());
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
  JournalEntry entry;
  kv::KeyReader reader(key);
  std::string table, owner;
  uint64_t revision = 0;
  if (!reader.Str(table) || !reader.Str(owner) || !reader.Time(entry.at) || !reader.U64(revision)) {
    return store::Unreadable("journal key");
  }
  entry.id = absl::StrCat(revision, "-", r.type());
  entry.type = r.type();
  entry.actor = r.actor();
  entry.attributes = {r.attributes().begin(), r.attributes().end()};
  if (r.sealed_circumstances().empty()) return entry;
  const absl::StatusOr<std::string> plain = vault_->Open(r.sealed_circumstances(), account, "journal");
  // A copy from before the erasure has been restored.
  if (HasReason(plain.status(), Reason::kAccountDeleted)) return entry;
  TRY(plain.status());
  CircumstancesRecord c;
  if (!c.ParseFromString(*plain)) {
    return store::Unreadable("CircumstancesRecord");
  }
  entry.circumstances = {{c.address(), c.device(), c.user_agent(), c.place()}, c.reason()};
  return entry;
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
