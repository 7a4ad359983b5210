#include "services/recovery/store/recovery_store.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

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

// A decoy has as many rows as a real one, where nobody looks for them, so that its steps take as long
// (REC-01).
kv::Key DecoyKey(absl::string_view instead_of, const PublicId& id) {
  return kv::Key("decoy").Str(instead_of).Str(id.text());
}

kv::Key LedgerKeyOf(const Recovery& r) { return r.decoy ? DecoyKey("ledger", r.id) : LedgerKey(r.principal); }

// Under what a recovery is found besides its id.
std::vector<std::string> KeysOf(const Recovery* r) {
  std::vector<std::string> keys;
  if (r == nullptr) return keys;
  const std::string& id = r->id.text();
  if (!r->capability_hash.empty()) keys.push_back(CapabilityKey(r->capability_hash).bytes());
  if (r->contact.has_value())
    keys.push_back(kAssigned.At().Str(r->contact.text()).Time(r->assigned_at).Str(id).bytes());
  if (r->decoy) {
    for (const char* const other : {"not_me", "real", "own"}) keys.push_back(DecoyKey(other, r->id).bytes());
    return keys;
  }
  if (!r->not_me_hash.empty()) keys.push_back(NotMeKey(r->not_me_hash).bytes());
  keys.push_back(kReal.At().Time(r->created_at).Str(id).bytes());
  keys.push_back(kOwn.At().Str(r->principal.text()).Time(r->created_at).Str(id).bytes());
  return keys;
}

// Those of `some` that are not among `others`.
std::vector<std::string> Without(const std::vector<std::string>& some,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::copy_if(some.begin(), some.end(), std::back_inserter(rest), [&](const std::string& key) {
    return std::find(others.begin(), others.end(), key) == others.end();
  });
  return rest;
}

// As one mostly is: read in the place of one that is absent, which then takes as long (REC-01).
std::string NobodysLedger() {
  const absl::Time once = absl::FromUnixSeconds(2'000'000'000);
  return EncodeLedger({PublicId(), {once, once}, {once}, once});
}

absl::StatusOr<StartLedger> ReadLedger(kv::ReadTxn& txn, const kv::Key& key) {
  static const std::string nobodys = NobodysLedger();
  const std::optional<std::string> bytes = TRY(txn.Get(key.bytes()));
  const StartLedger ledger = TRY(DecodeLedger(bytes.value_or(nobodys)));
  return bytes.has_value() ? ledger : StartLedger();
}

absl::Status WriteLedger(kv::Txn& txn, const kv::Key& key, const StartLedger& ledger) {
  return txn.Put(key.bytes(), EncodeLedger(ledger));
}

// A hold may have been asked for while the recovery ended: the end is told once more when no such call can be
// under way.
constexpr absl::Duration kHoldSettles = absl::Minutes(1);

std::optional<kv::Timer> ExpiryTimer(const Recovery* r) {
  if (r == nullptr || IsFinal(r->state)) return std::nullopt;
  // As it will be read back, so that it can be cancelled.
  return kv::Timer{kv::FromMicros(kv::ToMicros(ExpiresAt(*r))), kExpireTimer, r->id.text()};
}

}  // namespace

absl::StatusOr<Recovery> RecoveryStore::Insert(kv::Txn& txn, const Recovery& recovery) const {
  Recovery first = recovery;
  first.version = 1;
  first.taken.clear();
  TRY(txn.Insert(RecoveryKey(first.id).bytes(), EncodeRecovery(first, sealer_)));
  TRY(Reindex(txn, nullptr, &first));
  TRY(Reschedule(txn, nullptr, &first));
  const kv::Key key = LedgerKeyOf(first);
  TRY(WriteLedger(txn, key, AfterStart(TRY(ReadLedger(txn, key)), first.id, first.created_at)));
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
  // A start whose code could not be sent has become a decoy.
  if (next.decoy && !before.decoy) TRY(GiveBack(txn, before));
  if (IsFinal(next.state) && !IsFinal(before.state)) {
    const kv::Key key = LedgerKeyOf(next);
    TRY(WriteLedger(txn, key, AfterEnd(TRY(ReadLedger(txn, key)), next)));
  }
  return next;
}

absl::Status RecoveryStore::Withdraw(kv::Txn& txn, const Recovery& recovery) const {
  TRY(GiveBack(txn, recovery));
  return Remove(txn, recovery);
}

absl::Status RecoveryStore::Remove(kv::Txn& txn, const Recovery& recovery) const {
  TRY(txn.Delete(RecoveryKey(recovery.id).bytes()));
  if (recovery.decoy) TRY(txn.Delete(LedgerKeyOf(recovery).bytes()));
  TRY(Reindex(txn, &recovery, nullptr));
  return Reschedule(txn, &recovery, nullptr);
}

absl::Status RecoveryStore::GiveBack(kv::Txn& txn, const Recovery& recovery) const {
  const kv::Key key = LedgerKeyOf(recovery);
  return WriteLedger(txn, key, AfterWithdrawal(TRY(ReadLedger(txn, key)), recovery));
}

absl::Status RecoveryStore::Reindex(kv::Txn& txn, const Recovery* before, const Recovery* after) const {
  const std::vector<std::string> was = KeysOf(before);
  const std::vector<std::string> is = KeysOf(after);
  for (const std::string& key : Without(was, is)) TRY(txn.Delete(key));
  for (const std::string& key : Without(is, was)) TRY(txn.Insert(key, after->id.text()));
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
  return ReadLedger(txn, LedgerKey(principal));
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
