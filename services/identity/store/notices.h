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

inline constexpr char kDestroyKey[] = "destroy_key";  // payload: account
inline constexpr char kPurgeKeys[] = "purge_keys";    // also a timer
inline constexpr char kPurgeStore[] = "purge_store";  // also a timer

inline constexpr char kExpireLock[] = "expire_lock";       // subject: account
inline constexpr char kWarnOfExpiry[] = "warn_of_expiry";  // subject: account/version of the password
inline constexpr char kExpireFreeze[] = "expire_freeze";   // subject: account
inline constexpr char kForgetPhone[] =
    "forget_phone";  // subject: accounts/{account}/phones/{phone}, never confirmed
inline constexpr char kBindScheduledPhone[] =
    "bind_scheduled_phone";                             // subject: accounts/{account}/phones/{phone}
inline constexpr char kForgetEmail[] = "forget_email";  // subject: account, never confirmed

// Nothing when nobody can be told. Not sent before `not_before`; dropped when it could not be sent within
// three days from then. A peer's is sealed under the person's own key: it does not outlive an erasure.
absl::Status EnqueueNotice(kv::Txn& txn, const Vault& vault, const Notice& notice, absl::Time now,
                           absl::Time not_before = absl::InfinitePast());
// FAILED_PRECONDITION / ACCOUNT_DELETED for a peer's whose receiver has been erased.
absl::StatusOr<Notice> NoticeFrom(const kv::OutboxRow& row, const Vault& vault);

absl::Status EnqueueCancel(kv::Txn& txn, const VerificationId& verification, absl::Time now);

}  // namespace tc::identity
