#include "services/recovery/rpc/recorder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/recovery/domain/claim.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/domain/notice.h"
#include "services/recovery/rpc/courier.h"

namespace tc::recovery {
namespace {

constexpr absl::Duration kNoticesAreNewsFor = absl::Hours(24);

absl::Status Enqueue(kv::Txn& txn, const Notice& notice, absl::Time now) {
  kv::OutboxRow row;
  row.kind = kNoticeRow;
  row.payload = notice.Encode();
  row.order_key = absl::StrCat(notice.recovery.text(), "/", notice.receiver.text());
  row.expire_at = now + kNoticesAreNewsFor;
  return txn.Enqueue(std::move(row));
}

absl::Status EnqueueCancellation(kv::Txn& txn, const Recovery& recovery, Side side, int serial,
                                 absl::Time now) {
  if (serial == 0) return absl::OkStatus();
  kv::OutboxRow row;
  row.kind = kCancelVerificationRow;
  row.payload = VerificationOf(recovery.id, side, serial).text();
  row.expire_at = now + absl::Hours(1);  // a code has expired long before
  return txn.Enqueue(std::move(row));
}

absl::Status EnqueueFreeze(kv::Txn& txn, const Recovery& rejected) {
  const absl::Time until = FrozenUntil(rejected);
  if (rejected.decoy || until == absl::InfinitePast()) return absl::OkStatus();
  kv::OutboxRow row;
  row.kind = kFreezeRow;
  row.payload = FreezeOrder{rejected.principal, until}.Encode();
  row.expire_at = until;
  return txn.Enqueue(std::move(row));
}

absl::Status ScheduleReminders(kv::Txn& txn, const Recovery& asked) {
  for (const absl::Time at : RemindersOf(asked)) TRY(txn.Schedule({at, kRemindTimer, asked.id.text()}));
  return absl::OkStatus();
}

absl::Status Follow(kv::Txn& txn, const Recovery& after, const RecoveryTransition& row, absl::Time now) {
  const Effects<Effect>& effects = row.effects;
  if (effects.Has(Effect::kCancelOwnCode))
    TRY(EnqueueCancellation(txn, after, Side::kClaimant, after.own_code.serial, now));
  if (effects.Has(Effect::kCancelContactCode))
    TRY(EnqueueCancellation(txn, after, Side::kContact, after.contact_code.serial, now));
  if (effects.Has(Effect::kFreezeOnFraud)) TRY(EnqueueFreeze(txn, after));
  if (effects.Has(Effect::kAskContact)) TRY(ScheduleReminders(txn, after));
  return absl::OkStatus();
}

// What happened to a recovery of both its people.
kv::Event ActOn(const Recovery& recovery, Occurrence occurrence, absl::Time now) {
  kv::Event act;
  act.type = std::move(occurrence.type);
  act.resource = absl::StrCat("recoveries/", recovery.id.text());
  act.attributes = std::move(occurrence.attributes);
  act.at = now;
  act.persons = {recovery.principal.text()};
  if (recovery.contact.has_value()) act.persons.push_back(recovery.contact.text());
  return act;
}

}  // namespace

absl::Status Tell(kv::Txn& txn, const Recovery& recovery, const Occurrence& occurrence, absl::Time now) {
  return txn.Emit(ActOn(recovery, occurrence, now));
}

absl::Status EnterMatchTry(kv::Txn& txn, const Recovery& recovery, absl::Time now) {
  return txn.Audit(ActOn(recovery, {"MatchCodeTried", {}}, now));
}

absl::Status EnterAnswers(kv::Txn& txn, const Recovery& recovery, absl::Time now) {
  const char* answers = CodeAllowedAt(recovery).has_value() ? "YES" : "NO";
  return txn.Audit(ActOn(recovery, {"WarningAcknowledged", {{"answers", answers}}}, now));
}

absl::Status EnterHeldStill(kv::Txn& txn, const Recovery& recovery, absl::Time now) {
  const std::string reason(HoldReasonName(recovery.hold_reason));
  return txn.Audit(ActOn(recovery, {"RecoveryHeld", {{"reason", reason}}}, now));
}

absl::Status EnterStart(kv::Txn& txn, const Recovery& recovery, absl::Time now) {
  kv::Event act;
  act.type = "RecoveryStarted";
  act.resource = absl::StrCat("recoveries/", recovery.id.text());
  act.at = now;
  return txn.Audit(std::move(act));
}

absl::Status EnterDocumentTry(kv::Txn& txn, const AccountId& principal, const std::string& officer,
                              const std::string& visit, absl::Time now) {
  kv::Event act;
  act.type = "DocumentTried";
  act.resource = principal.Name();
  act.attributes = {{"officer", officer}, {"visit", visit}};
  act.at = now;
  act.persons = {principal.text()};
  return txn.Audit(std::move(act));
}

absl::Status Remind(kv::Txn& txn, const Recovery& recovery, absl::Time now) {
  return Enqueue(txn, ReminderOf(recovery), now);
}

absl::StatusOr<Recovery> Record(kv::Txn& txn, const RecoveryStore& store, const Recovery& before,
                                const Recovery& after, absl::Time now) {
  Recovery bare = after;
  bare.taken.clear();
  if (before == bare) return before;
  const Recovery saved = TRY(store.Save(txn, before, after));
  for (const Occurrence& occurrence : OccurrencesFor(after)) TRY(Tell(txn, saved, occurrence, now));
  for (const Notice& notice : NoticesFor(after)) TRY(Enqueue(txn, notice, now));
  for (const RecoveryTransition& row : after.taken) TRY(Follow(txn, after, row, now));
  return saved;
}

}  // namespace tc::recovery
