#include "services/identity/store/phone_record.h"

#include <utility>

namespace tc::identity::store {

rec::PhoneRecord RecordOf(const OwnedPhone& phone) {
  rec::PhoneRecord r;
  r.set_kind(static_cast<int>(phone.kind));
  r.set_state(static_cast<int>(phone.state));
  r.set_created_at_us(ToUs(phone.created_at));
  r.set_bound_at_us(ToUs(phone.bound_at));
  r.set_released_at_us(ToUs(phone.released_at));
  r.set_effective_at_us(ToUs(phone.effective_at));
  r.set_proved_at_us(ToUs(phone.proved_at));
  return r;
}

absl::StatusOr<OwnedPhone> FromRecord(const PhoneName& name, const rec::PhoneRecord& r, OpenedPhone opened) {
  const bool known = IsAmong(r.kind(), PhoneKind::kMain, PhoneKind::kSecondFactor) &&
                     IsAmong(r.state(), PhoneState::kPending, PhoneState::kScheduled);
  if (!known || opened.number.empty()) return Unreadable("PhoneRecord");
  OwnedPhone phone;
  phone.account = name.account;
  phone.id = name.phone;
  phone.number = Phone::FromTrusted(std::move(opened.number));
  phone.kind = static_cast<PhoneKind>(r.kind());
  phone.state = static_cast<PhoneState>(r.state());
  phone.title = std::move(opened.title);
  phone.created_at = FromUs(r.created_at_us());
  phone.bound_at = MaybeFromUs(r.bound_at_us());
  phone.released_at = MaybeFromUs(r.released_at_us());
  phone.effective_at = MaybeFromUs(r.effective_at_us());
  phone.proved_at = MaybeFromUs(r.proved_at_us());
  const bool scheduled = phone.state == PhoneState::kScheduled;
  if (scheduled && !phone.effective_at.has_value()) return Unreadable("PhoneRecord");
  return phone;
}

rec::HolderRecord RecordOf(const Holder& holder) {
  rec::HolderRecord r;
  r.set_account(holder.account.text());
  r.set_phone(holder.phone.text());
  r.set_released_at_us(ToUs(holder.released_at));
  return r;
}

absl::StatusOr<Holder> FromRecord(const rec::HolderRecord& r) {
  if (r.account().empty() || r.phone().empty()) return Unreadable("HolderRecord");
  return Holder{AccountId::FromTrusted(r.account()), PhoneId::FromTrusted(r.phone()),
                MaybeFromUs(r.released_at_us())};
}

}  // namespace tc::identity::store
