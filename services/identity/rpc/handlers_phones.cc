// Binding, confirming, listing and releasing numbers (I1–I3).

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/rpc/handlers.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

// The verification that would be continued has ended, so that a new one must begin.
bool Ended(const absl::Status& status) {
  return HasReason(status, Reason::kVerificationExpired) || HasReason(status, Reason::kVerificationClosed) ||
         HasReason(status, Reason::kAttemptsExhausted) || status.code() == absl::StatusCode::kNotFound;
}

// Verifications of numbers bear the phone's own id.
VerificationId VerificationOf(const PhoneId& phone) { return VerificationId::FromTrusted(phone.text()); }

const OwnedPhone* PendingWith(const std::vector<OwnedPhone>& phones, const PhoneOrder& order,
                              absl::Time now) {
  const auto found = std::find_if(phones.begin(), phones.end(), [&](const OwnedPhone& phone) {
    return phone.PendingAt(now) && phone.number == order.number && phone.kind == order.kind;
  });
  return found == phones.end() ? nullptr : &*found;
}

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

}  // namespace

absl::Status Handlers::CheckRecentSignIn(const rpc::Call& call) const {
  if (call.peer.role != rpc::Role::kPortal) return absl::OkStatus();  // an officer sits before the person
  const absl::Duration most = parts_.policy.phone.reauthentication;
  if (call.person.has_value() && call.now - call.person->auth_time <= most) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnauthenticated, Reason::kReauthenticationRequired, "sign in again")
      .With("max_age_seconds", absl::StrCat(absl::ToInt64Seconds(most)));
}

absl::Status Handlers::CheckMayBind(const rpc::Call& call, const Dossier& dossier, PhoneKind kind) const {
  TRY(RequireState(dossier.account, {State::kActive}, call.now));
  TRY(CheckKind(dossier.account.type, kind, dossier.phones));
  const bool cabinet = call.peer.role == rpc::Role::kPortal;
  if (cabinet && kind == PhoneKind::kMain)
    TRY(CheckChangeInterval(dossier.account, parts_.policy.phone, call.now));
  return absl::OkStatus();
}

absl::StatusOr<CodeProgress> Handlers::SendCode(const rpc::Call& call, const Dossier& dossier,
                                                const PhoneOrder& order, OwnedPhone& phone) {
  PhoneVerification verification;
  verification.account = order.account;
  verification.number = order.number;
  verification.channel = order.channel;
  verification.locale = dossier.account.locale;
  if (const OwnedPhone* pending = PendingWith(dossier.phones, order, call.now)) {
    verification.id = VerificationOf(pending->id);
    verification.request = pending->Name();
    verification.request_id = crypto::DerivedUuid({"resend", pending->id.text(), call.request_id});
    absl::StatusOr<CodeProgress> progress = parts_.otp.Resend(verification, call.deadline);
    if (progress.ok() || !Ended(progress.status())) {
      phone = *pending;
      return progress;
    }
  }
  // Derived, so that a repeated call finds the verification that it made before a crash.
  phone.id = PhoneId::FromTrusted(crypto::DerivedUuid({"phone", order.account.text(), call.request_id}));
  phone.created_at = call.now;
  verification.id = VerificationOf(phone.id);
  verification.request = phone.Name();
  verification.request_id = crypto::DerivedUuid({"create", phone.id.text()});
  return parts_.otp.Create(verification, call.deadline);
}

absl::StatusOr<pb::Phone> Handlers::BindPhone(const rpc::Call& call, const pb::BindPhoneRequest& in) {
  if (std::optional<pb::Phone> earlier = TRY(parts_.once.Replay<pb::Phone>(call))) return *std::move(earlier);
  const PhoneOrder order = TRY(Parse(in));
  TRY(CheckOwner(call, order.account));
  TRY(CheckRecentSignIn(call));
  const Dossier before = TRY(LoadNow(order.account));
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
  return parts_.once.Run<pb::Phone>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Phone> {
    const Dossier dossier = TRY(Load(txn, order.account));
    TRY(CheckMayBind(call, dossier, order.kind));
    for (const OwnedPhone& other : dossier.phones) {  // one number at a time
      if (other.state != PhoneState::kPending || other.id == phone.id) continue;
      TRY(phones_.Delete(txn, other));
      TRY(EnqueueCancel(txn, other.id, call.now));
    }
    TRY(phones_.Put(txn, phone));
    TRY(txn.Schedule({phone.created_at + kPendingLifetime, kForgetPhone, phone.Name()}));
    TRY(Record(txn, call, dossier.account, "PhoneBindingStarted",
               {{"phone", phone.Name()}, {"kind", KindName(phone.kind)}}, {order.client, ""}));
    pb::Phone out = ToProto(phone);
    *out.mutable_progress() = ToProto(progress);
    return out;
  });
}

absl::Status Handlers::ProvePossession(const rpc::Call& call, const OwnedPhone& phone, const Secret& code) {
  const VerificationId id = VerificationOf(phone.id);
  // The same code again, also after a crash and under another request id, is the same attempt; keyed, so that
  // it tells nothing of the code.
  const std::string attempt = parts_.attempts.Index(absl::StrCat(phone.Name(), "/", code.Reveal()));
  const CodeCheck check = TRY(parts_.otp.Check(id, phone.account, phone.Name(), code,
                                               crypto::DerivedUuid({"check", attempt}), call.deadline));
  if (!check.matched) {
    return Refuse(absl::StatusCode::kInvalidArgument, Reason::kCodeMismatch, "the code is wrong")
        .With("attempts_left", absl::StrCat(check.progress.attempts_left))
        .Violation("code", "CODE_MISMATCH", "the code is wrong");
  }
  return parts_.otp.Consume(id, phone.account, phone.Name(), call.deadline);
}

absl::Status Handlers::Release(kv::Txn& txn, OwnedPhone& phone, absl::Time now) const {
  phone.state = PhoneState::kReleased;
  phone.released_at = now;
  TRY(phones_.Put(txn, phone));
  return phones_.SetHolder(txn, phone.number, Holder{phone.account, phone.id, now});
}

absl::StatusOr<OwnedPhone> Handlers::Bind(kv::Txn& txn, const rpc::Call& call, Dossier dossier,
                                          OwnedPhone phone, const ClientPlace& client) const {
  TRY(CheckFree(TRY(phones_.FindHolder(txn, phone.number)), phone.account, parts_.policy.phone, call.now));
  if (phone.kind == PhoneKind::kMain) {
    for (OwnedPhone& old : dossier.phones) {
      if (old.state != PhoneState::kBound || old.kind != PhoneKind::kMain) continue;
      TRY(Release(txn, old, call.now));
      TRY(Record(txn, call, dossier.account, "PhoneReleased", {{"phone", old.Name()}, {"kind", "MAIN"}},
                 {client, ""}));
    }
  }
  phone.state = PhoneState::kBound;
  phone.bound_at = call.now;
  TRY(phones_.Put(txn, phone));
  TRY(phones_.SetHolder(txn, phone.number, Holder{phone.account, phone.id, std::nullopt}));
  TRY(Record(
      txn, call, dossier.account, "PhoneBound",
      {{"phone", phone.Name()}, {"kind", KindName(phone.kind)}, {"masked_phone", phone.number.Masked()}},
      {client, ""}));
  return phone;
}

absl::StatusOr<pb::Phone> Handlers::ConfirmPhone(const rpc::Call& call, const pb::ConfirmPhoneRequest& in) {
  if (std::optional<pb::Phone> earlier = TRY(parts_.once.Replay<pb::Phone>(call))) return *std::move(earlier);
  const PhoneConfirmation confirmation = TRY(Parse(in));
  if (!CheckOwner(call, confirmation.name.account).ok()) return NotFound("phone");
  OwnedPhone pending;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    pending = TRY(phones_.Get(txn, confirmation.name));
    return CheckMayBind(call, TRY(Load(txn, pending.account)), pending.kind);
  }));
  if (pending.state != PhoneState::kPending) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationClosed,
                  "this number waits for no code");
  }
  if (!pending.PendingAt(call.now)) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationExpired,
                  "the time to enter the code is over");
  }
  TRY(ProvePossession(call, pending, confirmation.code));
  return parts_.once.Run<pb::Phone>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Phone> {
    Dossier dossier = TRY(Load(txn, pending.account));
    TRY(CheckMayBind(call, dossier, pending.kind));
    const OwnedPhone phone = TRY(phones_.Get(txn, confirmation.name));
    if (phone != pending)
      return Refuse(absl::StatusCode::kAborted, Reason::kConflict, "the number has changed meanwhile");
    Notice notice = NoticeTo(NoticeKind::kPhoneChanged, dossier.account,
                             dossier.phones);  // the old addresses are told, too (I2)
    notice.phones.push_back(phone.number);
    notice.masked_address = phone.number.Masked();
    const OwnedPhone bound = TRY(Bind(txn, call, dossier, phone, confirmation.client));
    if (phone.kind == PhoneKind::kMain) {
      const bool change = dossier.account.had_main_phone && call.peer.role == rpc::Role::kPortal;
      if (change) dossier.account.main_phone_changed_at = call.now;
      dossier.account.had_main_phone = true;
    }
    TRY(accounts_.Update(txn, dossier.account, call.now));
    TRY(EnqueueNotice(txn, parts_.vault, notice, call.now));
    TRY(txn.Cancel({phone.created_at + kPendingLifetime, kForgetPhone, phone.Name()}));
    return ToProto(bound);
  });
}

absl::StatusOr<pb::ListPhonesResponse> Handlers::ListPhones(const rpc::Call& call,
                                                            const pb::ListPhonesRequest& in) {
  const AccountId account = TRY(AccountId::ParseName(in.account(), "account"));
  TRY(CheckOwner(call, account));
  const std::string list = absl::StrCat("phones/", account.text(), "/", in.show_released());
  const rpc::Page page = TRY(parts_.pager.Parse(in.page_size(), in.page_token(), list));
  std::vector<OwnedPhone> phones = TRY(LoadNow(account)).phones;
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
  if (next != phones.end()) out.set_next_page_token(parts_.pager.NextToken(std::prev(next)->id.text(), list));
  return out;
}

absl::StatusOr<pb::Phone> Handlers::ReleasePhone(const rpc::Call& call, const pb::ReleasePhoneRequest& in) {
  if (std::optional<pb::Phone> earlier = TRY(parts_.once.Replay<pb::Phone>(call))) return *std::move(earlier);
  const PhoneRelease order = TRY(Parse(in, call.peer.role));
  if (!CheckOwner(call, order.name.account).ok()) return NotFound("phone");
  TRY(CheckRecentSignIn(call));
  return parts_.once.Run<pb::Phone>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Phone> {
    OwnedPhone phone = TRY(phones_.Get(txn, order.name));
    const Dossier dossier = TRY(Load(txn, phone.account));
    // An owner may not, while something stands against the account; an officer with a reason may.
    if (call.peer.role == rpc::Role::kPortal) TRY(RequireState(dossier.account, {State::kActive}, call.now));
    if (phone.state != PhoneState::kBound) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                    "the number is not bound")
          .With("state", phone.state == PhoneState::kPending ? "PENDING" : "RELEASED");
    }
    const Notice notice = NoticeTo(NoticeKind::kPhoneChanged, dossier.account, dossier.phones);
    TRY(Release(txn, phone, call.now));
    TRY(accounts_.Update(txn, dossier.account, call.now));
    Attributes attributes = {{"phone", phone.Name()}, {"kind", KindName(phone.kind)}};
    TRY(Record(txn, call, dossier.account, "PhoneReleased", attributes, {order.client, order.reason}));
    TRY(EnqueueNotice(txn, parts_.vault, notice, call.now));
    return ToProto(phone);
  });
}

}  // namespace tc::identity
