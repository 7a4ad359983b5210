#include "services/identity/store/pending_emails.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"

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
  PendingEmail pending;
  pending.account = account;
  pending.id = VerificationId::FromTrusted(r->id());
  pending.email = Email::FromTrusted(TRY(vault_->Open(r->sealed_email(), account, Field(pending.id))));
  pending.created_at = store::FromUs(r->created_at_us());
  return std::optional(pending);
}

absl::Status PendingEmails::Put(kv::Txn& txn, const PendingEmail& pending) const {
  PendingEmailRecord r;
  r.set_id(pending.id.text());
  r.set_sealed_email(TRY(vault_->Seal(pending.email.address(), pending.account, Field(pending.id))));
  r.set_created_at_us(store::ToUs(pending.created_at));
  return Records().Put(txn, RecordKey(pending.account), r);
}

absl::Status PendingEmails::Erase(kv::Txn& txn, const AccountId& account) const {
  return Records().Delete(txn, RecordKey(account));
}

}  // namespace tc::identity
