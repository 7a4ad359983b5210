#pragma once

// Recoveries in any state for tests of this service: alice recovers, bob guards.

#include <map>
#include <string>

#include "common/testing/noon.h"
#include "common/testing/status.h"
#include "services/recovery/domain/claim.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/domain/recovery.h"
#include "services/recovery/domain/warning.h"

namespace tc::recovery::testing {

using tc::testing::IsOk;
using tc::testing::Noon;
using tc::testing::Refused;
using tc::testing::Violates;

inline Policy PolicyOf(absl::string_view profile, const std::map<std::string, std::string>& overrides = {}) {
  return MakePolicy(*ResolvePolicy(PolicyKeys(), profile, overrides));
}

inline AccountId Account(const char* id) { return AccountId::FromTrusted(id); }

inline Start AStart() {
  Start start;
  start.id = PublicId::FromTrusted("recovery-1");
  start.nonce = "nonce";
  start.principal = Account("alice");
  start.masked_principal = "Алиса И.";
  start.subject = "accounts/alice";
  start.phone_index = "phone-index";
  start.email_index = "email-index";
  start.claimed = Phone::FromTrusted("+79161234567");
  start.client = {"192.0.2.1", "device-1", "Mozilla/5.0 (Windows NT 10.0)", "Moscow"};
  return start;
}

inline CodeStatus AStatus() {
  CodeStatus status;
  status.attempts_left = 5;
  status.expires_at = Noon() + absl::Minutes(5);
  status.next_attempt_at = Noon();
  status.next_send_at = Noon() + absl::Minutes(1);
  status.sends_left = 2;
  status.channels = {Channel::kSms, Channel::kVoice};
  status.masked_address = "+7 9** ***-**-67";
  return status;
}

inline ClaimEvidence Guarded() {
  ClaimEvidence evidence;
  evidence.account = {true, false, true};
  evidence.guarded = true;
  evidence.link = LinkId::FromTrusted("link-1");
  evidence.contact = Account("bob");
  evidence.principal_eligible = true;
  evidence.contact_eligible = true;
  evidence.contact_phone_index = "bob-phone";
  return evidence;
}

inline std::map<std::string, bool> AllAnswers() {
  std::map<std::string, bool> answers;
  for (const Question& question : CurrentWarning().texts.front().questions) answers[question.id] = true;
  return answers;
}

// As it is after it was recorded: nothing is left to follow.
inline Recovery Recorded(Recovery recovery) {
  recovery.taken.clear();
  return recovery;
}

inline Recovery Begun(const Policy& policy = PolicyOf("gosuslugi")) {
  return Recorded(*OwnCodeSent(Begin(AStart(), policy, Noon()), 1, Channel::kSms, AStatus(), Noon()));
}
inline Recovery Assigned(const Policy& policy = PolicyOf("gosuslugi")) {
  return Recorded(*ProveClaim(Begun(policy), Guarded(), "grant-hash", "4711", Noon()));
}
inline Recovery CodeSent(const Policy& policy = PolicyOf("gosuslugi")) {
  const Recovery read =
      *Acknowledge(Assigned(policy), CurrentWarning().version, AllAnswers(), Noon() - policy.thinking_time);
  return Recorded(*ContactCodeSent(read, 1, AStatus(), Noon()));
}

inline ApprovalEvidence AllIsWell(const Recovery& recovery) {
  ApprovalEvidence evidence;
  evidence.session_age = absl::Seconds(10);
  evidence.guard = {true, recovery.link, recovery.contact};
  evidence.account = {true, false, true};
  evidence.phone = {recovery.contact_phone_index, Noon() - absl::Hours(1000)};
  evidence.principal = {true, Noon()};
  evidence.contact = {true, Noon()};
  evidence.code_consumed = true;
  evidence.match_code = recovery.match_code;
  evidence.version = recovery.version;
  return evidence;
}

inline Recovery Approved(const Policy& policy = PolicyOf("gosuslugi")) {
  const Recovery sent = CodeSent(policy);
  return Recorded(*Approve(sent, AllIsWell(sent), "grant-hash", Noon()));
}

// Any state, with the marks that a recovery has there.
inline Recovery InState(State state) {
  Recovery recovery = state == State::kAwaitingOwnCode ? Begun()
                      : state == State::kApproved      ? Approved()
                                                       : CodeSent();
  recovery.state = state;
  recovery.hold_taken = state != State::kAwaitingOwnCode;
  if (state == State::kInPerson)
    recovery.in_person = InPerson{"officer-1", "centre", "visit-1", Noon(), Noon(), "", "", "", {}};
  return recovery;
}

}  // namespace tc::recovery::testing
