// Domain values into public messages.

#include "services/identity/domain/guarded.h"
#include "services/identity/domain/sign_in.h"
#include "services/identity/rpc/convert.h"

namespace tc::identity {
namespace {

namespace type = ::trustedcontact::type::v1;

void SetDate(pb::Date* out, absl::CivilDay day) {
  out->set_year(static_cast<int>(day.year()));
  out->set_month(day.month());
  out->set_day(day.day());
}

void SetPerson(pb::Person* out, const Person& person) {
  out->set_first_name(person.first_name);
  out->set_last_name(person.last_name);
  out->set_patronymic(person.patronymic);
  if (person.birth.has_value()) SetDate(out->mutable_birth_date(), *person.birth);
  out->set_sex(static_cast<pb::Sex>(person.sex));
  out->set_citizenship(person.citizenship);
  out->set_snils(person.snils);
  out->set_inn(person.inn);
  if (!person.document.has_value()) return;
  pb::IdentityDocument* document = out->mutable_document();
  document->set_type(static_cast<pb::DocumentType>(person.document->type));
  document->set_series(person.document->series);
  document->set_number(person.document->number);
  SetDate(document->mutable_issue_date(), person.document->issued);
  document->set_issuer(person.document->issuer);
}

void SetState(pb::Account& out, const Account& account, View view, absl::Time now) {
  const State state = StateAt(account, now);
  out.set_state(static_cast<pb::AccountState>(state));
  if (state == State::kLocked) {
    if (view == View::kFull) out.set_lock_number(account.lock->number);
    SetTime(out.mutable_lock_expire_time(), account.lock->until);
  }
  if (state == State::kFrozen) {
    const bool danger = account.danger_freeze_until.has_value() && now < *account.danger_freeze_until;
    out.set_freeze_cause(danger ? pb::FREEZE_CAUSE_DANGER : pb::FREEZE_CAUSE_OWNER);
    const absl::Time until = FrozenUntil(account, now);
    if (until != absl::InfiniteFuture()) SetTime(out.mutable_freeze_expire_time(), until);
  }
  if (state == State::kBlocked && view == View::kFull) out.set_block_reason(*account.block_reason);
}

}  // namespace

void SetTime(google::protobuf::Timestamp* out, absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  out->set_seconds(seconds);
  out->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

pb::Account ToProto(const Account& account, const std::vector<OwnedPhone>& phones, View view,
                    absl::Time now) {
  pb::Account out;
  out.set_name(account.id.Name());
  out.set_type(static_cast<pb::AccountType>(account.type));
  out.set_level(static_cast<pb::AccountLevel>(LevelOf(account)));
  if (account.confirmed.has_value()) {
    out.set_confirmation_method(static_cast<pb::ConfirmationMethod>(account.confirmed->method));
    SetTime(out.mutable_confirm_time(), account.confirmed->at);
  }
  if (view == View::kFull && !account.deleted) {
    SetPerson(out.mutable_person(), account.person);
    out.set_organization(account.organization);
  }
  out.set_locale(account.locale);
  if (const OwnedPhone* main = MainPhone(phones)) out.set_masked_phone(main->number.Masked());
  out.set_masked_email(account.email.Masked());
  SetState(out, account, view, now);
  if (RestrictedAt(account, now)) SetTime(out.mutable_restrict_expire_time(), *account.restricted_until);
  out.set_version(account.version);
  SetTime(out.mutable_create_time(), account.created_at);
  SetTime(out.mutable_update_time(), account.updated_at);
  return out;
}

pb::Phone ToProto(const OwnedPhone& phone) {
  pb::Phone out;
  out.set_name(phone.Name());
  out.set_phone(phone.number.e164());
  out.set_masked_phone(phone.number.Masked());
  out.set_kind(static_cast<pb::PhoneKind>(phone.kind));
  out.set_state(static_cast<pb::PhoneState>(phone.state));
  out.set_title(phone.title);
  if (phone.bound_at.has_value()) SetTime(out.mutable_bind_time(), *phone.bound_at);
  if (phone.released_at.has_value()) SetTime(out.mutable_release_time(), *phone.released_at);
  if (phone.state == PhoneState::kScheduled) SetTime(out.mutable_effective_time(), *phone.effective_at);
  return out;
}

pb::EmailAddress ToProto(const Email& email, const AccountId& account,
                         std::optional<absl::Time> confirmed_at) {
  pb::EmailAddress out;
  out.set_account(account.Name());
  out.set_email(email.address());
  out.set_masked_email(email.Masked());
  out.set_confirmed(confirmed_at.has_value());
  if (confirmed_at.has_value()) SetTime(out.mutable_confirm_time(), *confirmed_at);
  return out;
}

pb::Credential ToProto(const StoredCredential& credential, const PasswordPolicy& policy) {
  pb::Credential out;
  out.set_account(credential.account.Name());
  SetTime(out.mutable_set_time(), credential.set_at);
  const absl::Time expiry = PasswordExpiry(credential.set_at, policy);
  if (expiry != absl::InfiniteFuture()) SetTime(out.mutable_expire_time(), expiry);
  out.set_version(credential.version);
  out.set_change_required(credential.change_required);
  return out;
}

pb::SecurityEvent ToProto(const JournalEntry& entry, const AccountId& account) {
  pb::SecurityEvent out;
  out.set_name(account.Name() + "/events/" + entry.id);
  out.set_type(entry.type);
  SetTime(out.mutable_occur_time(), entry.at);
  out.set_actor(entry.actor);
  const ClientPlace& client = entry.circumstances.client;
  if (!client.empty()) {
    out.mutable_client()->set_address(client.address);
    out.mutable_client()->set_device(client.device);
    out.mutable_client()->set_user_agent(client.user_agent);
    out.mutable_client()->set_place(client.place);
  }
  out.mutable_attributes()->insert(entry.attributes.begin(), entry.attributes.end());
  if (!entry.circumstances.reason.empty()) (*out.mutable_attributes())["reason"] = entry.circumstances.reason;
  return out;
}

type::CodeProgress ToProto(const CodeProgress& progress) {
  type::CodeProgress out;
  out.set_attempts_left(progress.attempts_left);
  if (progress.expires_at.has_value()) SetTime(out.mutable_expire_time(), *progress.expires_at);
  if (progress.next_attempt_at.has_value())
    SetTime(out.mutable_next_attempt_time(), *progress.next_attempt_at);
  if (progress.next_send_at.has_value()) SetTime(out.mutable_next_send_time(), *progress.next_send_at);
  out.set_sends_left(progress.sends_left);
  for (const CodeChannel channel : progress.channels) out.add_channels(static_cast<type::Channel>(channel));
  SetTime(out.mutable_server_time(), progress.server_time);
  out.set_masked_address(progress.masked_address);
  return out;
}

}  // namespace tc::identity
