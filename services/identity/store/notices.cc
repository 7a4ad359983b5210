#include "services/identity/store/notices.h"

#include <algorithm>

#include "common/base/status.h"
#include "services/identity/store/codec.h"

namespace tc::identity {
namespace {

using store::rec::NoticeRecord;
using store::rec::SealedNotice;

constexpr absl::Duration kNoticeLifetime = absl::Hours(72);
constexpr char kField[] = "notice";

absl::StatusOr<SealedNotice> Sealed(const Vault& vault, const Notice& notice, const NoticeRecord& r) {
  SealedNotice sealed;
  sealed.set_account(notice.account.text());
  const std::string plain = r.SerializeAsString();
  if (IsPeers(notice.kind)) {
    sealed.set_sealed_for_person(TRY(vault.Seal(plain, notice.account, kField)));
  } else {
    sealed.set_sealed(vault.SealInTransit(plain, notice.account, kField));
  }
  return sealed;
}

absl::StatusOr<std::string> Opened(const Vault& vault, const SealedNotice& sealed, const AccountId& account) {
  if (!sealed.sealed_for_person().empty()) return vault.Open(sealed.sealed_for_person(), account, kField);
  return vault.OpenInTransit(sealed.sealed(), account, kField);
}

}  // namespace

absl::Status EnqueueNotice(kv::Txn& txn, const Vault& vault, const Notice& notice, absl::Time now,
                           absl::Time not_before) {
  if (!notice.HasRecipients()) return absl::OkStatus();
  NoticeRecord r;
  r.set_kind(static_cast<int>(notice.kind));
  r.set_account(notice.account.text());
  for (const Phone& phone : notice.phones) r.add_phones(phone.e164());
  for (const Email& email : notice.emails) r.add_emails(email.address());
  r.set_locale(notice.locale);
  r.set_masked_address(notice.masked_address);
  r.set_masked_person(notice.masked_person);
  r.set_link(notice.link);
  r.set_id(notice.id);
  kv::OutboxRow row;
  row.kind = kNotify;
  row.payload = TRY(Sealed(vault, notice, r)).SerializeAsString();
  row.not_before = not_before;
  row.expire_at = std::max(now, not_before) + kNoticeLifetime;
  return txn.Enqueue(std::move(row));
}

absl::StatusOr<Notice> NoticeFrom(const kv::OutboxRow& row, const Vault& vault) {
  SealedNotice sealed;
  if (!sealed.ParseFromString(row.payload)) return store::Unreadable("SealedNotice");
  Notice notice;
  notice.account = AccountId::FromTrusted(sealed.account());
  NoticeRecord r;
  if (!r.ParseFromString(TRY(Opened(vault, sealed, notice.account))))
    return store::Unreadable("NoticeRecord");
  notice.kind = static_cast<NoticeKind>(r.kind());
  for (const std::string& phone : r.phones()) notice.phones.push_back(Phone::FromTrusted(phone));
  for (const std::string& email : r.emails()) notice.emails.push_back(Email::FromTrusted(email));
  notice.locale = r.locale();
  notice.masked_address = r.masked_address();
  notice.masked_person = r.masked_person();
  notice.link = r.link();
  notice.id = r.id();
  return notice;
}

absl::Status EnqueueCancel(kv::Txn& txn, const VerificationId& verification, absl::Time now) {
  kv::OutboxRow row;
  row.kind = kCancelVerification;
  row.payload = verification.text();
  row.expire_at = now + kPendingLifetime;
  return txn.Enqueue(std::move(row));
}

}  // namespace tc::identity
