// Numbers that a bank or the post has proved (I3).

#include "services/identity/rpc/phone_import.h"

#include <algorithm>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/domain/guarded.h"
#include "services/identity/domain/phone_import.h"
#include "services/identity/rpc/phone_handlers.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

constexpr char kPost[] = "POST";  // the only way that waits

// Present addresses are told before it happens, so that there is time to refuse.
absl::StatusOr<OwnedPhone> ScheduleNumber(kv::Txn& txn, const Desk& desk, const AddressChange& change,
                                          const Dossier& dossier, OwnedPhone phone) {
  phone.state = PhoneState::kScheduled;
  phone.effective_at = phone.created_at + desk.policy.phone.post_delay;
  TRY(desk.phones.Put(txn, phone));
  TRY(txn.Schedule({*phone.effective_at, kBindScheduledPhone, phone.Name()}));
  TRY(desk.Record(txn, change.author, dossier.account, "PhoneImportScheduled",
                  {{"phone", phone.Name()},
                   {"kind", KindName(phone.kind)},
                   {"masked_phone", phone.number.Masked()},
                   {"way", change.way}},
                  change.circumstances));
  Notice notice = NoticeTo(NoticeKind::kPhoneChangeScheduled, dossier.account, dossier.phones);
  notice.masked_address = phone.number.Masked();
  TRY(EnqueueNotice(txn, desk.vault, notice, change.author.now));
  return phone;
}

absl::Status Drop(kv::Txn& txn, const Desk& desk, const AddressChange& change, const Account& account,
                  const OwnedPhone& phone, const std::string& cause) {
  TRY(desk.phones.Delete(txn, phone));
  TRY(txn.Cancel({*phone.effective_at, kBindScheduledPhone, phone.Name()}));
  return desk.Record(
      txn, change.author, account, "PhoneImportRefused",
      {{"phone", phone.Name()}, {"kind", KindName(phone.kind)}, {"way", change.way}, {"cause", cause}},
      change.circumstances);
}

// Which rule stopped it: "PHONE_BUSY", "PROOF_OUTDATED".
std::string CauseOf(const absl::Status& refusal) {
  const std::vector<FieldViolation> violations = ViolationsOf(refusal);
  return violations.empty() ? ReasonOf(refusal).value_or("") : violations.front().reason;
}

}  // namespace

absl::StatusOr<pb::Phone> PhoneHandlers::ImportPhone(const rpc::Call& call,
                                                     const pb::ImportPhoneRequest& in) {
  const PhoneImport order = TRY(Parse(in, call.now));
  const PhoneId fresh = PhoneId::FromTrusted(desk_.random.ShortId());
  return desk_.once.Run<pb::Phone>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Phone> {
    const Dossier dossier = TRY(desk_.Load(txn, order.account));
    TRY(CheckImport(dossier.account, dossier.phones, TRY(desk_.phones.FindHolder(txn, order.number)),
                    order.proved_at, desk_.policy.phone, call.now));
    OwnedPhone phone;
    phone.account = order.account;
    phone.id = fresh;
    phone.number = order.number;
    phone.created_at = call.now;
    phone.proved_at = order.proved_at;
    const AddressChange change = ChangeBy(call, {{}, order.reference});
    if (call.peer.role == rpc::Role::kPost) {
      TRY(CheckUnrestricted(dossier.account, call.now + desk_.policy.phone.post_delay));
      return ToProto(TRY(ScheduleNumber(txn, desk_, change, dossier, phone)));
    }
    return ToProto(TRY(MoveNumber(txn, desk_, change, dossier, phone, /*counts=*/false)));
  });
}

absl::StatusOr<OwnedPhone> RefuseScheduled(kv::Txn& txn, const Desk& desk, const rpc::Call& call,
                                           const Circumstances& circumstances, const Account& account,
                                           OwnedPhone phone) {
  const bool owner = call.peer.role == rpc::Role::kPortal;
  if (owner) TRY(RequireState(account, {State::kActive, State::kLocked, State::kFrozen}, call.now));
  const char* cause = owner ? "OWNER" : ChangeBy(call).way;
  TRY(Drop(txn, desk, {AuthorOf(call), kPost, circumstances}, account, phone, cause));
  phone.state = PhoneState::kReleased;
  phone.released_at = call.now;
  return phone;
}

absl::Status BindScheduled(kv::Txn& txn, const Desk& desk, const PhoneName& name, absl::Time now) {
  const std::optional<OwnedPhone> phone = TRY(desk.phones.Find(txn, name));
  if (!phone.has_value() || phone->state != PhoneState::kScheduled || now < *phone->effective_at)
    return absl::OkStatus();
  Dossier dossier = TRY(desk.Load(txn, name.account));
  dossier.phones.erase(std::remove(dossier.phones.begin(), dossier.phones.end(), *phone),
                       dossier.phones.end());
  const AddressChange change = {TheClock(now), kPost, {}};
  absl::Status checked =
      CheckImport(dossier.account, dossier.phones, TRY(desk.phones.FindHolder(txn, phone->number)),
                  phone->proved_at.value_or(absl::InfinitePast()), desk.policy.phone, now);
  // By its own time, however late the clock comes round to it.
  if (checked.ok()) checked = CheckUnrestricted(dossier.account, *phone->effective_at);
  if (!checked.ok()) return Drop(txn, desk, change, dossier.account, *phone, CauseOf(checked));
  return MoveNumber(txn, desk, change, dossier, *phone, /*counts=*/false).status();
}

}  // namespace tc::identity
