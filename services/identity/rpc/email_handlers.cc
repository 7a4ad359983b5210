#include "services/identity/rpc/email_handlers.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/domain/guarded.h"
#include "services/identity/rpc/code_steps.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

absl::Status Changed() {
  return Refuse(absl::StatusCode::kAborted, Reason::kConflict, "the address has changed meanwhile");
}

}  // namespace

absl::StatusOr<EmailHandlers::Desired> EmailHandlers::Load(kv::ReadTxn& txn, const AccountId& account) const {
  Desired known;
  known.dossier = TRY(desk_.Load(txn, account));
  known.pending = TRY(desk_.pending_emails.Find(txn, account));
  return known;
}

absl::StatusOr<EmailHandlers::Desired> EmailHandlers::LoadNow(const AccountId& account) const {
  Desired known;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    known = TRY(Load(txn, account));
    return absl::OkStatus();
  }));
  return known;
}

absl::Status EmailHandlers::CheckMayBind(const Desired& known, const Email& email, absl::Time now) const {
  TRY(RequireState(known.dossier.account, {State::kActive}, now));
  TRY(CheckUnrestricted(known.dossier.account, now));
  if (known.dossier.account.email.Canonical() != email.Canonical()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists,
                "the e-mail address is this account's already")
      .With("field", "email");
}

absl::StatusOr<CodeProgress> EmailHandlers::SendCode(const rpc::Call& call, const Desired& known,
                                                     const CodeClient& client, PendingEmail& wanted) const {
  CodeOrder verification;
  verification.purpose = CodePurpose::kEmailBinding;
  verification.account = wanted.account;
  verification.email = wanted.email;
  verification.channel = CodeChannel::kEmail;
  verification.locale = known.dossier.account.locale;
  verification.client = client;
  const std::optional<PendingEmail>& pending = known.pending;
  if (pending.has_value() && pending->PendingAt(call.now) && pending->email == wanted.email) {
    verification.id = pending->id;
    verification.request = pending->Name();
    if (const auto progress = TRY(ContinueCode(desk_, call, verification))) {
      wanted = *pending;
      return *progress;
    }
  }
  verification.id = wanted.id;
  verification.request = wanted.Name();
  return BeginCode(desk_, call, verification);
}

absl::StatusOr<pb::EmailAddress> EmailHandlers::BindEmail(const rpc::Call& call,
                                                          const pb::BindEmailRequest& in) {
  if (std::optional<pb::EmailAddress> earlier = TRY(desk_.once.Replay<pb::EmailAddress>(call)))
    return *std::move(earlier);
  const EmailOrder order = TRY(Parse(in));
  TRY(desk_.CheckOwner(call, order.account));
  TRY(desk_.CheckRecentSignIn(call, order.account));
  const Desired before = TRY(LoadNow(order.account));
  TRY(CheckMayBind(before, order.email, call.now));
  PendingEmail wanted = {
      order.account,
      VerificationId::FromTrusted(crypto::DerivedUuid({"email", order.account.text(), call.request_id})),
      order.email, call.now};
  const CodeProgress progress = TRY(SendCode(call, before, order.code_client, wanted));
  return desk_.once.Run<pb::EmailAddress>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::EmailAddress> {
    const Desired known = TRY(Load(txn, order.account));
    TRY(CheckMayBind(known, order.email, call.now));
    const std::optional<PendingEmail>& other = known.pending;
    if (before.pending == wanted && other != before.pending) return Changed();  // a code of an ended one
    if (other.has_value() && other->id != wanted.id) TRY(EnqueueCancel(txn, other->id, call.now));
    TRY(desk_.pending_emails.Put(txn, wanted));
    TRY(txn.Schedule({wanted.EndsAt(), kForgetEmail, order.account.text()}));
    TRY(desk_.Record(txn, call, known.dossier.account, "EmailBindingStarted",
                     {{"masked_email", wanted.email.MaskedWhole()}}, {order.client, ""}));
    pb::EmailAddress out = ToProto(wanted.email, order.account, std::nullopt);
    *out.mutable_progress() = ToProto(progress);
    return out;
  });
}

absl::StatusOr<pb::EmailAddress> EmailHandlers::ConfirmEmail(const rpc::Call& call,
                                                             const pb::ConfirmEmailRequest& in) {
  if (std::optional<pb::EmailAddress> earlier = TRY(desk_.once.Replay<pb::EmailAddress>(call)))
    return *std::move(earlier);
  const EmailConfirmation confirmation = TRY(Parse(in));
  TRY(desk_.CheckOwner(call, confirmation.account));
  const Desired before = TRY(LoadNow(confirmation.account));
  TRY(RequireState(before.dossier.account, {State::kActive}, call.now));
  TRY(CheckUnrestricted(before.dossier.account, call.now));
  if (!before.pending.has_value()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationClosed,
                  "no address waits for a code");
  }
  const PendingEmail& pending = *before.pending;
  if (!pending.PendingAt(call.now)) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationExpired,
                  "the time to enter the code is over");
  }
  TRY(desk_.ProveCode({pending.id, CodePurpose::kEmailBinding, pending.account, pending.Name()},
                      {confirmation.code, confirmation.code_client}, call.deadline));
  return desk_.once.Run<pb::EmailAddress>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::EmailAddress> {
    const Desired known = TRY(Load(txn, confirmation.account));
    TRY(CheckMayBind(known, pending.email, call.now));
    if (known.pending != pending) return Changed();
    TRY(TakeEmail(txn, call, known.dossier, pending.email, confirmation.client));
    TRY(desk_.pending_emails.Erase(txn, pending.account));
    TRY(txn.Cancel({pending.EndsAt(), kForgetEmail, pending.account.text()}));
    return ToProto(pending.email, pending.account, call.now);
  });
}

absl::Status EmailHandlers::TakeEmail(kv::Txn& txn, const rpc::Call& call, const Dossier& dossier,
                                      const Email& email, const ClientPlace& client) const {
  // The old address and the main number, and the new one, too (IDN-02).
  Notice notice = NoticeTo(NoticeKind::kEmailChanged, dossier.account, dossier.phones);
  notice.emails.push_back(email);
  notice.masked_address = email.Masked();
  Account account = dossier.account;
  account.email = email;
  // Refuses an address that belongs to another: possession is proved, so it may be said (IDN-03).
  account = TRY(desk_.accounts.Update(txn, account, call.now));
  if (dossier.account.email.has_value()) {
    TRY(desk_.Record(txn, call, account, "EmailReleased",
                     {{"masked_email", dossier.account.email.MaskedWhole()}}, {client, ""}));
  }
  TRY(desk_.Record(txn, call, account, "EmailBound", {{"masked_email", email.MaskedWhole()}}, {client, ""}));
  return EnqueueNotice(txn, desk_.vault, notice, call.now);
}

}  // namespace tc::identity
