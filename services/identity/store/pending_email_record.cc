#include "services/identity/store/pending_email_record.h"

#include <utility>

namespace tc::identity::store {

rec::PendingEmailRecord RecordOf(const PendingEmail& pending) {
  rec::PendingEmailRecord r;
  r.set_id(pending.id.text());
  r.set_created_at_us(ToUs(pending.created_at));
  return r;
}

absl::StatusOr<PendingEmail> FromRecord(const AccountId& account, const rec::PendingEmailRecord& r,
                                        std::string address) {
  if (r.id().empty() || address.empty()) return Unreadable("PendingEmailRecord");
  PendingEmail pending;
  pending.account = account;
  pending.id = VerificationId::FromTrusted(r.id());
  pending.email = Email::FromTrusted(std::move(address));
  pending.created_at = FromUs(r.created_at_us());
  return pending;
}

}  // namespace tc::identity::store
