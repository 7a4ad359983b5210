#include "services/recovery/rpc/recorder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/recovery/domain/claim.h"
#include "services/recovery/domain/notice.h"

namespace tc::recovery {
namespace {

constexpr absl::Duration kNoticesAreNewsFor = absl::Hours(24);

absl::Status EnqueueNotices(kv::Txn& txn, const Recovery& before, const Recovery& after, absl::Time now) {
  for (const Notice& notice : NoticesFor(before, after)) {
    kv::OutboxRow row;
    row.kind = kNoticeRow;
    row.payload = notice.Encode();
    row.order_key = absl::StrCat(after.id.text(), "/", notice.receiver.text());
    row.expire_at = now + kNoticesAreNewsFor;
    TRY(txn.Enqueue(std::move(row)));
  }
  return absl::OkStatus();
}

absl::Status EnqueueCancellation(kv::Txn& txn, const VerificationId& verification, absl::Time now) {
  kv::OutboxRow row;
  row.kind = kCancelVerificationRow;
  row.payload = verification.text();
  row.expire_at = now + absl::Hours(1);  // a code has expired long before
  return txn.Enqueue(std::move(row));
}

// A code that waits for an entry which can no longer come.
absl::Status CancelCodes(kv::Txn& txn, const Recovery& before, const Recovery& after, absl::Time now) {
  const bool stopped = after.state == State::kCancelled || after.state == State::kExpired ||
                       after.state == State::kRejected || after.state == State::kHeld;
  if (!stopped) return absl::OkStatus();
  if (before.state == State::kAwaitingOwnCode && before.own_code.serial > 0) {
    TRY(EnqueueCancellation(txn, VerificationOf(before.id, Side::kClaimant, before.own_code.serial), now));
  }
  if (before.state == State::kContactCodeSent) {
    TRY(EnqueueCancellation(txn, VerificationOf(before.id, Side::kContact, before.contact_code.serial), now));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Tell(kv::Txn& txn, const Recovery& recovery, const Occurrence& occurrence, absl::Time now) {
  kv::Event event;
  event.type = occurrence.type;
  event.resource = absl::StrCat("recoveries/", recovery.id.text());
  event.attributes = occurrence.attributes;
  event.at = now;
  return txn.Emit(std::move(event));
}

absl::StatusOr<Recovery> Record(kv::Txn& txn, const RecoveryStore& store, const Recovery& before,
                                const Recovery& after, absl::Time now) {
  if (before == after) return before;
  Recovery saved = TRY(store.Save(txn, before, after));
  for (const Occurrence& occurrence : OccurrencesFor(before, saved)) TRY(Tell(txn, saved, occurrence, now));
  TRY(EnqueueNotices(txn, before, saved, now));
  TRY(CancelCodes(txn, before, saved, now));
  return saved;
}

}  // namespace tc::recovery
