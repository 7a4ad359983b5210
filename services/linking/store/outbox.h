#pragma once

// Work that leaves after the commit: kinds and payloads of this service's outbox rows. Thread-safe.

#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/crypto/sealer.h"
#include "common/kv/database.h"
#include "services/linking/domain/notice.h"

namespace tc::linking {

inline constexpr char kNotify[] = "notify";                 // a sealed Notice
inline constexpr char kFreezeAccount[] = "freeze_account";  // a FreezeOrder
inline constexpr char kRecheckLink[] = "recheck_link";      // the link's id
inline constexpr char kErasePerson[] = "erase_person";      // the account

// Identity is to freeze the account until then (L10).
struct FreezeOrder {
  AccountId account;
  absl::Time until;

  friend bool operator==(const FreezeOrder&, const FreezeOrder&) = default;
};

class Outbox {
 public:
  // Late news are none: a notice is dropped when it could not be handed over for so long.
  static constexpr absl::Duration kNoticeLifetime = absl::Hours(24);

  explicit Outbox(crypto::Sealer sealer) : sealer_(std::move(sealer)) {}

  // A notice to nobody is a row like any other, of the same size (L2).
  absl::Status Enqueue(kv::Txn& txn, const Notice& notice, absl::Time now) const;
  absl::StatusOr<Notice> NoticeFrom(const kv::OutboxRow& row) const;

  // Dropped when the freeze is over.
  absl::Status Enqueue(kv::Txn& txn, const FreezeOrder& order) const;
  absl::StatusOr<FreezeOrder> FreezeFrom(const kv::OutboxRow& row) const;

  // Re-checks of one link are performed in the order of their commits, so that the last one has asked last.
  absl::Status EnqueueRecheck(kv::Txn& txn, const LinkId& link) const;
  absl::Status EnqueueErasure(kv::Txn& txn, const AccountId& person) const;

 private:
  crypto::Sealer sealer_;
};

}  // namespace tc::linking
