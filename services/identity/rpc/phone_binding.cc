#include "services/identity/rpc/phone_binding.h"

#include "common/base/status.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

const char* WayOf(rpc::Role role) {
  switch (role) {
    case rpc::Role::kPortal:
      return "CABINET";
    case rpc::Role::kServiceCentre:
      return "SERVICE_CENTRE";
    case rpc::Role::kBank:
      return "BANK";
    case rpc::Role::kPost:
      return "POST";
    case rpc::Role::kOperator:
      return "OPERATOR";
    case rpc::Role::kIdentityProvider:
      return "IDENTITY_PROVIDER";
    case rpc::Role::kService:
    case rpc::Role::kMonitor:
    case rpc::Role::kGateway:
    case rpc::Role::kAuditor:
      break;
  }
  return "";
}

}  // namespace

const char* KindName(PhoneKind kind) {
  switch (kind) {
    case PhoneKind::kMain:
      return "MAIN";
    case PhoneKind::kAdditional:
      return "ADDITIONAL";
    case PhoneKind::kSecondFactor:
      return "SECOND_FACTOR";
  }
  return "";
}

AddressChange ChangeBy(const rpc::Call& call, Circumstances circumstances) {
  return {AuthorOf(call), WayOf(call.peer.role), std::move(circumstances)};
}

absl::Status ReleaseNumber(kv::Txn& txn, const Desk& desk, const AddressChange& change,
                           const Account& account, OwnedPhone& phone) {
  phone.state = PhoneState::kReleased;
  phone.released_at = change.author.now;
  TRY(desk.phones.Put(txn, phone));
  TRY(desk.phones.SetHolder(txn, phone.number, Holder{phone.account, phone.id, phone.released_at}));
  return desk.Record(txn, change.author, account, "PhoneReleased",
                     {{"phone", phone.Name()}, {"kind", KindName(phone.kind)}, {"way", change.way}},
                     change.circumstances);
}

absl::StatusOr<OwnedPhone> BindNumber(kv::Txn& txn, const Desk& desk, const AddressChange& change,
                                      const Dossier& dossier, OwnedPhone phone) {
  const absl::Time now = change.author.now;
  TRY(CheckFree(TRY(desk.phones.FindHolder(txn, phone.number)), phone.account, desk.policy.phone, now));
  for (OwnedPhone old : dossier.phones) {
    const bool replaced = old.state == PhoneState::kBound && old.kind == PhoneKind::kMain;
    if (phone.kind == PhoneKind::kMain && replaced)
      TRY(ReleaseNumber(txn, desk, change, dossier.account, old));
  }
  phone.state = PhoneState::kBound;
  phone.bound_at = now;
  phone.effective_at.reset();
  TRY(desk.phones.Put(txn, phone));
  TRY(desk.phones.SetHolder(txn, phone.number, Holder{phone.account, phone.id, std::nullopt}));
  TRY(desk.Record(txn, change.author, dossier.account, "PhoneBound",
                  {{"phone", phone.Name()},
                   {"kind", KindName(phone.kind)},
                   {"masked_phone", phone.number.Masked()},
                   {"way", change.way}},
                  change.circumstances));
  return phone;
}

absl::StatusOr<OwnedPhone> MoveNumber(kv::Txn& txn, const Desk& desk, const AddressChange& change,
                                      Dossier dossier, OwnedPhone phone, bool counts) {
  Notice notice = NoticeTo(NoticeKind::kPhoneChanged, dossier.account, dossier.phones);
  notice.phones.push_back(phone.number);
  notice.masked_address = phone.number.Masked();
  phone = TRY(BindNumber(txn, desk, change, dossier, std::move(phone)));
  if (phone.kind == PhoneKind::kMain) {
    if (counts && dossier.account.had_main_phone) dossier.account.main_phone_changed_at = change.author.now;
    dossier.account.had_main_phone = true;
    dossier.account.phone_permit_until.reset();  // it was for a change from the number before
  }
  TRY(desk.accounts.Update(txn, dossier.account, change.author.now));
  TRY(EnqueueNotice(txn, desk.vault, notice, change.author.now));
  return phone;
}

}  // namespace tc::identity
