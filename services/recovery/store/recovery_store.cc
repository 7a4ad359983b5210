#include "services/recovery/store/recovery_store.h"

#include <utility>

#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "common/kv/key.h"
#include "common/kv/table.h"
#include "services/recovery/store/nobodys.h"
#include "services/recovery/store/recovery_codec.h"

namespace tc::recovery {
namespace {

kv::Key RecoveryKey(const PublicId& id) { return kv::Key("recovery").Str(id.text()); }
// Of the SHA-256 of what is looked for.
kv::Key CapabilityKey(absl::string_view hash) { return kv::Key("capability").Str(hash); }
kv::Key NotMeKey(absl::string_view hash) { return kv::Key("not_me").Str(hash); }
kv::Key LedgerKey(const AccountId& principal) { return kv::Key("ledger").Str(principal.text()); }
const kv::Table<std::string> kAssigned{"assigned"};
const kv::Table<std::string> kReal{"real"};
const kv::Table<std::string> kOwn{"own"};

kv::Key AssignedKey(const Recovery& r) {
  return kAssigned.At().Str(r.contact.text()).Time(r.assigned_at).Str(r.id.text());
}
kv::Key RealKey(const Recovery& r) { return kReal.At().Time(r.created_at).Str(r.id.text()); }
kv::Key OwnKey(const Recovery& r) {
  return kOwn.At().Str(r.principal.text()).Time(r.created_at).Str(r.id.text());
}

bool IsAssigned(const Recovery* r) { return r != nullptr && r->contact.has_value(); }
bool IsReal(const Recovery* r) { return r != nullptr && !r->decoy; }

// A hold may have been asked for while the recovery ended: the end is told once more when no such call can be
// under way.
constexpr absl::Duration kHoldSettles = absl::Minutes(1);

std::optional<kv::Timer> ExpiryTimer(const Recovery* r) {
  if (r == nullptr || IsFinal(r->state)) return std::nullopt;
  // As it will be read back, so that it can be cancelled.
  return kv::Timer{kv::FromMicros(kv::ToMicros(ExpiresAt(*r))), kExpireTimer, r->id.text()};
}

}  // namespace

// The index entry `key(hash)` → id follows the hash from `was` to `is`; empty: none.
template <typename KeyOf>
absl::Status Move(kv::Txn& txn, KeyOf key, const std::string& was, const std::string& is,
                  const PublicId& id) {
  if (was == is) return absl::OkStatus();
  if (!was.empty()) TRY(txn.Delete(key(was).bytes()));
  return is.empty() ? absl::OkStatus() : txn.Insert(key(is).bytes(), id.text());
}

absl::StatusOr<Recovery> RecoveryStore::Insert(kv::Txn& txn, const Recovery& recovery) const {
  Recovery first = recovery;
  first.version = 1;
  first.taken.clear();
  TRY(txn.Insert(RecoveryKey(first.id).bytes(), EncodeRecovery(first, sealer_)));
  TRY(Reindex(txn, nullptr, &first));
  TRY(Reschedule(txn, nullptr, &first));
  if (first.decoy) return first;
  const StartLedger ledger = TRY(LedgerOf(txn, first.principal));
  TRY(PutLedger(txn, first.principal, AfterStart(ledger, first.id, first.created_at)));
  return first;
}

absl::StatusOr<Recovery> RecoveryStore::Save(kv::Txn& txn, const Recovery& before,
                                             const Recovery& after) const {
  Recovery next = after;
  next.version = before.version + 1;
  next.taken.clear();
  TRY(txn.Put(RecoveryKey(next.id).bytes(), EncodeRecovery(next, sealer_)));
  TRY(Reindex(txn, &before, &next));
  TRY(Reschedule(txn, &before, &next));
  if (!next.decoy && IsFinal(next.state) && !IsFinal(before.state)) {
    const StartLedger ledger = TRY(LedgerOf(txn, next.principal));
    TRY(PutLedger(txn, next.principal, AfterEnd(ledger, next)));
  }
  // A start whose code could not be sent has become a decoy.
  if (next.decoy && !before.decoy) {
    const StartLedger ledger = TRY(LedgerOf(txn, before.principal));
    TRY(PutLedger(txn, before.principal, AfterWithdrawal(ledger, before)));
  }
  return next;
}

absl::Status RecoveryStore::Remove(kv::Txn& txn, const Recovery& recovery) const {
  TRY(txn.Delete(RecoveryKey(recovery.id).bytes()));
  TRY(Reindex(txn, &recovery, nullptr));
  return Reschedule(txn, &recovery, nullptr);
}

absl::Status RecoveryStore::Reindex(kv::Txn& txn, const Recovery* before, const Recovery* after) const {
  const Recovery none;
  const Recovery& was = before == nullptr ? none : *before;
  const Recovery& is = after == nullptr ? none : *after;
  const PublicId& id = after == nullptr ? was.id : is.id;
  TRY(Move(txn, CapabilityKey, was.capability_hash, is.capability_hash, id));
  TRY(Move(txn, NotMeKey, was.not_me_hash, is.not_me_hash, id));
  const bool stays =
      IsAssigned(before) && IsAssigned(after) && AssignedKey(*before).bytes() == AssignedKey(*after).bytes();
  if (IsAssigned(before) && !stays) TRY(kAssigned.Delete(txn, AssignedKey(*before)));
  if (IsAssigned(after) && !stays) TRY(kAssigned.Put(txn, AssignedKey(*after), after->id.text()));
  if (IsReal(before) && !IsReal(after)) {
    TRY(kReal.Delete(txn, RealKey(*before)));
    TRY(kOwn.Delete(txn, OwnKey(*before)));
  }
  if (IsReal(after) && !IsReal(before)) {
    TRY(kReal.Put(txn, RealKey(*after), after->id.text()));
    TRY(kOwn.Put(txn, OwnKey(*after), after->id.text()));
  }
  return absl::OkStatus();
}

absl::Status RecoveryStore::Reschedule(kv::Txn& txn, const Recovery* before, const Recovery* after) const {
  const std::optional<kv::Timer> was = ExpiryTimer(before);
  const std::optional<kv::Timer> is = ExpiryTimer(after);
  const bool same = was.has_value() && is.has_value() && was->fire_at == is->fire_at;
  if (was.has_value() && !same) TRY(txn.Cancel(*was));
  if (is.has_value() && !same) TRY(txn.Schedule(*is));
  const bool ends = after != nullptr && before != nullptr && IsFinal(after->state) && !IsFinal(before->state);
  if (!ends) return absl::OkStatus();
  const absl::Time at = after->ended_at.value_or(after->expires_at);
  TRY(txn.Schedule({KeptUntil(*after), kPurgeTimer, after->id.text()}));
  if (after->hold_taken && before->state == State::kAwaitingOwnCode) {
    TRY(txn.Schedule({at + kHoldSettles, kReleaseTimer, after->id.text()}));
  }
  return absl::OkStatus();
}

RecoveryStore::RecoveryStore(crypto::Sealer sealer)
    : sealer_(std::move(sealer)), nobodys_(EncodeRecovery(Nobodys(), sealer_)) {}

absl::StatusOr<std::optional<Recovery>> RecoveryStore::Find(kv::ReadTxn& txn, const PublicId& id) const {
  const std::optional<std::string> bytes = TRY(txn.Get(RecoveryKey(id).bytes()));
  if (!bytes.has_value()) return std::optional<Recovery>();
  return std::optional<Recovery>(TRY(DecodeRecovery(*bytes, sealer_)));
}

absl::StatusOr<std::optional<Recovery>> RecoveryStore::FindOrReadNobodys(kv::ReadTxn& txn,
                                                                         const PublicId& id) const {
  const std::optional<std::string> bytes = TRY(txn.Get(RecoveryKey(id).bytes()));
  absl::StatusOr<Recovery> read = DecodeRecovery(bytes.value_or(nobodys_), sealer_);
  // Nobody's cannot be read when the key under it is gone; that says nothing of the one that is asked for.
  if (!bytes.has_value()) return std::optional<Recovery>();
  return std::optional<Recovery>(TRY(std::move(read)));
}

absl::StatusOr<std::optional<Recovery>> RecoveryStore::FindByCapability(kv::ReadTxn& txn,
                                                                        absl::string_view capability) const {
  const std::optional<std::string> id = TRY(txn.Get(CapabilityKey(crypto::Sha256(capability)).bytes()));
  if (!id.has_value()) return std::optional<Recovery>();
  return Find(txn, PublicId::FromTrusted(*id));
}

absl::StatusOr<std::optional<Recovery>> RecoveryStore::FindByNotMeToken(kv::ReadTxn& txn,
                                                                        absl::string_view token) const {
  const std::optional<std::string> id = TRY(txn.Get(NotMeKey(crypto::Sha256(token)).bytes()));
  if (!id.has_value()) return std::optional<Recovery>();
  return Find(txn, PublicId::FromTrusted(*id));
}

absl::StatusOr<StartLedger> RecoveryStore::LedgerOf(kv::ReadTxn& txn, const AccountId& principal) const {
  const std::optional<std::string> bytes = TRY(txn.Get(LedgerKey(principal).bytes()));
  if (!bytes.has_value()) return StartLedger();
  return DecodeLedger(*bytes);
}

absl::Status RecoveryStore::PutLedger(kv::Txn& txn, const AccountId& principal,
                                      const StartLedger& ledger) const {
  return txn.Put(LedgerKey(principal).bytes(), EncodeLedger(ledger));
}

namespace {

// Follows an index of ids to the records; an index without its record is damage, not absence.
absl::Status Follow(const RecoveryStore& store, kv::ReadTxn& txn, const kv::Table<std::string>& table,
                    const kv::Key& prefix, absl::string_view after,
                    absl::FunctionRef<bool(absl::string_view key, const Recovery& recovery)> visit) {
  absl::Status broken;
  TRY(table.Scan(txn, prefix, after, [&](absl::string_view key, const std::string& id) {
    absl::StatusOr<std::optional<Recovery>> found = store.Find(txn, PublicId::FromTrusted(id));
    if (!found.ok() || !found->has_value()) {
      broken = found.ok() ? absl::DataLossError("an index without its recovery") : found.status();
      return false;
    }
    return visit(key, **found);
  }));
  return broken;
}

}  // namespace

absl::Status RecoveryStore::ScanAssigned(
    kv::ReadTxn& txn, const AccountId& contact, absl::string_view after,
    absl::FunctionRef<bool(absl::string_view key, const Recovery& recovery)> visit) const {
  return Follow(*this, txn, kAssigned, kAssigned.At().Str(contact.text()), after, visit);
}

absl::Status RecoveryStore::ScanOwn(
    kv::ReadTxn& txn, const AccountId& principal, absl::string_view after,
    absl::FunctionRef<bool(absl::string_view key, const Recovery& recovery)> visit) const {
  return Follow(*this, txn, kOwn, kOwn.At().Str(principal.text()), after, visit);
}

absl::Status RecoveryStore::ScanReal(
    kv::ReadTxn& txn, absl::string_view after,
    absl::FunctionRef<bool(absl::string_view key, const Recovery& recovery)> visit) const {
  return Follow(*this, txn, kReal, kReal.At(), after, visit);
}

}  // namespace tc::recovery
