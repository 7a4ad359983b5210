// Who may be what, and who is who.

#include <algorithm>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/domain/civil_age.h"
#include "services/identity/domain/lookup.h"
#include "services/identity/domain/name_matching.h"
#include "services/identity/rpc/handlers.h"

namespace tc::identity {

absl::StatusOr<pb::Eligibility> Handlers::CheckEligibility(const rpc::Call& call,
                                                           const pb::CheckEligibilityRequest& in) {
  const EligibilityQuestion question = TRY(Parse(in));
  TRY(CheckOwner(call, question.account));
  Account account;
  bool has_main_phone = false;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    account = TRY(accounts_.Get(txn, question.account));
    has_main_phone = TRY(phones_.HasMain(txn, question.account));
    return absl::OkStatus();
  }));
  const std::vector<Requirement> unmet =
      Unmet(account, has_main_phone, question.role, parts_.policy.eligibility, Today(call.now, parts_.zone),
            call.now);
  pb::Eligibility out;
  out.set_eligible(unmet.empty());
  for (const Requirement requirement : unmet) out.add_unmet(static_cast<pb::Requirement>(requirement));
  SetTime(out.mutable_as_of(), call.now);
  out.set_version(account.version);
  return out;
}

absl::StatusOr<std::optional<AccountId>> Handlers::ResolvePhone(kv::ReadTxn& txn, const Phone& number) const {
  const std::optional<Holder> holder = TRY(phones_.FindHolder(txn, number));
  if (!holder.has_value() || holder->released_at.has_value()) return std::optional<AccountId>();
  const OwnedPhone phone = TRY(phones_.Get(txn, {holder->account, holder->phone}));
  if (phone.kind != PhoneKind::kMain) return std::optional<AccountId>();
  return std::optional(holder->account);
}

absl::StatusOr<std::optional<AccountId>> Handlers::Resolve(kv::ReadTxn& txn, const Identifier& who) const {
  std::optional<AccountId> id;
  if (who.account.has_value()) id = who.account;
  if (who.phone.has_value()) id = TRY(ResolvePhone(txn, who.phone));
  if (who.email.has_value()) id = TRY(accounts_.FindByEmail(txn, who.email));
  if (!who.snils.empty()) {
    std::vector<Account> accounts;
    for (const AccountId& found : TRY(accounts_.FindBySnils(txn, who.snils)))
      accounts.push_back(TRY(accounts_.Get(txn, found)));
    if (const Account* picked = PickBySnils(accounts)) id = picked->id;
  }
  if (!id.has_value()) return id;
  const std::optional<Account> account = TRY(accounts_.Find(txn, *id));
  if (!account.has_value() || account->deleted) return std::optional<AccountId>();
  return id;
}

absl::StatusOr<pb::MatchContactResponse> Handlers::MatchContact(const rpc::Call& call,
                                                                const pb::MatchContactRequest& in) {
  const ContactQuestion question = TRY(Parse(in));
  pb::MatchContactResponse out;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const Dossier principal = TRY(Load(txn, question.principal));
    const std::optional<AccountId> id = TRY(ResolvePhone(txn, question.phone));
    if (!id.has_value()) return absl::OkStatus();
    const Account contact = TRY(accounts_.Get(txn, *id));
    if (!MayBeFound(contact, call.now) || !SameFirstName(question.first_name, contact.person.first_name))
      return absl::OkStatus();
    const bool own =
        std::any_of(principal.phones.begin(), principal.phones.end(), [&](const OwnedPhone& phone) {
          return phone.state == PhoneState::kBound && phone.number == question.phone;
        });
    out.set_account(contact.id.Name());
    out.set_masked_name(MaskedName(contact.person.first_name, contact.person.last_name));
    for (const ContactConflict conflict : Conflicts(principal.account, contact, own)) {
      out.add_conflicts(static_cast<pb::ContactConflict>(conflict));
    }
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<pb::LookupAccountResponse> Handlers::LookupAccount(const rpc::Call& call,
                                                                  const pb::LookupAccountRequest& in) {
  const Identifier who = TRY(ParseIdentifier(in));
  Dossier dossier;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const std::optional<AccountId> id = TRY(Resolve(txn, who));
    if (!id.has_value()) return NotFound("account");
    dossier = TRY(Load(txn, *id));
    return absl::OkStatus();
  }));
  const Account& account = dossier.account;
  pb::LookupAccountResponse out;
  out.set_account(account.id.Name());
  out.set_masked_name(MaskedName(account.person.first_name, account.person.last_name));
  if (const OwnedPhone* main = MainPhone(dossier.phones)) {
    out.set_phone(main->number.e164());
    SetTime(out.mutable_phone_bind_time(), *main->bound_at);
  }
  out.set_email(account.email.address());
  out.set_locale(account.locale);
  out.set_state(static_cast<pb::AccountState>(StateAt(account, call.now)));
  out.set_version(account.version);
  return out;
}

}  // namespace tc::identity
