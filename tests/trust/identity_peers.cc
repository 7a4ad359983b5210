// Identity, as linking and as recovery ask it.

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "tests/trust/peers.h"

namespace tc::trust {
namespace {

linking::Eligibility Judged(bool eligible, const Citizen& citizen) {
  linking::Eligibility out;
  out.eligible = eligible;
  out.restricted_until = citizen.restricted_until;
  if (!eligible) out.unmet = {"ACCOUNT_NOT_CONFIRMED"};
  return out;
}

recovery::KnownAccount Known(const Citizen& citizen, absl::Time now) {
  recovery::KnownAccount known;
  known.account = AccountId::FromTrusted(citizen.id);
  known.masked_name = citizen.masked_name;
  known.phone = Phone::FromTrusted(citizen.phone);
  known.phone_bound_at = citizen.phone_bound_at;
  known.email = citizen.email;
  known.locale = "ru";
  known.active = IsActive(citizen, now);
  known.frozen = IsFrozen(citizen, now);
  return known;
}

void Carry(Wires& wires, People& people, Told told) {
  const bool seventh = ++wires.told % 7 == 0;
  if (seventh && wires.planted == Planted::kNoticesLost) return;
  people.Tell(told);
  if (!seventh || wires.planted != Planted::kNoticesTwice) return;
  told.request_id += " again";
  people.Tell(told);
}

}  // namespace

absl::StatusOr<linking::Eligibility> LinkingIdentity::CheckEligibility(const AccountId& account,
                                                                       linking::EligibilityRole role,
                                                                       absl::Time) {
  return wires_->cuts.Call([&]() -> absl::StatusOr<linking::Eligibility> {
    if (!people_->Knows(account.text())) return NotFound("account");
    const Citizen citizen = people_->Get(account.text());
    const absl::Time now = wires_->clock.Now();
    const bool as_principal = role == linking::EligibilityRole::kPrincipal;
    return Judged(as_principal ? MayBePrincipal(citizen, now) : MayBeContact(citizen, now), citizen);
  });
}

absl::StatusOr<linking::Match> LinkingIdentity::MatchContact(const AccountId& principal,
                                                             const linking::FirstName& first_name,
                                                             const Phone& phone, absl::Time) {
  return wires_->cuts.Call([&]() -> absl::StatusOr<linking::Match> {
    linking::Match match;
    match.same_phone = people_->Get(principal.text()).phone == phone.e164();
    const auto fits = [&](const Citizen& c) {
      return c.phone == phone.e164() && c.first_name == first_name.text();
    };
    if (const std::optional<Citizen> found = people_->Find(fits)) {
      match.account = AccountId::FromTrusted(found->id);
      match.masked_name = found->masked_name;
      match.same_account = match.account == principal;
    }
    return match;
  });
}

void LinkingIdentity::AskForAcceptance(const linking::AcceptanceQuestion& question, absl::Time deadline,
                                       Told told) {
  linking::AcceptanceFacts facts;
  facts.contact = CheckEligibility(question.contact, linking::EligibilityRole::kContact, deadline);
  facts.match = MatchContact(question.principal, question.first_name, question.phone, deadline);
  facts.principal = CheckEligibility(question.principal, linking::EligibilityRole::kPrincipal, deadline);
  std::move(told)(std::move(facts));
}

absl::StatusOr<std::string> LinkingIdentity::MaskedName(const AccountId& account, absl::Time) {
  return wires_->cuts.Call(
      [&]() -> absl::StatusOr<std::string> { return people_->Get(account.text()).masked_name; });
}

absl::StatusOr<linking::Conflicts> LinkingIdentity::CompareAccounts(const AccountId& principal,
                                                                    const AccountId& contact, absl::Time) {
  return wires_->cuts.Call([&]() -> absl::StatusOr<linking::Conflicts> {
    linking::Conflicts conflicts;
    conflicts.same_phone = people_->Get(principal.text()).phone == people_->Get(contact.text()).phone;
    return conflicts;
  });
}

absl::Status LinkingIdentity::Notify(const linking::Notice& notice, const std::string& request_id,
                                     absl::Time) {
  return wires_->notices.Call([&]() -> absl::Status {
    Carry(*wires_, *people_,
          {"linking", notice.receiver.text(), static_cast<int>(notice.kind), notice.masked_person, "", "",
           "linking" + request_id});
    return absl::OkStatus();
  });
}

absl::Status LinkingIdentity::Freeze(const AccountId& account, absl::Time until, const std::string&,
                                     absl::Time) {
  return wires_->cuts.Call([&] { return people_->Freeze(account.text(), until, wires_->clock.Now()); });
}

absl::StatusOr<std::optional<recovery::KnownAccount>> RecoveryIdentity::Lookup(
    const recovery::Claimed& claimed, absl::Time) {
  return wires_->cuts.Call([&]() -> absl::StatusOr<std::optional<recovery::KnownAccount>> {
    const std::string wanted = recovery::Canonical(claimed);
    const std::optional<Citizen> found = people_->Find([&](const Citizen& c) {
      return wanted == recovery::Canonical(AccountId::FromTrusted(c.id)) ||
             wanted == recovery::Canonical(Phone::FromTrusted(c.phone));
    });
    if (!found.has_value()) return std::nullopt;
    return std::optional(Known(*found, wires_->clock.Now()));
  });
}

absl::StatusOr<recovery::EligibilityNow> RecoveryIdentity::CheckPrincipal(const AccountId& account,
                                                                          absl::Time) {
  return wires_->cuts.Call([&]() -> absl::StatusOr<recovery::EligibilityNow> {
    const absl::Time now = wires_->clock.Now();
    const Citizen citizen = people_->Get(account.text());
    recovery::EligibilityNow fit{MayBePrincipal(citizen, now), now};
    fit.only_frozen = citizen.confirmed && IsFrozen(citizen, now);
    return fit;
  });
}

absl::StatusOr<recovery::EligibilityNow> RecoveryIdentity::CheckContact(const AccountId& account,
                                                                        absl::Time) {
  return wires_->cuts.Call([&]() -> absl::StatusOr<recovery::EligibilityNow> {
    const absl::Time now = wires_->clock.Now();
    return recovery::EligibilityNow{MayBeContact(people_->Get(account.text()), now), now};
  });
}

absl::StatusOr<bool> RecoveryIdentity::CheckDocument(const AccountId& account, const Secret& passport,
                                                     absl::Time) {
  return wires_->cuts.Call([&]() -> absl::StatusOr<bool> {
    return people_->Knows(account.text()) &&
           (wires_->planted == Planted::kAnyDocument || passport.Reveal() == PassportOf(account.text()));
  });
}

absl::Status RecoveryIdentity::ResetPassword(const AccountId& account, const Secret& new_password,
                                             const std::string& proof, absl::Time restricted_until,
                                             const std::string& request_id, absl::Time) {
  return wires_->cuts.Call(
      [&] { return ResetNow(account, new_password, proof, restricted_until, request_id); });
}

absl::Status RecoveryIdentity::ResetNow(const AccountId& account, const Secret& new_password,
                                        const std::string& proof, absl::Time restricted_until,
                                        const std::string& request_id) {
  const absl::Time now = wires_->clock.Now();
  const auto claims = verifier_.Verify(proof, {.audience = "identity", .issuer = "recovery"}, now);
  if (!claims.ok() || claims->subject != account.text()) {
    return Refuse(absl::StatusCode::kPermissionDenied, Reason::kProofInvalid, "no proof");
  }
  return people_->ResetPassword(
      {account.text(), claims->id, std::string(new_password.Reveal()), restricted_until}, request_id, now,
      wires_->planted == Planted::kProofsForEver);
}

absl::Status RecoveryIdentity::PermitPhoneChange(const AccountId& account, absl::Time,
                                                 const std::string& request_id, absl::Time) {
  return wires_->cuts.Call(
      [&] { return people_->PermitPhoneChange(account.text(), request_id, wires_->clock.Now()); });
}

absl::Status RecoveryIdentity::Unfreeze(const AccountId& account, const std::string& request_id, absl::Time) {
  return wires_->cuts.Call(
      [&] { return people_->Unfreeze(account.text(), request_id, wires_->clock.Now()); });
}

absl::Status RecoveryIdentity::Freeze(const AccountId& account, absl::Time until, const std::string&,
                                      absl::Time) {
  return wires_->cuts.Call([&] { return people_->Freeze(account.text(), until, wires_->clock.Now()); });
}

absl::StatusOr<bool> RecoveryIdentity::Notify(const recovery::NoticeMessage& message,
                                              const std::string& request_id, absl::Time) {
  return wires_->notices.Call([&]() -> absl::StatusOr<bool> {
    Carry(*wires_, *people_,
          {"recovery", message.notice.receiver.text(), static_cast<int>(message.notice.kind),
           message.masked_person, message.notice.recovery.text(), message.link, "recovery" + request_id});
    return true;
  });
}

}  // namespace tc::trust
