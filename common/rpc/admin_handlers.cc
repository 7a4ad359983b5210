#include "common/rpc/admin_handlers.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/log.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::admin::v1;

constexpr char kBackupList[] = "backups";
constexpr char kOutboxList[] = "outbox";
constexpr size_t kScanBatch = 1000;

void Set(absl::Time time, google::protobuf::Timestamp& out) {
  const int64_t us = absl::ToUnixMicros(time);
  out.set_seconds(us / 1000000);
  out.set_nanos(static_cast<int32_t>(us % 1000000) * 1000);
}

pb::Backup ToProto(const Backups::Entry& entry) {
  pb::Backup out;
  out.set_name(absl::StrCat("backups/", entry.id));
  Set(entry.made_at, *out.mutable_create_time());
  out.set_revision(entry.revision);
  out.set_size_bytes(entry.size_bytes);
  return out;
}

pb::OutboxEntry ToProto(const kv::OutboxRow& row) {
  pb::OutboxEntry out;
  out.set_name(absl::StrCat("outbox/", row.id));
  out.set_kind(row.kind);
  out.set_attempts(row.attempts);
  if (row.not_before != absl::InfinitePast()) Set(row.not_before, *out.mutable_next_attempt_time());
  if (row.expire_at != absl::InfiniteFuture()) Set(row.expire_at, *out.mutable_expire_time());
  out.set_dead(row.dead);
  out.set_last_error(row.last_error);
  return out;
}

pb::KeyInventory ToProto(const Rotation::Inventory& inventory) {
  pb::KeyInventory out;
  for (const Rotation::KeyState& key : inventory.keys) {
    pb::KeyInfo& info = *out.add_keys();
    info.set_purpose(key.purpose);
    info.set_kid(key.kid);
    info.set_newest(key.newest);
    info.set_needed(key.needed);
  }
  const ReencryptionProgress& progress = inventory.reencryption;
  pb::ReencryptionProgress& reencryption = *out.mutable_reencryption();
  reencryption.set_running(progress.running);
  reencryption.set_done(progress.done);
  reencryption.set_total(progress.total);
  reencryption.set_failed(progress.failed);
  if (progress.started_at.has_value()) Set(*progress.started_at, *reencryption.mutable_start_time());
  if (progress.ended_at.has_value()) Set(*progress.ended_at, *reencryption.mutable_end_time());
  return out;
}

// For the audit log: followers need not know what operators do.
absl::Status Enter(kv::Txn& txn, const Call& call, const char* type, std::string resource,
                   std::map<std::string, std::string> attributes = {}, std::string result = "") {
  kv::Event act;
  act.type = type;
  act.resource = std::move(resource);
  act.attributes = std::move(attributes);
  act.at = call.now;
  act.result = std::move(result);
  return txn.Audit(std::move(act));
}

// The newest of each purpose, "once=k000002".
}  // namespace

AdminHandlers::AdminHandlers(ServerFacts facts, kv::Database& database, const Once& once, const Pager& pager,
                             Backups& backups, Rotation& rotation)
    : facts_(std::move(facts)),
      database_(database),
      once_(once),
      pager_(pager),
      backups_(backups),
      rotation_(rotation) {}

absl::Status AdminHandlers::EnterAlone(const Call& call, const char* type, const char* resource,
                                       const std::string& result) const {
  return database_.Update([&](kv::Txn& txn) { return Enter(txn, call, type, resource, {}, result); })
      .status();
}

absl::Status AdminHandlers::Failed(const Call& call, const char* type, const char* resource,
                                   const absl::Status& why) const {
  const std::string reason = std::string(ReasonOf(why).value_or(absl::StatusCodeToString(why.code())));
  const absl::Status entered = EnterAlone(call, type, resource, reason);
  // Why it failed is what the operator needs; that it was ordered is in the log.
  if (!entered.ok()) obs::Warning("a failure could not be entered in the audit log", {{"type", type}});
  return why;
}

absl::StatusOr<pb::ServerInfo> AdminHandlers::GetServerInfo(const Call& call,
                                                            const pb::GetServerInfoRequest&) {
  pb::ServerInfo out;
  out.set_service(facts_.service);
  out.set_version(facts_.version);
  out.set_store_uid(database_.uid());
  out.set_revision(database_.revision());
  Set(facts_.started_at, *out.mutable_start_time());
  Set(call.now, *out.mutable_server_time());
  out.set_profile(facts_.profile);
  return out;
}

absl::StatusOr<pb::Policy> AdminHandlers::GetPolicy(const Call&, const pb::GetPolicyRequest&) {
  pb::Policy out;
  out.set_profile(facts_.policy_name);
  for (const PolicyKey& key : facts_.policy.keys) {
    const int64_t value = facts_.policy.values.at(key.name);
    (*out.mutable_values())[key.name] = absl::StrCat(value);
    pb::PolicyEntry& entry = *out.add_entries();
    entry.set_key(key.name);
    entry.set_value(value);
    entry.set_profile_value(facts_.policy_name == "strict" ? key.strict : key.gosuslugi);
    entry.set_min(key.min);
    entry.set_max(key.max);
    entry.set_meaning(key.meaning);
  }
  return out;
}

absl::StatusOr<pb::Backup> AdminHandlers::CreateBackup(const Call& call, const pb::CreateBackupRequest&) {
  if (std::optional<pb::Backup> earlier = TRY(once_.Replay<pb::Backup>(call))) return *std::move(earlier);
  TRY(EnterAlone(call, "BackupOrdered", "backups"));
  const absl::StatusOr<Backups::Entry> entry = backups_.Make(call.now);
  if (!entry.ok()) return Failed(call, "BackupFailed", "backups", entry.status());
  const pb::Backup made = ToProto(*entry);
  return once_.Run<pb::Backup>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Backup> {
    TRY(Enter(txn, call, "BackupCreated", made.name()));
    return made;
  });
}

absl::StatusOr<pb::ListBackupsResponse> AdminHandlers::ListBackups(const Call&,
                                                                   const pb::ListBackupsRequest& in) {
  const Page page = TRY(pager_.Parse(in.page_size(), in.page_token(), kBackupList));
  std::vector<Backups::Entry> entries = TRY(backups_.List(page.after, page.size + 1));
  pb::ListBackupsResponse out;
  const bool more = entries.size() > page.size;
  if (more) entries.pop_back();
  for (const Backups::Entry& entry : entries) *out.add_backups() = ToProto(entry);
  if (more) out.set_next_page_token(pager_.NextToken(entries.back().id, kBackupList));
  return out;
}

absl::StatusOr<pb::ListOutboxResponse> AdminHandlers::ListOutbox(const Call&,
                                                                 const pb::ListOutboxRequest& in) {
  const Page page = TRY(pager_.Parse(in.page_size(), in.page_token(), kOutboxList));
  std::vector<kv::OutboxRow> rows = TRY(database_.ListOutbox(page.after, page.size + 1));
  pb::ListOutboxResponse out;
  const bool more = rows.size() > page.size;
  if (more) rows.pop_back();
  for (const kv::OutboxRow& row : rows) *out.add_entries() = ToProto(row);
  if (more) out.set_next_page_token(pager_.NextToken(rows.back().id, kOutboxList));
  return out;
}

absl::StatusOr<kv::OutboxRow> AdminHandlers::FindRow(const std::string& name) const {
  absl::string_view id = name;
  if (!absl::ConsumePrefix(&id, "outbox/")) {
    return InvalidField("name", "NAME_INVALID", "a name has the form outbox/{id}");
  }
  // An operator's rare question: the whole outbox is read rather than a way in kept for it.
  std::string after;
  while (true) {
    std::vector<kv::OutboxRow> rows = TRY(database_.ListOutbox(after, kScanBatch));
    for (kv::OutboxRow& row : rows) {
      if (row.id == id) return std::move(row);
    }
    if (rows.size() < kScanBatch) return NotFound("outbox entry");
    after = rows.back().id;
  }
}

absl::StatusOr<pb::OutboxEntry> AdminHandlers::RetryOutboxEntry(const Call& call,
                                                                const pb::RetryOutboxEntryRequest& in) {
  if (std::optional<pb::OutboxEntry> earlier = TRY(once_.Replay<pb::OutboxEntry>(call)))
    return *std::move(earlier);
  kv::OutboxRow row = TRY(FindRow(in.name()));
  const bool revive = row.dead;
  if (revive) {
    row.dead = false;
    row.not_before = call.now;
  }
  return once_.Run<pb::OutboxEntry>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::OutboxEntry> {
    if (revive) TRY(kv::RescheduleOutboxRow(txn, row));
    TRY(Enter(txn, call, "OutboxEntryRetried", in.name(), {{"kind", row.kind}}));
    return ToProto(row);
  });
}

absl::StatusOr<pb::KeyInventory> AdminHandlers::ReloadKeys(const Call& call, const pb::ReloadKeysRequest&) {
  if (std::optional<pb::KeyInventory> earlier = TRY(once_.Replay<pb::KeyInventory>(call))) {
    return *std::move(earlier);
  }
  TRY(EnterAlone(call, "KeyReloadOrdered", "keys"));
  const absl::Status reloaded = rotation_.Reload();
  if (!reloaded.ok()) return Failed(call, "KeyReloadFailed", "keys", reloaded);
  const pb::KeyInventory inventory = ToProto(rotation_.Take());
  return once_.Run<pb::KeyInventory>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::KeyInventory> {
    TRY(Enter(txn, call, "KeysReloaded", "keys", {{"keys", rotation_.Newest()}}));
    return inventory;
  });
}

absl::StatusOr<pb::KeyInventory> AdminHandlers::GetKeyInventory(const Call&,
                                                                const pb::GetKeyInventoryRequest&) {
  return ToProto(rotation_.Take());
}

}  // namespace tc::rpc
