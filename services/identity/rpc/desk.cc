#include "services/identity/rpc/desk.h"

#include "absl/strings/str_cat.h"
#include "common/base/recent_sign_in.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/rpc/authenticator.h"
#include "services/identity/domain/lookup.h"
#include "services/identity/store/notices.h"

namespace tc::identity {

Author AuthorOf(const rpc::Call& call) {
  if (call.peer.role == rpc::Role::kPortal && call.person.has_value()) return {"owner", call.now};
  return {absl::StrCat(rpc::RoleName(call.peer.role), "/", call.peer.name), call.now};
}

Desk::Desk(DeskParts parts)
    : DeskParts(std::move(parts)),
      accounts(vault),
      phones(vault),
      pending_emails(vault),
      credentials(vault),
      second_factors(vault),
      device_books(vault),
      preferences(vault),
      journal(vault) {}

absl::Status Desk::CheckOwner(const rpc::Call& call, const AccountId& account) const {
  if (call.peer.role != rpc::Role::kPortal) return absl::OkStatus();
  if (call.person.has_value() && call.person->account == account) return absl::OkStatus();
  return NotFound("account");
}

absl::StatusOr<Dossier> Desk::Load(kv::ReadTxn& txn, const AccountId& id) const {
  Dossier dossier;
  dossier.account = TRY(accounts.Get(txn, id));
  if (!dossier.account.deleted) dossier.phones = TRY(phones.List(txn, id));
  return dossier;
}

absl::StatusOr<Dossier> Desk::LoadNow(const AccountId& id) const {
  Dossier dossier;
  TRY(once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    dossier = TRY(Load(txn, id));
    return absl::OkStatus();
  }));
  return dossier;
}

absl::Status Desk::Record(kv::Txn& txn, const Author& author, const Account& account, const char* type,
                          Attributes attributes, const Circumstances& circumstances) const {
  JournalEntry entry;
  entry.type = type;
  entry.at = author.now;
  entry.actor = author.actor;
  entry.circumstances = circumstances;
  entry.attributes = attributes;
  TRY(journal.Append(txn, account.id, entry));
  attributes["account"] = account.id.text();
  kv::Event event;
  event.type = type;
  event.resource = account.id.Name();
  event.attributes = std::move(attributes);
  event.at = author.now;
  event.persons = {account.id.text()};
  return txn.Emit(std::move(event));
}

absl::Status Desk::Tell(kv::Txn& txn, NoticeKind kind, const Dossier& dossier, absl::Time now) const {
  return EnqueueNotice(txn, vault, NoticeTo(kind, dossier.account, dossier.phones), now);
}

absl::Status Desk::CheckRecentSignIn(const rpc::Call& call, const AccountId& account) const {
  if (call.peer.role != rpc::Role::kPortal) return absl::OkStatus();  // an officer sits before the person
  const absl::Duration age =
      call.person.has_value() ? call.now - call.person->auth_time : absl::InfiniteDuration();
  TRY(RequireRecentSignIn(age, policy.phone.reauthentication));
  SecondFactor factor = SecondFactor::kNone;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    factor = TRY(preferences.Get(txn, account)).second_factor;
    return absl::OkStatus();
  }));
  if (factor == SecondFactor::kNone || WithSecondFactor(call.person->methods)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnauthenticated, Reason::kReauthenticationRequired,
                "sign in again, with the second factor")
      .With("second_factor", FactorName(factor));
}

absl::StatusOr<std::optional<AccountId>> Desk::ResolvePhone(kv::ReadTxn& txn, const Phone& number) const {
  const std::optional<Holder> holder = TRY(phones.FindHolder(txn, number));
  if (!holder.has_value() || holder->released_at.has_value()) return std::optional<AccountId>();
  const OwnedPhone phone = TRY(phones.Get(txn, {holder->account, holder->phone}));
  if (phone.kind != PhoneKind::kMain) return std::optional<AccountId>();
  return std::optional(holder->account);
}

absl::StatusOr<std::optional<AccountId>> Desk::Resolve(kv::ReadTxn& txn, const Identifier& who) const {
  std::optional<AccountId> id;
  if (who.account.has_value()) id = who.account;
  if (who.phone.has_value()) id = TRY(ResolvePhone(txn, who.phone));
  if (who.email.has_value()) id = TRY(accounts.FindByEmail(txn, who.email));
  if (!who.snils.empty()) {
    std::vector<Account> bearers;
    for (const AccountId& found : TRY(accounts.FindBySnils(txn, who.snils)))
      bearers.push_back(TRY(accounts.Get(txn, found)));
    if (const Account* picked = PickBySnils(bearers)) id = picked->id;
  }
  if (!id.has_value()) return id;
  const std::optional<Account> account = TRY(accounts.Find(txn, *id));
  if (!account.has_value() || account->deleted) return std::optional<AccountId>();
  return id;
}

Dossier Desk::StandIn(kv::ReadTxn& txn, const Identifier& who) const {
  const std::string text = who.account.has_value() ? who.account.text()
                           : who.phone.has_value() ? who.phone.e164()
                           : who.email.has_value() ? who.email.Canonical()
                                                   : who.snils;
  const absl::StatusOr<std::optional<AccountId>> other = accounts.Near(txn, devices.StableIndex(text));
  if (!other.ok() || !other->has_value()) return Dossier();
  const AccountId& id = **other;
  if (!who.snils.empty()) (void)accounts.Find(txn, id);
  (void)accounts.Find(txn, id);
  const Dossier dossier = Load(txn, id).value_or(Dossier());
  const OwnedPhone* main = MainPhone(dossier.phones);
  if (who.phone.has_value() && main != nullptr) (void)phones.Find(txn, {id, main->id});
  return dossier;
}

DeviceMarks Desk::MarksOf(const AccountId& account, const ClientPlace& client) const {
  if (client.device.empty()) return {};
  return devices.Indexes(absl::StrCat(account.text(), "/", client.device));
}

absl::StatusOr<CodeCheck> Desk::CheckCode(const CodeSubject& subject, const TypedCode& typed,
                                          absl::Time deadline) const {
  // Keyed, so that the attempt's id tells nothing of the code.
  const std::string attempt = attempts.StableIndex(absl::StrCat(subject.request, "/", typed.code.Reveal()));
  CodeCheck check =
      TRY(otp.Check(subject, typed.code, typed.client, crypto::DerivedUuid({"check", attempt}), deadline));
  if (check.matched) TRY(otp.Consume(subject, deadline));
  return check;
}

absl::Status Desk::ProveCode(const CodeSubject& subject, const TypedCode& typed, absl::Time deadline) const {
  const CodeCheck check = TRY(CheckCode(subject, typed, deadline));
  return check.matched ? absl::OkStatus() : CodeMismatch(check.progress.attempts_left);
}

absl::Status CodeMismatch(int attempts_left) {
  return Refuse(absl::StatusCode::kInvalidArgument, Reason::kCodeMismatch, "the code is wrong")
      .With("attempts_left", absl::StrCat(attempts_left))
      .Violation("code", "CODE_MISMATCH", "the code is wrong");
}

}  // namespace tc::identity
