// Binding, confirming, listing and releasing numbers (I1–I4).

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/domain/guarded.h"
#include "services/identity/rpc/code_steps.h"
#include "services/identity/rpc/phone_binding.h"
#include "services/identity/rpc/phone_handlers.h"
#include "services/identity/rpc/phone_import.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

// Verifications of numbers bear the phone's own id.
VerificationId VerificationOf(const PhoneId& phone) { return VerificationId::FromTrusted(phone.text()); }

CodeSubject SubjectOf(const OwnedPhone& phone) {
  return {VerificationOf(phone.id), CodePurpose::kPhoneBinding, phone.account, phone.Name()};
}

const OwnedPhone* PendingWith(const std::vector<OwnedPhone>& phones, const PhoneOrder& order,
                              absl::Time now) {
  const auto found = std::find_if(phones.begin(), phones.end(), [&](const OwnedPhone& phone) {
    return phone.PendingAt(now) && phone.number == order.number && phone.kind == order.kind;
  });
  return found == phones.end() ? nullptr : &*found;
}

}  // namespace

absl::Status PhoneHandlers::CheckMayBind(const rpc::Call& call, const Dossier& dossier,
                                         PhoneKind kind) const {
  TRY(RequireState(dossier.account, {State::kActive}, call.now));
  TRY(CheckKind(dossier.account.type, kind, dossier.phones));
  if (call.peer.role != rpc::Role::kPortal) return absl::OkStatus();
  return CheckCabinetBinding(dossier.account, kind, desk_.policy.phone, call.now);
}

absl::StatusOr<CodeProgress> PhoneHandlers::SendCode(const rpc::Call& call, const Dossier& dossier,
                                                     const PhoneOrder& order, OwnedPhone& phone) {
  CodeOrder verification;
  verification.purpose = CodePurpose::kPhoneBinding;
  verification.account = order.account;
  verification.phone = order.number;
  verification.channel = order.channel;
  verification.locale = dossier.account.locale;
  verification.client = order.code_client;
  if (const OwnedPhone* pending = PendingWith(dossier.phones, order, call.now)) {
    verification.id = VerificationOf(pending->id);
    verification.request = pending->Name();
    if (const auto progress = TRY(ContinueCode(desk_, call, verification))) {
      phone = *pending;
      return *progress;
    }
  }
  phone.id = PhoneId::FromTrusted(crypto::DerivedUuid({"phone", order.account.text(), call.request_id}));
  phone.created_at = call.now;
  verification.id = VerificationOf(phone.id);
  verification.request = phone.Name();
  return BeginCode(desk_, call, verification);
}

absl::StatusOr<pb::Phone> PhoneHandlers::BindPhone(const rpc::Call& call, const pb::BindPhoneRequest& in) {
  if (std::optional<pb::Phone> earlier = TRY(desk_.once.Replay<pb::Phone>(call))) return *std::move(earlier);
  const PhoneOrder order = TRY(Parse(in));
  TRY(desk_.CheckOwner(call, order.account));
  TRY(desk_.CheckRecentSignIn(call, order.account));
  const Dossier before = TRY(desk_.LoadNow(order.account));
  TRY(CheckMayBind(call, before, order.kind));
  for (const OwnedPhone& own : before.phones) {
    if (own.state == PhoneState::kBound && own.number == order.number) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kPhoneBusy,
                    "the number is bound to this account already");
    }
  }
  OwnedPhone phone;
  phone.account = order.account;
  phone.number = order.number;
  phone.kind = order.kind;
  phone.title = order.title;
  const CodeProgress progress = TRY(SendCode(call, before, order, phone));
  return desk_.once.Run<pb::Phone>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Phone> {
    const Dossier dossier = TRY(desk_.Load(txn, order.account));
    TRY(CheckMayBind(call, dossier, order.kind));
    for (const OwnedPhone& other : dossier.phones) {  // one number at a time
      if (other.state != PhoneState::kPending || other.id == phone.id) continue;
      TRY(desk_.phones.Delete(txn, other));
      TRY(EnqueueCancel(txn, VerificationOf(other.id), call.now));
    }
    TRY(desk_.phones.Put(txn, phone));
    TRY(txn.Schedule({phone.created_at + kPendingLifetime, kForgetPhone, phone.Name()}));
    TRY(desk_.Record(txn, call, dossier.account, "PhoneBindingStarted",
                     {{"phone", phone.Name()}, {"kind", KindName(phone.kind)}}, {order.client, ""}));
    pb::Phone out = ToProto(phone);
    *out.mutable_progress() = ToProto(progress);
    return out;
  });
}

absl::StatusOr<pb::Phone> PhoneHandlers::ConfirmPhone(const rpc::Call& call,
                                                      const pb::ConfirmPhoneRequest& in) {
  if (std::optional<pb::Phone> earlier = TRY(desk_.once.Replay<pb::Phone>(call))) return *std::move(earlier);
  const PhoneConfirmation confirmation = TRY(Parse(in));
  if (!desk_.CheckOwner(call, confirmation.name.account).ok()) return NotFound("phone");
  OwnedPhone pending;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    pending = TRY(desk_.phones.Get(txn, confirmation.name));
    return CheckMayBind(call, TRY(desk_.Load(txn, pending.account)), pending.kind);
  }));
  if (pending.state != PhoneState::kPending) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationClosed,
                  "this number waits for no code");
  }
  if (!pending.PendingAt(call.now)) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationExpired,
                  "the time to enter the code is over");
  }
  TRY(desk_.ProveCode(SubjectOf(pending), {confirmation.code, confirmation.code_client}, call.deadline));
  return desk_.once.Run<pb::Phone>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Phone> {
    const Dossier dossier = TRY(desk_.Load(txn, pending.account));
    TRY(CheckMayBind(call, dossier, pending.kind));
    const OwnedPhone phone = TRY(desk_.phones.Get(txn, confirmation.name));
    if (phone != pending)
      return Refuse(absl::StatusCode::kAborted, Reason::kConflict, "the number has changed meanwhile");
    const AddressChange change = ChangeBy(call, {confirmation.client, ""});
    const bool cabinet = call.peer.role == rpc::Role::kPortal;
    const OwnedPhone bound = TRY(MoveNumber(txn, desk_, change, dossier, phone, /*counts=*/cabinet));
    TRY(txn.Cancel({phone.created_at + kPendingLifetime, kForgetPhone, phone.Name()}));
    return ToProto(bound);
  });
}

absl::StatusOr<pb::ListPhonesResponse> PhoneHandlers::ListPhones(const rpc::Call& call,
                                                                 const pb::ListPhonesRequest& in) {
  const AccountId account = TRY(AccountId::ParseName(in.account(), "account"));
  TRY(desk_.CheckOwner(call, account));
  const std::string list = absl::StrCat("phones/", account.text(), "/", in.show_released());
  const rpc::Page page = TRY(desk_.pager.Parse(in.page_size(), in.page_token(), list));
  std::vector<OwnedPhone> phones = TRY(desk_.LoadNow(account)).phones;
  phones.erase(std::remove_if(phones.begin(), phones.end(),
                              [&](const OwnedPhone& phone) {
                                if (phone.state == PhoneState::kReleased) return !in.show_released();
                                return phone.state == PhoneState::kPending && !phone.PendingAt(call.now);
                              }),
               phones.end());
  auto next = phones.begin();
  if (!page.after.empty()) {
    next = std::find_if(phones.begin(), phones.end(),
                        [&](const OwnedPhone& phone) { return phone.id.text() == page.after; });
    if (next != phones.end()) ++next;
  }
  pb::ListPhonesResponse out;
  for (; next != phones.end() && static_cast<size_t>(out.phones_size()) < page.size; ++next)
    *out.add_phones() = ToProto(*next);
  if (next != phones.end()) out.set_next_page_token(desk_.pager.NextToken(std::prev(next)->id.text(), list));
  return out;
}

absl::StatusOr<pb::Phone> PhoneHandlers::ReleasePhone(const rpc::Call& call,
                                                      const pb::ReleasePhoneRequest& in) {
  if (std::optional<pb::Phone> earlier = TRY(desk_.once.Replay<pb::Phone>(call))) return *std::move(earlier);
  const PhoneRelease order = TRY(Parse(in, call.peer.role));
  if (!desk_.CheckOwner(call, order.name.account).ok()) return NotFound("phone");
  TRY(desk_.CheckRecentSignIn(call, order.name.account));
  return desk_.once.Run<pb::Phone>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Phone> {
    OwnedPhone phone = TRY(desk_.phones.Get(txn, order.name));
    const Dossier dossier = TRY(desk_.Load(txn, phone.account));
    const Circumstances circumstances = {order.client, order.reason};
    if (phone.state == PhoneState::kScheduled)
      return ToProto(TRY(RefuseScheduled(txn, desk_, call, circumstances, dossier.account, phone)));
    // An owner may not, while something stands against the account; an officer with a reason may.
    if (call.peer.role == rpc::Role::kPortal) {
      TRY(RequireState(dossier.account, {State::kActive}, call.now));
      TRY(CheckUnrestricted(dossier.account, call.now));
    }
    if (phone.state != PhoneState::kBound) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                    "the number is not bound")
          .With("state", phone.state == PhoneState::kPending ? "PENDING" : "RELEASED");
    }
    Notice notice = NoticeTo(NoticeKind::kPhoneChanged, dossier.account, dossier.phones);
    if (phone.kind != PhoneKind::kMain) notice.phones.push_back(phone.number);
    TRY(ReleaseNumber(txn, desk_, ChangeBy(call, circumstances), dossier.account, phone));
    TRY(desk_.accounts.Update(txn, dossier.account, call.now));
    TRY(EnqueueNotice(txn, desk_.vault, notice, call.now));
    return ToProto(phone);
  });
}

}  // namespace tc::identity
