// The contact's calls. Everything is done as the signed-in person, on recoveries that were laid before him.

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/recent_sign_in.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/rpc/handlers.h"
#include "services/recovery/rpc/pair.h"
#include "services/recovery/rpc/recorder.h"

namespace tc::recovery {
namespace {

// Somebody must look: the account freezes itself and its owner is told, the fraudster is still at it
// (REC-20).
void AlarmOfFraud(const PublicId& recovery) {
  static obs::Counter& alarms =
      obs::GetCounter("tc_recovery_fraud_rejects_total", "Recoveries that a contact rejected as fraud.", {});
  alarms.Increment();
  obs::Error("a contact says that a fraudster asks for this password", {{"recovery", recovery.text()}});
}

}  // namespace

absl::StatusOr<pb::ListAssignedRecoveriesResponse> Handlers::ListAssignedRecoveries(
    const rpc::Call& call, const pb::ListAssignedRecoveriesRequest& in) {
  const AccountId contact = call.person->account;
  const std::string list = absl::StrCat("assigned/", contact.text(), in.open_only() ? "/open" : "/all");
  const rpc::Page page = TRY(parts_.pager.Parse(in.page_size(), in.page_token(), list));
  pb::ListAssignedRecoveriesResponse out;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    out.Clear();
    std::string last;
    return parts_.store.ScanAssigned(txn, contact, page.after,
                                     [&](absl::string_view key, const Recovery& recovery) {
                                       if (in.open_only() && !IsBeforeContact(AsOf(recovery, call.now)))
                                         return true;
                                       if (static_cast<size_t>(out.recoveries_size()) == page.size) {
                                         out.set_next_page_token(parts_.pager.NextToken(last, list));
                                         return false;
                                       }
                                       *out.add_recoveries() = ToContactView(recovery, false, call.now);
                                       last = std::string(key);
                                       return true;
                                     });
  }));
  return out;
}

absl::StatusOr<pb::AssignedRecovery> Handlers::GetAssignedRecovery(const rpc::Call& call,
                                                                   const pb::GetAssignedRecoveryRequest& in) {
  const PublicId id = TRY(ParsePublicId(in.name()));
  return ToContactView(TRY(ReadAssigned(call, id)), true, call.now);
}

absl::StatusOr<pb::AssignedRecovery> Handlers::AcknowledgeWarning(const rpc::Call& call,
                                                                  const pb::AcknowledgeWarningRequest& in) {
  const AcknowledgeRequest request = TRY(Parse(in));
  return parts_.once.Run<pb::AssignedRecovery>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::AssignedRecovery> {
        const Recovery before = TRY(LoadAssigned(txn, call, request.id));
        const Recovery after = TRY(Acknowledge(before, request.version, request.answers, call.now));
        const Recovery saved = TRY(Save(txn, call, before, after));
        if (saved != before) TRY(EnterAnswers(txn, saved, call.now));
        return ToContactView(saved, true, call.now);
      });
}

ContactPhone Handlers::PhoneOf(const std::optional<KnownAccount>& contact) const {
  if (!contact.has_value() || !contact->active || !contact->phone.has_value())
    return ContactPhone{"", absl::InfiniteFuture()};
  return ContactPhone{parts_.tokens.IndexOf(contact->phone.e164()), contact->phone_bound_at};
}

absl::StatusOr<ContactPhone> Handlers::PhoneOf(const rpc::Call& call, const AccountId& contact) const {
  return PhoneOf(TRY(parts_.identity.Lookup(contact, call.deadline)));
}

absl::Status Handlers::HoldAndRefuse(const rpc::Call& call, const Recovery& recovery,
                                     HoldReason reason) const {
  TRY(Change(call, recovery.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
    return Hold(now, reason, Actor::kSystem, call.now);
  }));
  return RefuseHeld(reason);
}

absl::Status Handlers::HoldPairAndRefuse(const rpc::Call& call, const Recovery& recovery) const {
  TRY(parts_.once.database().Update([&](kv::Txn& txn) -> absl::Status {
    const Recovery before = TRY(Load(txn, recovery.id));
    const std::optional<Recovery> mirror =
        TRY(MirrorOf(txn, parts_.store, before.principal, before.contact, call.now));
    if (mirror.has_value()) TRY(HoldMirror(txn, parts_.store, *mirror, call.now));
    const Recovery held = TRY(Hold(before, HoldReason::kMutualRecovery, Actor::kSystem, call.now));
    return Save(txn, call, before, held).status();
  }));
  return RefuseHeld(HoldReason::kMutualRecovery);
}

absl::StatusOr<Handlers::People> Handlers::GatherPeople(const rpc::Call& call,
                                                        const Recovery& recovery) const {
  People people;
  ApprovalEvidence& evidence = people.evidence;
  evidence.version = recovery.version;
  evidence.guard = TRY(parts_.linking.GetGuard(recovery.principal, call.deadline));
  if (!SameGuard(recovery, evidence.guard)) return HoldAndRefuse(call, recovery, HoldReason::kGuardChanged);
  evidence.account = PrincipalOf(recovery, TRY(parts_.identity.Lookup(recovery.principal, call.deadline)));
  if (const std::optional<HoldReason> reason = WhyHold(recovery.purpose, evidence.account))
    return HoldAndRefuse(call, recovery, *reason);
  const std::optional<KnownAccount> contact = TRY(parts_.identity.Lookup(recovery.contact, call.deadline));
  evidence.phone = PhoneOf(contact);
  if (const std::optional<HoldReason> reason = WhyHold(recovery, evidence.phone, call.now))
    return HoldAndRefuse(call, recovery, *reason);
  people.contact = *contact;  // it has a phone
  evidence.principal = TRY(parts_.identity.CheckPrincipal(recovery.principal, call.deadline));
  evidence.contact = TRY(parts_.identity.CheckContact(recovery.contact, call.deadline));
  TRY(CheckEligibility(ForPurpose(recovery.purpose, evidence.principal), evidence.contact, call.now));
  return people;
}

absl::StatusOr<pb::AssignedRecovery> Handlers::SendContactCode(const rpc::Call& call,
                                                               const pb::SendContactCodeRequest& in) {
  return Answer<pb::AssignedRecovery>(call, [&] { return SendNow(call, in); });
}

absl::StatusOr<pb::AssignedRecovery> Handlers::SendNow(const rpc::Call& call,
                                                       const pb::SendContactCodeRequest& in) const {
  const ContactCodeRequest request = TRY(Parse(in));
  const Recovery recovery = TRY(ReadAssigned(call, request.id));
  TRY(MayAskForCode(recovery, call.now));
  const People people = TRY(GatherPeople(call, recovery));
  CodeMessage message;
  message.address = people.contact.phone;
  message.channel = request.channel;
  message.locale = people.contact.locale;
  message.masked_principal = recovery.masked_principal;
  message.client = request.client;
  const Sent sent = TRY(NextCode(call, recovery, Side::kContact, message));
  return parts_.once.Run<pb::AssignedRecovery>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::AssignedRecovery> {
        const Recovery before = TRY(LoadAssigned(txn, call, request.id));
        const Recovery after = TRY(ContactCodeSent(before, sent.serial, sent.status, call.now));
        return ToContactView(TRY(Save(txn, call, before, after)), true, call.now);
      });
}

absl::Status Handlers::ChargeMatchCode(const rpc::Call& call, const Recovery& recovery,
                                       const std::string& typed) const {
  if (recovery.match_code.empty()) return absl::OkStatus();
  bool right = false;
  int tries_left = 0;
  TRY(parts_.once.database().Update([&](kv::Txn& txn) -> absl::Status {
    const Recovery before = TRY(Load(txn, recovery.id));
    const MatchTry tried = TRY(TryMatchCode(before, typed, call.request_id, call.now));
    right = tried.right;
    tries_left = tried.tries_left;
    const bool charged = tried.next.match_misses != before.match_misses;
    if (charged) TRY(EnterMatchTry(txn, before, call.now));
    return Save(txn, call, before, tried.next).status();
  }));
  if (right) return absl::OkStatus();
  if (tries_left <= 0) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kAttemptsExhausted,
                  "no attempts are left; the recovery has ended");
  }
  return Refuse(absl::StatusCode::kInvalidArgument, Reason::kMatchCodeMismatch,
                "these are not the four digits that the person sees")
      .With("attempts_left", absl::StrCat(tries_left));
}

absl::StatusOr<ApprovalEvidence> Handlers::GatherApproval(const rpc::Call& call, const Recovery& recovery,
                                                          const ApproveRequest& request) const {
  const ContactPlace place{request.client.device, call.person->device, request.client.address};
  if (SamePlace(recovery, place)) return HoldAndRefuse(call, recovery, HoldReason::kSameDevice);
  ApprovalEvidence evidence = TRY(GatherPeople(call, recovery)).evidence;
  evidence.place = place;
  evidence.session_age = call.now - call.person->auth_time;
  evidence.match_code = request.match_code;
  // Last, so that nothing else can still refuse after the code has been used.
  TRY(CheckCode(call, recovery, Side::kContact, {request.code, request.code_client}));
  TRY(ConsumeCode(call, recovery, Side::kContact));
  evidence.code_consumed = true;
  return evidence;
}

absl::StatusOr<pb::AssignedRecovery> Handlers::ApproveRecovery(const rpc::Call& call,
                                                               const pb::ApproveRecoveryRequest& in) {
  return Answer<pb::AssignedRecovery>(call, [&] { return ApproveNow(call, in); });
}

absl::StatusOr<pb::AssignedRecovery> Handlers::ApproveNow(const rpc::Call& call,
                                                          const pb::ApproveRecoveryRequest& in) const {
  const ApproveRequest request = TRY(Parse(in));
  const Recovery recovery = TRY(ReadAssigned(call, request.id));
  TRY(Move(recovery, Trigger::kApprove, Actor::kContact, call.now));
  TRY(RequireRecentSignIn(call.now - call.person->auth_time, recovery.policy.session_age));
  TRY(CheckWarning(recovery, call.now));
  TRY(ChargeMatchCode(call, recovery, request.match_code));
  const ApprovalEvidence evidence = TRY(GatherApproval(call, recovery, request));
  const std::string grant_hash = Tokens::HashOf(parts_.tokens.GrantOf(recovery));
  bool mutual = false;
  const absl::StatusOr<pb::AssignedRecovery> approved =
      parts_.once.Run<pb::AssignedRecovery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::AssignedRecovery> {
        const Recovery before = TRY(LoadAssigned(txn, call, request.id));
        const Recovery after = TRY(Approve(before, evidence, grant_hash, call.now));
        mutual = TRY(MirrorOf(txn, parts_.store, before.principal, before.contact, call.now)).has_value();
        if (mutual) return RefuseHeld(HoldReason::kMutualRecovery);
        return ToContactView(TRY(Save(txn, call, before, after)), false, call.now);
      });
  return mutual && !approved.ok() ? HoldPairAndRefuse(call, recovery) : approved;
}

absl::StatusOr<pb::AssignedRecovery> Handlers::RejectRecovery(const rpc::Call& call,
                                                              const pb::RejectRecoveryRequest& in) {
  const RejectRequest request = TRY(Parse(in));
  bool first = false;  // not an answer given again
  const absl::StatusOr<pb::AssignedRecovery> rejected =
      parts_.once.Run<pb::AssignedRecovery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::AssignedRecovery> {
        first = true;
        const Recovery before = TRY(LoadAssigned(txn, call, request.id));
        const Recovery after = TRY(Reject(before, request.reason, call.now));
        return ToContactView(TRY(Save(txn, call, before, after)), false, call.now);
      });
  if (first && rejected.ok() && request.reason == RejectReason::kFraud) AlarmOfFraud(request.id);
  return rejected;
}

}  // namespace tc::recovery
