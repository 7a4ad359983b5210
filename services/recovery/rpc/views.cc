// The three views of a recovery. What a view does not name cannot leak through it (REC-22).

#include "absl/strings/str_cat.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/domain/grant.h"
#include "services/recovery/domain/warning.h"
#include "services/recovery/rpc/convert.h"

namespace tc::recovery {
namespace {

namespace type = trustedcontact::type::v1;

void Write(absl::Time time, google::protobuf::Timestamp& out) {
  const int64_t us = absl::ToUnixMicros(time);
  const int64_t seconds = us >= 0 ? us / 1000000 : (us - 999999) / 1000000;
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int32_t>((us - seconds * 1000000) * 1000));
}

void Write(const CodeStatus& status, absl::Time now, type::CodeProgress& out) {
  out.set_attempts_left(status.attempts_left);
  Write(status.expires_at, *out.mutable_expire_time());
  Write(status.next_attempt_at, *out.mutable_next_attempt_time());
  if (status.next_send_at.has_value()) Write(*status.next_send_at, *out.mutable_next_send_time());
  out.set_sends_left(status.sends_left);
  for (const Channel channel : status.channels) out.add_channels(static_cast<type::Channel>(channel));
  Write(now, *out.mutable_server_time());
  out.set_masked_address(status.masked_address);
}

// The same for every account: what the claimant typed, and every channel there is (R1).
CodeStatus Neutral(const Recovery& recovery) {
  CodeStatus status = recovery.own_code.status;
  const bool typed = recovery.typed_email == (recovery.channel == Channel::kEmail);
  status.masked_address = typed ? recovery.typed_mask : std::string();
  status.channels = {Channel::kSms, Channel::kVoice, Channel::kEmail};
  return status;
}

void WriteWarning(pb::Warning& out) {
  const Warning& warning = CurrentWarning();
  out.set_version(warning.version);
  for (const WarningText& text : warning.texts) {
    pb::WarningText& words = *out.add_texts();
    words.set_language_code(text.language);
    words.set_title(text.title);
    words.set_text(text.text);
    for (const Question& question : text.questions) {
      pb::WarningQuestion& asked = *words.add_questions();
      asked.set_question(question.id);
      asked.set_text(question.text);
    }
  }
}

void Write(const InPerson& way, pb::InPersonWay& out) {
  out.set_officer(absl::StrCat(way.peer, "/", way.officer));
  out.set_visit(way.visit);
  Write(way.started_at, *out.mutable_start_time());
  if (way.confirm_at != absl::InfinitePast()) Write(way.confirm_at, *out.mutable_confirm_allowed_time());
  if (way.second_officer.empty()) return;
  out.set_second_officer(absl::StrCat(way.second_peer, "/", way.second_officer));
  out.set_second_visit(way.second_visit);
  Write(way.confirmed_at, *out.mutable_confirm_time());
}

bool ShowsMatchCode(State state) {
  return state == State::kAwaitingContact || state == State::kContactCodeSent;
}

}  // namespace

pb::Recovery ToClaimantView(const Recovery& stored, absl::string_view capability, absl::string_view grant,
                            absl::Time now) {
  const Recovery recovery = AsOf(stored, now);
  pb::Recovery out;
  out.set_name(RecoveryId::FromTrusted(std::string(capability)).Name());
  out.set_purpose(static_cast<pb::RecoveryPurpose>(recovery.purpose));
  out.set_state(static_cast<pb::RecoveryState>(recovery.state));
  Write(recovery.created_at, *out.mutable_create_time());
  if (!IsFinal(recovery.state)) Write(recovery.expires_at, *out.mutable_expire_time());
  if (recovery.state == State::kAwaitingOwnCode) Write(Neutral(recovery), now, *out.mutable_own_code());
  if (ShowsMatchCode(recovery.state)) out.set_match_code(recovery.match_code);
  if (recovery.state == State::kInPerson)
    Write(recovery.in_person->confirm_at, *out.mutable_confirm_allowed_time());
  if (recovery.state == State::kApproved) {
    out.set_grant(std::string(grant));
    out.set_passwords_left(PasswordsLeft(recovery));
  }
  if (recovery.ended_at.has_value()) Write(*recovery.ended_at, *out.mutable_end_time());
  Write(now, *out.mutable_server_time());
  return out;
}

pb::AssignedRecovery ToContactView(const Recovery& stored, bool with_warning, absl::Time now) {
  const Recovery recovery = AsOf(stored, now);
  const bool open = !IsFinal(recovery.state);
  pb::AssignedRecovery out;
  out.set_name(recovery.id.Name());
  out.set_purpose(static_cast<pb::RecoveryPurpose>(recovery.purpose));
  out.set_state(static_cast<pb::RecoveryState>(recovery.state));
  out.set_masked_principal(recovery.masked_principal);
  out.set_link(recovery.link.Name());
  Write(recovery.created_at, *out.mutable_request_time());
  out.set_place(recovery.client.place);
  out.set_device_kind(static_cast<pb::DeviceKind>(DeviceKindOf(recovery.client.user_agent)));
  if (open) Write(recovery.expires_at, *out.mutable_expire_time());
  if (open && with_warning) WriteWarning(*out.mutable_warning());
  if (HasAcknowledged(recovery)) Write(*recovery.acknowledged_at, *out.mutable_acknowledge_time());
  if (const std::optional<absl::Time> allowed = CodeAllowedAt(recovery))
    Write(*allowed, *out.mutable_code_allowed_time());
  if (recovery.state == State::kContactCodeSent)
    Write(recovery.contact_code.status, now, *out.mutable_code());
  if (!recovery.match_code.empty()) {
    out.set_match_code_required(true);
    out.set_match_attempts_left(recovery.policy.match_tries - static_cast<int>(recovery.match_misses.size()));
  }
  out.set_session_max_age_seconds(static_cast<int32_t>(absl::ToInt64Seconds(recovery.policy.session_age)));
  out.set_reject_reason(static_cast<pb::RejectReason>(recovery.reject_reason));
  if (recovery.ended_at.has_value()) Write(*recovery.ended_at, *out.mutable_end_time());
  Write(now, *out.mutable_server_time());
  return out;
}

pb::RecoverySummary ToSummary(const Recovery& stored, absl::Time now) {
  const Recovery recovery = AsOf(stored, now);
  pb::RecoverySummary out;
  out.set_name(recovery.id.Name());
  out.set_purpose(static_cast<pb::RecoveryPurpose>(recovery.purpose));
  out.set_state(static_cast<pb::RecoveryState>(recovery.state));
  out.set_principal(recovery.principal.Name());
  if (recovery.contact.has_value()) {
    out.set_contact(recovery.contact.Name());
    out.set_link(recovery.link.Name());
  }
  Write(recovery.created_at, *out.mutable_create_time());
  if (!IsFinal(recovery.state)) Write(recovery.expires_at, *out.mutable_expire_time());
  if (recovery.ended_at.has_value()) Write(*recovery.ended_at, *out.mutable_end_time());
  if (recovery.state == State::kHeld) out.set_hold_reason(static_cast<pb::HoldReason>(recovery.hold_reason));
  out.set_reject_reason(static_cast<pb::RejectReason>(recovery.reject_reason));
  out.set_canceller(static_cast<pb::Canceller>(recovery.canceller));
  for (const auto& [key, value] : ToValues(recovery.policy)) (*out.mutable_policy())[key] = value;
  if (recovery.in_person.has_value()) Write(*recovery.in_person, *out.mutable_in_person());
  out.set_operator_comment(recovery.operator_comment);
  return out;
}

}  // namespace tc::recovery
