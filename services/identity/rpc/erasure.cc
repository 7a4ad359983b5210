#include "services/identity/rpc/erasure.h"

#include "common/base/status.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

// Erasures of one period share one purge.
absl::Time RoundedUp(absl::Time time, absl::Duration period) {
  const absl::Duration past = (time - absl::UnixEpoch()) % period;
  return past == absl::ZeroDuration() ? time : time + (period - past);
}

absl::Status EndVerifications(kv::Txn& txn, const Desk& desk, const Dossier& dossier, absl::Time now) {
  for (const OwnedPhone& phone : dossier.phones) {
    if (phone.state == PhoneState::kPending)
      TRY(EnqueueCancel(txn, VerificationId::FromTrusted(phone.id.text()), now));
  }
  const AccountId& id = dossier.account.id;
  const std::optional<PendingEmail> email = TRY(desk.pending_emails.Find(txn, id));
  if (email.has_value()) TRY(EnqueueCancel(txn, email->id, now));
  const std::optional<SmsUnderWay> sms = TRY(desk.second_factors.Get(txn, id)).sms;
  return sms.has_value() ? EnqueueCancel(txn, sms->verification, now) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<Account> EraseAccount(kv::Txn& txn, const Desk& desk, const Dossier& dossier, absl::Time now) {
  const AccountId& id = dossier.account.id;
  TRY(EndVerifications(txn, desk, dossier, now));
  TRY(desk.pending_emails.Erase(txn, id));
  TRY(desk.phones.Erase(txn, id));
  TRY(desk.credentials.Erase(txn, id));
  TRY(desk.second_factors.Erase(txn, id));
  TRY(desk.device_books.Erase(txn, id));
  TRY(desk.preferences.Erase(txn, id));
  TRY(desk.journal.Strip(txn, id));
  TRY(txn.Forget(id.text(), now));
  const Account erased = TRY(desk.accounts.Erase(txn, id, now));
  kv::OutboxRow destroy;
  destroy.kind = kDestroyKey;
  destroy.payload = id.text();
  destroy.order_key = kPurgeKeys;  // a purge waits for every key that was to be destroyed before it
  TRY(txn.Enqueue(std::move(destroy)));
  TRY(txn.Schedule({RoundedUp(now, kPurgeKeysEvery), kPurgeKeys, ""}));
  TRY(txn.Schedule({RoundedUp(now + kPurgeStoreAfter, kPurgeStoreEvery), kPurgeStore, ""}));
  return erased;
}

absl::Status PurgeStores(kv::Database& accounts, kv::Database& keys, rpc::Backups& backups, absl::Time now) {
  TRY(keys.Purge());
  TRY(accounts.Purge());
  if (TRY(backups.List("", 1)).empty()) return absl::OkStatus();
  return backups.RemoveBefore(TRY(backups.Make(now)).made_at);
}

}  // namespace tc::identity
