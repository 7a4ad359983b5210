// CheckVerification: charge, commit, compare, and only then approve (O2, OTP-07).

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/otp/rpc/conversions.h"
#include "services/otp/rpc/load.h"
#include "services/otp/rpc/recorder.h"
#include "services/otp/rpc/tries.h"
#include "services/otp/rpc/verification_handlers.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

pb::CheckVerificationResponse Answer(bool matched, const Verification& v, absl::Time now,
                                     const Policy& policy) {
  pb::CheckVerificationResponse response;
  response.set_matched(matched);
  *response.mutable_verification() = ToProto(v, now, policy);
  return response;
}

// When the attempt that approved `v` was charged, as the record has it.
absl::Time ApprovingAttemptOf(const Verification& v) {
  const auto attempt = std::find_if(v.attempts.begin(), v.attempts.end(),
                                    [&](const Attempt& a) { return a.request_id == v.approving_request_id; });
  return attempt == v.attempts.end() ? absl::InfinitePast() : attempt->at;
}

// Charged, whatever the code is worth: a right one is followed by VerificationApproved.
absl::Status EnterTry(kv::Txn& txn, const Verification& v, absl::Time now) {
  kv::Event act;
  act.type = "CodeTried";
  act.resource = v.id.Name();
  act.attributes = {{"purpose", std::string(PurposeName(v.binding.purpose))}, {"caller", v.binding.caller}};
  act.at = now;
  return txn.Audit(std::move(act));
}

bool ApprovedBy(const Verification& v, const rpc::Call& call) {
  return !v.approving_request_id.empty() && v.approving_request_id == call.request_id;
}

}  // namespace

// A check on its way from one transaction to the next.
struct VerificationHandlers::Check {
  Check(const rpc::Call& c, BoundRequest r, rpc::Answer<pb::CheckVerificationResponse> a)
      : call(c), request(std::move(r)), answer(std::move(a)) {}

  const rpc::Call& call;
  const BoundRequest request;
  rpc::Answer<pb::CheckVerificationResponse> answer;
  Charged charged;
  Met met;
  Verification approved;
};

void VerificationHandlers::CheckVerification(const rpc::Call& call, const pb::CheckVerificationRequest& in,
                                             rpc::Answer<pb::CheckVerificationResponse> answer) {
  absl::StatusOr<BoundRequest> request = Parse(call, in);
  if (!request.ok()) return answer.Give(request.status());
  if (desk_.switches.compare_before_charge) return answer.Give(CompareBeforeCharge(call, *request));
  auto check = std::make_shared<Check>(call, *std::move(request), std::move(answer));
  const std::string fingerprint = FingerprintOf(check->request);
  desk_.database().Submit(
      [this, check, fingerprint](kv::Txn& txn) -> absl::Status {
        check->charged = TRY(ChargeAttempt(txn, check->call, check->request, fingerprint, check->met));
        return absl::OkStatus();
      },
      [this, check](const absl::StatusOr<uint64_t>& done) {
        TellOfMet(check->request, check->met, check->call.now);
        if (!done.ok()) return check->answer.Give(done.status());
        Judge(check);
      });
}

void VerificationHandlers::TellOfMet(const BoundRequest& request, const Met& met, absl::Time now) {
  if (met.braked.has_value()) brakes_.Show(request.binding.purpose, *met.braked);
  if (!met.used.has_value() || !desk_.codes.Matches(*met.used, request.code.Reveal())) return;
  // The answer does not wait for it: its time must not tell the right code from a wrong one.
  desk_.database().Submit(
      [id = request.id, now](kv::Txn& txn) -> absl::Status {
        std::optional<Verification> v = TRY(FindVerification(txn, id));
        if (!v.has_value() || !WouldReplay(*v)) return absl::OkStatus();
        v->replayed = true;
        TRY(SaveVerification(txn, *v));
        return Tell(txn, "VerificationReplayed", *v, now);
      },
      [](const absl::StatusOr<uint64_t>&) {});
}

void VerificationHandlers::Judge(const std::shared_ptr<Check>& check) {
  const Charged& charged = check->charged;
  const Attempt& attempt = charged.after.attempts[charged.attempt];
  const Verification then = AsOfAttempt(charged.after, charged.attempt);
  if (ApprovedBy(charged.after, check->call)) {
    return check->answer.Give(Answer(true, then, attempt.at, desk_.policy));
  }
  // A repetition after a crash between the two transactions is compared again: same code, so nothing new is
  // learnt.
  const bool matched =
      attempt.code_number == charged.after.code_number && Compare(charged.after, check->request.code);
  if (!matched) return check->answer.Give(Answer(false, then, attempt.at, desk_.policy));
  desk_.database().Submit(
      [this, check, number = attempt.code_number](kv::Txn& txn) -> absl::Status {
        check->approved = TRY(ApproveAttempt(txn, check->call, check->request, number));
        return absl::OkStatus();
      },
      [this, check](const absl::StatusOr<uint64_t>& done) {
        if (!done.ok()) return check->answer.Give(done.status());
        const size_t number = check->charged.attempt;
        const Verification approved = AsOfAttempt(check->approved, number);
        check->answer.Give(Answer(true, approved, check->charged.after.attempts[number].at, desk_.policy));
      });
}

std::string VerificationHandlers::FingerprintOf(const BoundRequest& request) const {
  return desk_.codes.Fingerprint(request.id, request.code.Reveal());
}

absl::StatusOr<Charged> VerificationHandlers::ChargeAttempt(kv::Txn& txn, const rpc::Call& call,
                                                            const BoundRequest& request,
                                                            const std::string& fingerprint, Met& met) const {
  const Verification v = TRY(Load(txn, request.id, request.binding));
  if (request.code.Reveal().size() != static_cast<size_t>(v.code_digits)) return CodeFormat(v.code_digits);
  met = {};
  absl::StatusOr<Charged> charged = Charge(v, call.request_id, fingerprint, call.now, desk_.policy);
  if (HasReason(charged.status(), Reason::kVerificationClosed) && WouldReplay(v)) met.used = v;
  if (!charged.ok() || charged->repeated) return charged;
  const absl::StatusOr<TryCharge> elsewhere =
      ChargeTries(txn, v, request.client.challenge_passed, call.now, desk_.policy);
  if (elsewhere.ok()) met.braked = elsewhere->braked;
  if (HasReason(elsewhere.status(), Reason::kChallengeRequired)) met.braked = true;
  TRY(SaveCharge(txn, v, TRY(elsewhere), desk_.policy));
  TRY(Record(txn, charged->after, call.now, desk_.policy));
  TRY(EnterTry(txn, v, call.now));
  return charged;
}

absl::StatusOr<Verification> VerificationHandlers::ApproveAttempt(kv::Txn& txn, const rpc::Call& call,
                                                                  const BoundRequest& request,
                                                                  int code_number) const {
  const Verification v = TRY(Load(txn, request.id, request.binding));
  Verification approved = TRY(Approve(v, call.request_id, code_number, call.now));
  if (approved == v) return approved;
  TRY(SettleCode(txn, approved, true, call.now));
  TRY(GiveBackTries(txn, approved, ApprovingAttemptOf(approved), desk_.policy));
  // A late receipt of failure must not send a code again that has been entered.
  TRY(Withdraw(txn, approved.delivery, call.now));
  TRY(Record(txn, approved, call.now, desk_.policy));
  return approved;
}

bool VerificationHandlers::Compare(const Verification& v, const Secret& code) {
  if (desk_.switches.on_compare) desk_.switches.on_compare();
  const bool matches = desk_.codes.Matches(v, code.Reveal());
  (matches ? matched_ : mismatched_).Increment();
  return matches;
}

// The mutant that the concurrency test must catch: it looks, compares, and charges only afterwards.
absl::StatusOr<pb::CheckVerificationResponse> VerificationHandlers::CompareBeforeCharge(
    const rpc::Call& call, const BoundRequest& request) {
  Verification v;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    v = TRY(Load(txn, request.id, request.binding));
    TRY(Charge(v, call.request_id, "", call.now, desk_.policy));
    return ChargeTries(txn, v, request.client.challenge_passed, call.now, desk_.policy).status();
  }));
  const bool matched = Compare(v, request.code);
  Charged charged;
  Met met;
  const absl::Status done = desk_.database()
                                .Update([&](kv::Txn& txn) -> absl::Status {
                                  charged =
                                      TRY(ChargeAttempt(txn, call, request, FingerprintOf(request), met));
                                  return absl::OkStatus();
                                })
                                .status();
  return Answer(matched, done.ok() ? charged.after : v, call.now, desk_.policy);
}

}  // namespace tc::otp
