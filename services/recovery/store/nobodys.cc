#include "services/recovery/store/nobodys.h"

#include <string>

namespace tc::recovery {
namespace {

CodeStep NobodysCode() {
  CodeStep code;
  code.serial = code.sends = 1;
  code.status.attempts_left = 5;
  code.status.expires_at = code.status.next_attempt_at = absl::FromUnixSeconds(2'000'000'000);
  code.status.next_send_at = code.status.expires_at;
  code.status.sends_left = 4;
  code.status.channels = {Channel::kSms, Channel::kVoice};
  code.status.masked_address = std::string(16, 'n');
  return code;
}

}  // namespace

Recovery Nobodys() {
  Recovery recovery;
  recovery.id = PublicId::FromTrusted(std::string(22, 'n'));
  recovery.version = 3;
  recovery.state = State::kAwaitingContact;
  recovery.nonce = recovery.capability_hash = recovery.not_me_hash = std::string(32, 'n');
  recovery.phone_index = recovery.email_index = recovery.contact_phone_index = std::string(32, 'n');
  recovery.principal = recovery.contact = AccountId::FromTrusted(std::string(12, 'n'));
  recovery.link = LinkId::FromTrusted(std::string(22, 'n'));
  recovery.subject = recovery.masked_principal = recovery.typed_mask = std::string(16, 'n');
  recovery.client = {std::string(16, 'n'), std::string(16, 'n'), std::string(100, 'n'), std::string(16, 'n')};
  recovery.created_at = recovery.proved_at = recovery.deadline = recovery.expires_at =
      absl::FromUnixSeconds(2'000'000'000);
  recovery.assigned_at = recovery.asked_at = recovery.created_at;
  recovery.hold_taken = true;
  recovery.own_code = recovery.contact_code = NobodysCode();
  recovery.warning_version = std::string(8, 'n');
  recovery.acknowledged_at = recovery.created_at;
  for (const char* const question : {"n1", "n2", "n3", "n4", "n5"}) recovery.answers[question] = true;
  recovery.match_code = "00";
  return recovery;
}

}  // namespace tc::recovery
