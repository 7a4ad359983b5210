#pragma once

// Effects that leave through the outbox, and the timers that make endings durable: their kinds and payloads
// (NTF-04).

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/kv/database.h"
#include "services/identity/domain/notice.h"
#include "services/identity/domain/phone_book.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

inline constexpr char kNotify[] = "notify";                           // payload: a sealed Notice
inline constexpr char kCancelVerification[] = "cancel_verification";  // payload: the verification's id

inline constexpr char kExpireLock[] = "expire_lock";      // subject: account
inline constexpr char kExpireFreeze[] = "expire_freeze";  // subject: account
inline constexpr char kForgetPhone[] =
    "forget_phone";  // subject: accounts/{account}/phones/{phone}, never confirmed

// Nothing when nobody can be told. Dropped when it could not be sent within three days.
absl::Status EnqueueNotice(kv::Txn& txn, const Vault& vault, const Notice& notice, absl::Time now);
absl::StatusOr<Notice> NoticeFrom(const kv::OutboxRow& row, const Vault& vault);

absl::Status EnqueueCancel(kv::Txn& txn, const PhoneId& phone, absl::Time now);

}  // namespace tc::identity
