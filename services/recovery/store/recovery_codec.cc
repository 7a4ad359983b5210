#include "services/recovery/store/recovery_codec.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/kv/key.h"
#include "services/recovery/store/records.pb.h"

namespace tc::recovery {
namespace {

namespace rec = trustedcontact::recovery::store;

absl::Status Unreadable() { return absl::DataLossError("an unreadable recovery record"); }
std::string SealContext(const PublicId& id) { return absl::StrCat("recovery/", id.text(), "/private"); }

int64_t ToUs(absl::Time time) { return kv::ToMicros(time); }
absl::Time FromUs(int64_t us) { return kv::FromMicros(us); }

template <typename Enum>
bool Within(int number, Enum first, Enum last) {
  return number >= static_cast<int>(first) && number <= static_cast<int>(last);
}

bool ChannelsAreKnown(const rec::CodeStepRecord& in) {
  return std::all_of(in.channels().begin(), in.channels().end(),
                     [](int number) { return Within(number, Channel::kSms, Channel::kEmail); });
}

// A number that no version of this program wrote would be none of the cases of a switch.
bool NumbersAreKnown(const rec::RecoveryRecord& in) {
  const auto state = [](int number) { return Within(number, State::kAwaitingOwnCode, State::kLocked); };
  const auto hold = [](int number) { return Within(number, HoldReason::kNone, HoldReason::kOperator); };
  return state(in.state()) && (!in.has_ended_from() || state(in.ended_from())) && hold(in.hold_reason()) &&
         hold(in.early_news()) && Within(in.purpose(), Purpose::kPassword, Purpose::kUnfreeze) &&
         Within(in.channel(), Channel::kSms, Channel::kEmail) &&
         Within(in.reject_reason(), RejectReason::kNone, RejectReason::kOther) &&
         Within(in.canceller(), Canceller::kNone, Canceller::kSystem) && ChannelsAreKnown(in.own_code()) &&
         ChannelsAreKnown(in.contact_code());
}

void ToRecord(const CodeStep& step, rec::CodeStepRecord& out) {
  out.set_serial(step.serial);
  out.set_sends(step.sends);
  out.set_attempts_left(step.status.attempts_left);
  out.set_expires_us(ToUs(step.status.expires_at));
  out.set_next_attempt_us(ToUs(step.status.next_attempt_at));
  if (step.status.next_send_at.has_value()) out.set_next_send_us(ToUs(*step.status.next_send_at));
  out.set_sends_left(step.status.sends_left);
  for (const Channel channel : step.status.channels) out.add_channels(static_cast<int>(channel));
}

CodeStep FromRecord(const rec::CodeStepRecord& in, const std::string& masked_address) {
  CodeStep step;
  step.serial = in.serial();
  step.sends = in.sends();
  step.status.attempts_left = in.attempts_left();
  step.status.expires_at = FromUs(in.expires_us());
  step.status.next_attempt_at = FromUs(in.next_attempt_us());
  if (in.has_next_send_us()) step.status.next_send_at = FromUs(in.next_send_us());
  step.status.sends_left = in.sends_left();
  for (const int channel : in.channels()) step.status.channels.push_back(static_cast<Channel>(channel));
  step.status.masked_address = masked_address;
  return step;
}

std::string SealPrivate(const Recovery& recovery, const crypto::Sealer& sealer) {
  rec::PrivateRecord record;
  record.set_masked_principal(recovery.masked_principal);
  record.set_client_address(recovery.client.address);
  record.set_client_device(recovery.client.device);
  record.set_client_user_agent(recovery.client.user_agent);
  record.set_client_place(recovery.client.place);
  record.set_match_code(recovery.match_code);
  record.set_typed_mask(recovery.typed_mask);
  record.set_own_masked_address(recovery.own_code.status.masked_address);
  record.set_contact_masked_address(recovery.contact_code.status.masked_address);
  record.set_operator_comment(recovery.operator_comment);
  return sealer.Seal(record.SerializeAsString(), SealContext(recovery.id));
}

absl::StatusOr<rec::PrivateRecord> OpenPrivate(const rec::RecoveryRecord& in, const crypto::Sealer& sealer) {
  rec::PrivateRecord record;
  const std::string plain = TRY(sealer.Open(in.sealed(), SealContext(PublicId::FromTrusted(in.id()))));
  if (!record.ParseFromString(plain)) return Unreadable();
  return record;
}

void ToRecord(const Grant& grant, rec::GrantRecord& out) {
  out.set_hash(grant.hash);
  out.set_refused(grant.refused);
  if (!grant.redemption.has_value()) return;
  out.mutable_redemption()->set_redeemer(grant.redemption->redeemer);
  out.mutable_redemption()->set_started_us(ToUs(grant.redemption->started_at));
  out.mutable_redemption()->set_asked_us(ToUs(grant.redemption->asked_at));
  out.mutable_redemption()->set_asked_before_us(ToUs(grant.redemption->asked_before));
  out.mutable_redemption()->set_mixed(grant.redemption->mixed);
}

Grant FromRecord(const rec::GrantRecord& in) {
  Grant grant;
  grant.hash = in.hash();
  grant.refused = in.refused();
  if (in.has_redemption()) {
    const rec::RedemptionRecord& marked = in.redemption();
    grant.redemption = Redemption{marked.redeemer(), FromUs(marked.started_us()), FromUs(marked.asked_us()),
                                  FromUs(marked.asked_before_us()), marked.mixed()};
  }
  return grant;
}

void ToRecord(const InPerson& in_person, rec::InPersonRecord& out) {
  out.set_officer(in_person.officer);
  out.set_peer(in_person.peer);
  out.set_visit(in_person.visit);
  out.set_started_us(ToUs(in_person.started_at));
  out.set_confirm_us(ToUs(in_person.confirm_at));
  out.set_second_officer(in_person.second_officer);
  out.set_second_peer(in_person.second_peer);
  out.set_second_visit(in_person.second_visit);
  out.set_confirmed_us(ToUs(in_person.confirmed_at));
}

InPerson FromRecord(const rec::InPersonRecord& in) {
  InPerson in_person;
  in_person.officer = in.officer();
  in_person.peer = in.peer();
  in_person.visit = in.visit();
  in_person.started_at = FromUs(in.started_us());
  in_person.confirm_at = FromUs(in.confirm_us());
  in_person.second_officer = in.second_officer();
  in_person.second_peer = in.second_peer();
  in_person.second_visit = in.second_visit();
  in_person.confirmed_at = FromUs(in.confirmed_us());
  return in_person;
}

void WritePeople(const Recovery& recovery, rec::RecoveryRecord& out) {
  out.set_principal(recovery.principal.text());
  out.set_subject(recovery.subject);
  out.set_phone_index(recovery.phone_index);
  out.set_email_index(recovery.email_index);
  out.set_channel(static_cast<int>(recovery.channel));
  out.set_typed_email(recovery.typed_email);
  out.set_hold_taken(recovery.hold_taken);
  out.set_link(recovery.link.text());
  out.set_contact(recovery.contact.text());
  out.set_contact_phone_index(recovery.contact_phone_index);
  out.set_warning_version(recovery.warning_version);
  for (const auto& [question, yes] : recovery.answers) (*out.mutable_answers())[question] = yes;
  for (const std::string& id : recovery.match_misses) out.add_match_misses(id);
  out.set_reject_reason(static_cast<int>(recovery.reject_reason));
  out.set_hold_reason(static_cast<int>(recovery.hold_reason));
  out.set_early_news(static_cast<int>(recovery.early_news));
  out.set_canceller(static_cast<int>(recovery.canceller));
}

void ReadPeople(const rec::RecoveryRecord& in, Recovery& recovery) {
  recovery.principal = AccountId::FromTrusted(in.principal());
  recovery.subject = in.subject();
  recovery.phone_index = in.phone_index();
  recovery.email_index = in.email_index();
  recovery.channel = static_cast<Channel>(in.channel());
  recovery.typed_email = in.typed_email();
  recovery.hold_taken = in.hold_taken();
  recovery.link = LinkId::FromTrusted(in.link());
  recovery.contact = AccountId::FromTrusted(in.contact());
  recovery.contact_phone_index = in.contact_phone_index();
  recovery.warning_version = in.warning_version();
  recovery.answers = {in.answers().begin(), in.answers().end()};
  recovery.match_misses = {in.match_misses().begin(), in.match_misses().end()};
  recovery.reject_reason = static_cast<RejectReason>(in.reject_reason());
  recovery.hold_reason = static_cast<HoldReason>(in.hold_reason());
  recovery.early_news = static_cast<HoldReason>(in.early_news());
  recovery.canceller = static_cast<Canceller>(in.canceller());
}

void WriteTimes(const Recovery& recovery, rec::RecoveryRecord& out) {
  out.set_created_us(ToUs(recovery.created_at));
  out.set_proved_us(ToUs(recovery.proved_at));
  out.set_deadline_us(ToUs(recovery.deadline));
  out.set_expires_us(ToUs(recovery.expires_at));
  if (recovery.ended_at.has_value()) out.set_ended_us(ToUs(*recovery.ended_at));
  if (recovery.ended_from.has_value()) out.set_ended_from(static_cast<int>(*recovery.ended_from));
  out.set_assigned_us(ToUs(recovery.assigned_at));
  out.set_asked_us(ToUs(recovery.asked_at));
  if (recovery.acknowledged_at.has_value()) out.set_acknowledged_us(ToUs(*recovery.acknowledged_at));
}

void ReadTimes(const rec::RecoveryRecord& in, Recovery& recovery) {
  recovery.created_at = FromUs(in.created_us());
  recovery.proved_at = FromUs(in.proved_us());
  recovery.deadline = FromUs(in.deadline_us());
  recovery.expires_at = FromUs(in.expires_us());
  if (in.has_ended_us()) recovery.ended_at = FromUs(in.ended_us());
  if (in.has_ended_from()) recovery.ended_from = static_cast<State>(in.ended_from());
  recovery.assigned_at = FromUs(in.assigned_us());
  recovery.asked_at = FromUs(in.asked_us());
  if (in.has_acknowledged_us()) recovery.acknowledged_at = FromUs(in.acknowledged_us());
}

}  // namespace

std::string EncodeRecovery(const Recovery& recovery, const crypto::Sealer& sealer) {
  rec::RecoveryRecord out;
  out.set_id(recovery.id.text());
  out.set_version(recovery.version);
  out.set_decoy(recovery.decoy);
  out.set_state(static_cast<int>(recovery.state));
  for (const auto& [key, value] : ToValues(recovery.policy)) (*out.mutable_policy())[key] = value;
  out.set_purpose(static_cast<int>(recovery.purpose));
  out.set_nonce(recovery.nonce);
  out.set_capability_hash(recovery.capability_hash);
  out.set_not_me_hash(recovery.not_me_hash);
  if (recovery.in_person.has_value()) ToRecord(*recovery.in_person, *out.mutable_in_person());
  WritePeople(recovery, out);
  WriteTimes(recovery, out);
  ToRecord(recovery.own_code, *out.mutable_own_code());
  ToRecord(recovery.contact_code, *out.mutable_contact_code());
  ToRecord(recovery.grant, *out.mutable_grant());
  out.set_sealed(SealPrivate(recovery, sealer));
  return out.SerializeAsString();
}

absl::StatusOr<Recovery> DecodeRecovery(absl::string_view bytes, const crypto::Sealer& sealer) {
  rec::RecoveryRecord in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Unreadable();
  PolicyValues policy(in.policy().begin(), in.policy().end());
  for (const PolicyKey& key : PolicyKeys())
    policy.emplace(key.name, key.gosuslugi);  // keys younger than the record
  if (!NumbersAreKnown(in)) return Unreadable();
  const rec::PrivateRecord opened = TRY(OpenPrivate(in, sealer));
  Recovery recovery;
  recovery.id = PublicId::FromTrusted(in.id());
  recovery.version = in.version();
  recovery.decoy = in.decoy();
  recovery.state = static_cast<State>(in.state());
  recovery.policy = MakePolicy(policy);
  recovery.purpose = static_cast<Purpose>(in.purpose());
  recovery.nonce = in.nonce();
  recovery.capability_hash = in.capability_hash();
  recovery.not_me_hash = in.not_me_hash();
  if (in.has_in_person()) recovery.in_person = FromRecord(in.in_person());
  ReadPeople(in, recovery);
  ReadTimes(in, recovery);
  recovery.masked_principal = opened.masked_principal();
  recovery.client = {opened.client_address(), opened.client_device(), opened.client_user_agent(),
                     opened.client_place()};
  recovery.match_code = opened.match_code();
  recovery.typed_mask = opened.typed_mask();
  recovery.own_code = FromRecord(in.own_code(), opened.own_masked_address());
  recovery.contact_code = FromRecord(in.contact_code(), opened.contact_masked_address());
  recovery.operator_comment = opened.operator_comment();
  recovery.grant = FromRecord(in.grant());
  return recovery;
}

std::string EncodeLedger(const StartLedger& ledger) {
  rec::LedgerRecord out;
  out.set_open(ledger.open.text());
  for (const absl::Time at : ledger.starts) out.add_start_us(ToUs(at));
  for (const absl::Time at : ledger.failures) out.add_failure_us(ToUs(at));
  out.set_closed_until_us(ToUs(ledger.closed_until));
  return out.SerializeAsString();
}

absl::StatusOr<StartLedger> DecodeLedger(absl::string_view bytes) {
  rec::LedgerRecord in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Unreadable();
  StartLedger ledger;
  ledger.open = PublicId::FromTrusted(in.open());
  for (const int64_t us : in.start_us()) ledger.starts.push_back(FromUs(us));
  for (const int64_t us : in.failure_us()) ledger.failures.push_back(FromUs(us));
  ledger.closed_until = FromUs(in.closed_until_us());
  return ledger;
}

}  // namespace tc::recovery
