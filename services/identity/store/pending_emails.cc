#include "services/identity/store/pending_emails.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/pending_email_record.h"

namespace tc::identity {
namespace {

using store::rec::PendingEmailRecord;

const kv::Table<PendingEmailRecord>& Records() {
  static const auto& t = *new kv::Table<PendingEmailRecord>("pending-email");
  return t;
}

kv::Key RecordKey(const AccountId& account) { return Records().At().Str(account.text()); }

std::string Field(const VerificationId& id) { return absl::StrCat("pending-email/", id.text()); }

}  // namespace

absl::StatusOr<std::optional<PendingEmail>> PendingEmails::Find(kv::ReadTxn& txn,
                                                                const AccountId& account) const {
  const std::optional<PendingEmailRecord> r = TRY(Records().Find(txn, RecordKey(account)));
  if (!r.has_value()) return std::optional<PendingEmail>();
  std::string address =
      TRY(vault_->Open(r->sealed_email(), account, Field(VerificationId::FromTrusted(r->id()))));
  return std::optional(TRY(store::FromRecord(account, *r, std::move(address))));
}

absl::Status PendingEmails::Put(kv::Txn& txn, const PendingEmail& pending) const {
  PendingEmailRecord r = store::RecordOf(pending);
  r.set_sealed_email(TRY(vault_->Seal(pending.email.address(), pending.account, Field(pending.id))));
  return Records().Put(txn, RecordKey(pending.account), r);
}

absl::Status PendingEmails::Erase(kv::Txn& txn, const AccountId& account) const {
  return Records().Delete(txn, RecordKey(account));
}

}  // namespace tc::identity
