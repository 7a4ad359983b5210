// The contact's calls. Everything is done as the signed-in person, on recoveries that were laid before him.

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/rpc/handlers.h"

namespace tc::recovery {

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
        return ToContactView(TRY(Save(txn, call, before, after)), true, call.now);
      });
}

absl::StatusOr<ContactPhone> Handlers::PhoneOf(const rpc::Call& call, const AccountId& contact) const {
  const std::optional<KnownAccount> known = TRY(parts_.identity.Lookup(contact, call.deadline));
  if (!known.has_value() || !known->active || !known->phone.has_value())
    return ContactPhone{"", absl::InfiniteFuture()};
  return ContactPhone{parts_.tokens.IndexOf(known->phone.e164()), known->phone_bound_at};
}

absl::Status Handlers::HoldAndRefuse(const rpc::Call& call, const Recovery& recovery,
                                     HoldReason reason) const {
  TRY(Change(call, recovery.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
    return Hold(now, reason, Actor::kSystem, call.now);
  }));
  return RefuseHeld(reason);
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
  const std::optional<KnownAccount> contact = TRY(parts_.identity.Lookup(recovery.contact, call.deadline));
  ContactPhone phone{"", absl::InfiniteFuture()};
  if (contact.has_value() && contact->active) {
    phone = {parts_.tokens.IndexOf(contact->phone.e164()), contact->phone_bound_at};
  }
  if (const std::optional<HoldReason> reason = WhyHold(recovery, phone, call.now)) {
    return HoldAndRefuse(call, recovery, *reason);
  }
  CodeMessage message;
  message.address = contact->phone;
  message.channel = request.channel;
  message.locale = contact->locale;
  message.masked_principal = recovery.masked_principal;
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
  TRY(Change(call, recovery.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
    const MatchTry tried = TRY(TryMatchCode(now, typed, call.request_id, call.now));
    right = tried.right;
    tries_left = tried.tries_left;
    return tried.next;
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
  ApprovalEvidence evidence;
  evidence.version = recovery.version;
  evidence.session_age = call.now - call.person->auth_time;
  evidence.match_code = request.match_code;
  evidence.guard = TRY(parts_.linking.GetGuard(recovery.principal, call.deadline));
  if (!SameGuard(recovery, evidence.guard)) return HoldAndRefuse(call, recovery, HoldReason::kGuardChanged);
  evidence.phone = TRY(PhoneOf(call, recovery.contact));
  if (const std::optional<HoldReason> reason = WhyHold(recovery, evidence.phone, call.now)) {
    return HoldAndRefuse(call, recovery, *reason);
  }
  evidence.principal = TRY(parts_.identity.CheckPrincipal(recovery.principal, call.deadline));
  evidence.contact = TRY(parts_.identity.CheckContact(recovery.contact, call.deadline));
  TRY(CheckEligibility(evidence.principal, evidence.contact, call.now));
  // Last, so that nothing else can still refuse after the code has been used.
  TRY(CheckCode(call, recovery, Side::kContact, request.code));
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
  TRY(CheckSession(recovery.policy, call.now - call.person->auth_time));
  TRY(ChargeMatchCode(call, recovery, request.match_code));
  const ApprovalEvidence evidence = TRY(GatherApproval(call, recovery, request));
  const std::string grant_hash = Tokens::GrantHash(parts_.tokens.GrantOf(recovery));
  return parts_.once.Run<pb::AssignedRecovery>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::AssignedRecovery> {
        const Recovery before = TRY(LoadAssigned(txn, call, request.id));
        const Recovery after = TRY(Approve(before, evidence, grant_hash, call.now));
        return ToContactView(TRY(Save(txn, call, before, after)), false, call.now);
      });
}

absl::StatusOr<pb::AssignedRecovery> Handlers::RejectRecovery(const rpc::Call& call,
                                                              const pb::RejectRecoveryRequest& in) {
  const RejectRequest request = TRY(Parse(in));
  return parts_.once.Run<pb::AssignedRecovery>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::AssignedRecovery> {
        const Recovery before = TRY(LoadAssigned(txn, call, request.id));
        const Recovery after = TRY(Reject(before, request.reason, call.now));
        return ToContactView(TRY(Save(txn, call, before, after)), false, call.now);
      });
}

}  // namespace tc::recovery
