// Who may be what, and who is who.

#include <algorithm>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/domain/civil_age.h"
#include "services/identity/domain/lookup.h"
#include "services/identity/domain/name_matching.h"
#include "services/identity/rpc/eligibility_handlers.h"

namespace tc::identity {

absl::StatusOr<pb::Eligibility> EligibilityHandlers::CheckEligibility(const rpc::Call& call,
                                                                      const pb::CheckEligibilityRequest& in) {
  const EligibilityQuestion question = TRY(Parse(in));
  TRY(desk_.CheckOwner(call, question.account));
  Account account;
  bool has_main_phone = false;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    account = TRY(desk_.accounts.Get(txn, question.account));
    has_main_phone = TRY(desk_.phones.HasMain(txn, question.account));
    return absl::OkStatus();
  }));
  const std::vector<Requirement> unmet =
      Unmet(account, has_main_phone, question.role, desk_.policy.eligibility, Today(call.now, desk_.zone),
            call.now);
  pb::Eligibility out;
  out.set_eligible(unmet.empty());
  for (const Requirement requirement : unmet) out.add_unmet(static_cast<pb::Requirement>(requirement));
  SetTime(out.mutable_as_of(), call.now);
  out.set_version(account.version);
  return out;
}

absl::StatusOr<pb::MatchContactResponse> EligibilityHandlers::MatchContact(
    const rpc::Call& call, const pb::MatchContactRequest& in) {
  const ContactQuestion question = TRY(Parse(in));
  pb::MatchContactResponse out;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const Dossier principal = TRY(desk_.Load(txn, question.principal));
    const std::optional<AccountId> id = TRY(desk_.ResolvePhone(txn, question.phone));
    if (!id.has_value()) return absl::OkStatus();
    const Account contact = TRY(desk_.accounts.Get(txn, *id));
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

absl::StatusOr<pb::LookupAccountResponse> EligibilityHandlers::LookupAccount(
    const rpc::Call& call, const pb::LookupAccountRequest& in) {
  const Identifier who = TRY(ParseIdentifier(in));
  Dossier dossier;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const std::optional<AccountId> id = TRY(desk_.Resolve(txn, who));
    if (!id.has_value()) return NotFound("account");
    dossier = TRY(desk_.Load(txn, *id));
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
