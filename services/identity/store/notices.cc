#include "services/identity/store/notices.h"

#include <algorithm>

#include "common/base/status.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/notice_record.h"

namespace tc::identity {
namespace {

using store::rec::NoticeRecord;
using store::rec::SealedNotice;

constexpr absl::Duration kNoticeLifetime = absl::Hours(72);
constexpr char kField[] = "notice";

absl::StatusOr<SealedNotice> Sealed(const Vault& vault, const Notice& notice) {
  SealedNotice sealed;
  sealed.set_account(notice.account.text());
  const std::string plain = store::RecordOf(notice).SerializeAsString();
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
  kv::OutboxRow row;
  row.kind = kNotify;
  row.payload = TRY(Sealed(vault, notice)).SerializeAsString();
  row.not_before = not_before;
  row.expire_at = std::max(now, not_before) + kNoticeLifetime;
  return txn.Enqueue(std::move(row));
}

absl::StatusOr<Notice> NoticeFrom(const kv::OutboxRow& row, const Vault& vault) {
  const SealedNotice sealed = TRY(kv::RecordCodec<SealedNotice>::Decode(row.payload));
  const AccountId account = AccountId::FromTrusted(sealed.account());
  const std::string opened = TRY(Opened(vault, sealed, account));
  return store::FromRecord(account, TRY(kv::RecordCodec<NoticeRecord>::Decode(opened)));
}

absl::Status EnqueueCancel(kv::Txn& txn, const VerificationId& verification, absl::Time now) {
  kv::OutboxRow row;
  row.kind = kCancelVerification;
  row.payload = verification.text();
  row.expire_at = now + kPendingLifetime;
  return txn.Enqueue(std::move(row));
}

}  // namespace tc::identity
