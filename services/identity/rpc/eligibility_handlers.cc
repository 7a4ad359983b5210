// Who may be what, and who is who.

#include "services/identity/rpc/eligibility_handlers.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/domain/civil_age.h"
#include "services/identity/domain/guarded.h"
#include "services/identity/domain/lookup.h"
#include "services/identity/domain/name_matching.h"
#include "services/identity/rpc/convert_peers.h"

namespace tc::identity {
namespace {

void SetConflicts(const Dossier& principal, const Dossier& contact,
                  google::protobuf::RepeatedField<int>* out) {
  for (const ContactConflict conflict :
       Conflicts(principal.account, principal.phones, contact.account, contact.phones)) {
    out->Add(static_cast<int>(conflict));
  }
}

pb::LookupAccountResponse Found(const Dossier& dossier, absl::Time now) {
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
  out.set_state(static_cast<pb::AccountState>(StateAt(account, now)));
  out.set_version(account.version);
  return out;
}

}  // namespace

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
  if (RestrictedAt(account, call.now)) SetTime(out.mutable_restrict_expire_time(), *account.restricted_until);
  return out;
}

absl::StatusOr<pb::MatchContactResponse> EligibilityHandlers::MatchContact(
    const rpc::Call& call, const pb::MatchContactRequest& in) {
  const ContactQuestion question = TRY(Parse(in));
  pb::MatchContactResponse out;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const Dossier principal = TRY(desk_.Load(txn, question.principal));
    const std::optional<AccountId> id = TRY(desk_.ResolvePhone(txn, question.phone));
    if (!id.has_value()) {
      // The work that somebody would have made: the time tells nobody whether the number is known (LNK-07).
      if (const OwnedPhone* main = MainPhone(principal.phones))
        (void)desk_.phones.Find(txn, {main->account, main->id});
      (void)desk_.Load(txn, question.principal);
      (void)SameFirstName(question.first_name, principal.account.person.first_name);
      return absl::OkStatus();
    }
    const Dossier contact = TRY(desk_.Load(txn, *id));
    const Person& person = contact.account.person;
    if (!MayBeFound(contact.account, call.now) || !SameFirstName(question.first_name, person.first_name))
      return absl::OkStatus();
    out.set_account(id->Name());
    out.set_masked_name(MaskedName(person.first_name, person.last_name));
    SetConflicts(principal, contact, out.mutable_conflicts());
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<pb::CompareAccountsResponse> EligibilityHandlers::CompareAccounts(
    const rpc::Call&, const pb::CompareAccountsRequest& in) {
  const Comparison comparison = TRY(Parse(in));
  pb::CompareAccountsResponse out;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const Dossier principal = TRY(desk_.Load(txn, comparison.principal));
    const Dossier contact = TRY(desk_.Load(txn, comparison.contact));
    SetConflicts(principal, contact, out.mutable_conflicts());
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<pb::CheckDocumentResponse> EligibilityHandlers::CheckDocument(
    const rpc::Call&, const pb::CheckDocumentRequest& in) {
  const DocumentQuestion question = TRY(Parse(in));
  pb::CheckDocumentResponse out;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    out.set_matches(TRY(desk_.accounts.HasDocument(txn, question.account, question.shown)));
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<pb::LookupAccountResponse> EligibilityHandlers::LookupAccount(
    const rpc::Call& call, const pb::LookupAccountRequest& in) {
  const Identifier who = TRY(ParseIdentifier(in));
  bool missing = false;
  Dossier dossier;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const std::optional<AccountId> id = TRY(desk_.Resolve(txn, who));
    missing = !id.has_value();
    dossier = missing ? desk_.StandIn(txn, who) : TRY(desk_.Load(txn, *id));
    return absl::OkStatus();
  }));
  const pb::LookupAccountResponse found = Found(dossier, call.now);
  if (!missing) return found;
  if (!in.allow_missing()) return NotFound("account");
  return pb::LookupAccountResponse();
}

}  // namespace tc::identity
