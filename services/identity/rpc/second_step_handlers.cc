#include "services/identity/rpc/second_step_handlers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/rpc/app_code.h"
#include "services/identity/rpc/code_steps.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

absl::Status NotAwaited(absl::string_view sentence) {
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed, sentence);
}

absl::Status CheckAwaited(const Entrance& entrance, absl::Time now) {
  if (entrance.gate == SignInGate::kClosed) {
    Account account = entrance.dossier.account;  // a freeze does not close the sign-in, nor hide what does
    account.owner_freeze_until.reset();
    account.danger_freeze_until.reset();
    TRY(RequireState(account, {State::kActive}, now));
  }
  if (entrance.settings.second_factor == SecondFactor::kNone)
    return NotAwaited("this account has no second factor");
  if (!entrance.credential.AwaitsSecondFactorAt(now)) return NotAwaited("the password must be given first");
  return absl::OkStatus();
}

// Of each code its own, so that no attempt at one is taken for an attempt at another.
std::string RequestOf(const AccountId& account, const SmsUnderWay& sms) {
  return absl::StrCat(account.Name(), "/secondFactors/", sms.verification.text());
}

CodeOrder OrderFor(const Account& account, const OwnedPhone& phone, const SmsUnderWay& sms,
                   const CodeClient& client) {
  CodeOrder order;
  order.client = client;
  order.id = sms.verification;
  order.purpose = CodePurpose::kSecondFactor;
  order.account = account.id;
  order.request = RequestOf(account.id, sms);
  order.phone = phone.number;
  order.locale = account.locale;
  return order;
}

}  // namespace

absl::StatusOr<SecondStepHandlers::Scene> SecondStepHandlers::Load(kv::ReadTxn& txn, const AccountId& account,
                                                                   const SignInStep& step) const {
  Scene scene;
  scene.entrance = TRY(LoadEntrance(txn, desk_, account, step.marks, step.call.now));
  TRY(CheckAwaited(scene.entrance, step.call.now));
  scene.factors = TRY(desk_.second_factors.Get(txn, account));
  return scene;
}

absl::StatusOr<pb::VerifySecondFactorResponse> SecondStepHandlers::SendCode(const SecondStep& order,
                                                                            const SignInStep& step,
                                                                            const Scene& seen) {
  const rpc::Call& call = step.call;
  const Account& account = seen.entrance.dossier.account;
  const OwnedPhone phone = TRY(NumberForCode(account.type, seen.entrance.dossier.phones, order.phone));
  const std::optional<SmsUnderWay>& present = seen.factors.sms;
  SmsUnderWay sms;
  std::optional<CodeProgress> progress;
  if (present.has_value() && present->phone == phone.id) {
    sms = *present;
    progress = TRY(ContinueCode(desk_, call, OrderFor(account, phone, sms, order.code_client)));
  }
  if (!progress.has_value()) {
    // Derived, so that a repeated call finds the verification that it made before a crash.
    sms = {VerificationId::FromTrusted(
               crypto::DerivedUuid({"second-factor", account.id.text(), call.request_id})),
           phone.id};
    progress = TRY(BeginCode(desk_, call, OrderFor(account, phone, sms, order.code_client)));
  }
  return desk_.once.Run<pb::VerifySecondFactorResponse>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::VerifySecondFactorResponse> {
        Scene scene = TRY(Load(txn, order.account, step));
        const std::optional<SmsUnderWay> before = std::exchange(scene.factors.sms, sms);
        if (before.has_value() && before->verification != sms.verification)
          TRY(EnqueueCancel(txn, before->verification, call.now));
        TRY(desk_.second_factors.Put(txn, order.account, scene.factors));
        pb::VerifySecondFactorResponse out;
        *out.mutable_progress() = ToProto(*progress);
        return out;
      });
}

absl::StatusOr<pb::VerifySecondFactorResponse> SecondStepHandlers::CheckSms(const SecondStep& order,
                                                                            const SignInStep& step,
                                                                            const Scene& seen) {
  if (!seen.factors.sms.has_value()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationClosed, "no code was sent");
  }
  const SmsUnderWay sms = *seen.factors.sms;
  const CodeSubject subject{sms.verification, CodePurpose::kSecondFactor, order.account,
                            RequestOf(order.account, sms)};
  // A refusal is no wrong code: nothing is counted against the sign-in.
  const CodeCheck check = TRY(desk_.CheckCode(subject, {order.code, order.code_client}, step.call.deadline));
  return desk_.once.Run<pb::VerifySecondFactorResponse>(
      step.call, [&](kv::Txn& txn) -> absl::StatusOr<pb::VerifySecondFactorResponse> {
        Scene scene = TRY(Load(txn, order.account, step));
        if (scene.factors.sms != sms || scene.entrance.settings.second_factor != SecondFactor::kSms)
          return Overtaken();
        pb::VerifySecondFactorResponse out;
        if (!check.matched) {
          CodeProgress progress = check.progress;
          progress.attempts_left =
              std::min(progress.attempts_left,
                       TRY(RefuseSignIn(txn, desk_, step, scene.entrance, FactorName(SecondFactor::kSms))));
          *out.mutable_progress() = ToProto(progress);
          return out;
        }
        scene.factors.sms.reset();
        TRY(desk_.second_factors.Put(txn, order.account, scene.factors));
        out.set_verified(true);
        out.set_new_device(TRY(CompleteSignIn(txn, desk_, step, scene.entrance)));
        return out;
      });
}

absl::StatusOr<pb::VerifySecondFactorResponse> SecondStepHandlers::CheckTotp(const SecondStep& order,
                                                                             const SignInStep& step) {
  const absl::Time now = step.call.now;
  return desk_.once.Run<pb::VerifySecondFactorResponse>(
      step.call, [&](kv::Txn& txn) -> absl::StatusOr<pb::VerifySecondFactorResponse> {
        Scene scene = TRY(Load(txn, order.account, step));
        if (!scene.factors.totp.has_value()) return Overtaken();
        pb::VerifySecondFactorResponse out;
        const std::optional<int64_t> matched = StepOf(*scene.factors.totp, order.code, now);
        if (!matched.has_value()) {
          CodeProgress progress;
          progress.attempts_left =
              TRY(RefuseSignIn(txn, desk_, step, scene.entrance, FactorName(SecondFactor::kTotp)));
          progress.server_time = now;
          *out.mutable_progress() = ToProto(progress);
          return out;
        }
        scene.factors.totp->last_step = *matched;
        TRY(desk_.second_factors.Put(txn, order.account, scene.factors));
        out.set_verified(true);
        out.set_new_device(TRY(CompleteSignIn(txn, desk_, step, scene.entrance)));
        return out;
      });
}

absl::StatusOr<pb::VerifySecondFactorResponse> SecondStepHandlers::VerifySecondFactor(
    const rpc::Call& call, const pb::VerifySecondFactorRequest& in) {
  if (std::optional<pb::VerifySecondFactorResponse> earlier =
          TRY(desk_.once.Replay<pb::VerifySecondFactorResponse>(call))) {
    return *std::move(earlier);
  }
  const SecondStep order = TRY(Parse(in));
  const SignInStep step{call, order.client, desk_.MarksOf(order.account, order.client),
                        desk_.random.Digits(8)};
  Scene seen;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    seen = TRY(Load(txn, order.account, step));
    return absl::OkStatus();
  }));
  const bool app = seen.entrance.settings.second_factor == SecondFactor::kTotp;
  if (app && order.send_sms) return NotAwaited("the second factor of this account is an app");
  if (app) return CheckTotp(order, step);
  return order.send_sms ? SendCode(order, step, seen) : CheckSms(order, step, seen);
}

}  // namespace tc::identity
