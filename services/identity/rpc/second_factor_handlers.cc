#include "services/identity/rpc/second_factor_handlers.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/crypto/totp.h"
#include "services/identity/rpc/app_code.h"
#include "services/identity/rpc/settings_handlers.h"
#include "services/identity/rpc/sign_in_steps.h"

namespace tc::identity {
namespace {

constexpr char kIssuer[] = "Trusted Contact";

absl::Status RequireTotp(const SecuritySettings& settings, const SecondFactors& factors) {
  if (settings.second_factor == SecondFactor::kTotp && factors.totp.has_value()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed, "no app is in use")
      .With("state", FactorName(settings.second_factor));
}

}  // namespace

absl::StatusOr<pb::TotpEnrollment> SecondFactorHandlers::EnrollTotp(const rpc::Call& call,
                                                                    const pb::EnrollTotpRequest& in) {
  const OwnOrder order = TRY(Parse(in));
  TRY(desk_.CheckOwner(call, order.account));
  TRY(desk_.CheckRecentSignIn(call, order.account));
  const TotpEnrolment fresh{Secret(desk_.random.Bytes(crypto::kTotpKeyBytes)),
                            call.now + TotpEnrolment::kLifetime, 0};
  return desk_.once.Run<pb::TotpEnrollment>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::TotpEnrollment> {
    const Dossier dossier = TRY(desk_.Load(txn, order.account));
    TRY(RequireState(dossier.account, {State::kActive}, call.now));
    SecondFactors factors = TRY(desk_.second_factors.Get(txn, order.account));
    factors.enrolment = fresh;
    TRY(desk_.second_factors.Put(txn, order.account, factors));
    TRY(desk_.Record(txn, call, dossier.account, "SecondFactorEnrolled",
                     {{"factor", std::string(FactorName(SecondFactor::kTotp))}}, {order.client, ""}));
    pb::TotpEnrollment out;
    out.set_account(order.account.Name());
    out.set_uri(std::string(crypto::TotpUri(kIssuer, order.account.text(), fresh.key).Reveal()));
    out.set_secret(std::string(crypto::TotpKeyText(fresh.key).Reveal()));
    SetTime(out.mutable_expire_time(), fresh.expires_at);
    return out;
  });
}

absl::Status SecondFactorHandlers::JudgeFirstCode(const rpc::Call& call, const AppCode& order) const {
  std::optional<int> left;  // after a wrong one
  TRY(desk_.database().Update([&](kv::Txn& txn) -> absl::Status {
    left.reset();
    const Account account = TRY(desk_.accounts.Get(txn, order.account));
    TRY(RequireState(account, {State::kActive}, call.now));
    SecondFactors factors = TRY(desk_.second_factors.Get(txn, order.account));
    TRY(CheckEnrolment(factors.enrolment, call.now));
    if (StepOf(*factors.enrolment, order.code, call.now).has_value()) return absl::OkStatus();
    factors.enrolment->wrong += 1;
    left = TotpEnrolment::kAttempts - factors.enrolment->wrong;
    TRY(RecordWrongOne(txn, desk_, call, account,
                       {FactorName(SecondFactor::kTotp), "APP_ENROLMENT", order.client}));
    return desk_.second_factors.Put(txn, order.account, factors);
  }));
  return left.has_value() ? CodeMismatch(*left) : absl::OkStatus();
}

absl::StatusOr<pb::SecuritySettings> SecondFactorHandlers::ConfirmTotp(const rpc::Call& call,
                                                                       const pb::ConfirmTotpRequest& in) {
  if (std::optional<pb::SecuritySettings> earlier = TRY(desk_.once.Replay<pb::SecuritySettings>(call)))
    return *std::move(earlier);
  const AppCode order = TRY(Parse(in));
  TRY(desk_.CheckOwner(call, order.account));
  TRY(desk_.CheckRecentSignIn(call, order.account));
  TRY(JudgeFirstCode(call, order));
  return desk_.once.Run<pb::SecuritySettings>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::SecuritySettings> {
        const Dossier dossier = TRY(desk_.Load(txn, order.account));
        TRY(RequireState(dossier.account, {State::kActive}, call.now));
        SecondFactors factors = TRY(desk_.second_factors.Get(txn, order.account));
        TRY(CheckEnrolment(factors.enrolment, call.now));
        const std::optional<int64_t> step = StepOf(*factors.enrolment, order.code, call.now);
        if (!step.has_value()) return Overtaken();
        factors.totp = TotpInUse{factors.enrolment->key, *step};
        factors.enrolment.reset();
        TRY(desk_.second_factors.Put(txn, order.account, factors));
        SecuritySettings settings = TRY(desk_.preferences.Get(txn, order.account));
        settings.second_factor = SecondFactor::kTotp;
        TRY(desk_.preferences.Put(txn, order.account, settings));
        TRY(TellSecondFactor(txn, desk_, call, dossier, SecondFactor::kTotp, {order.client, ""}));
        return ToProto(settings, order.account);
      });
}

absl::Status SecondFactorHandlers::JudgeLastCode(const rpc::Call& call, const AppCode& order) const {
  const std::string lock_number = desk_.random.Digits(8);
  std::optional<int> left;  // after a wrong one
  TRY(desk_.database().Update([&](kv::Txn& txn) -> absl::Status {
    left.reset();
    const Dossier dossier = TRY(desk_.Load(txn, order.account));
    TRY(RequireState(dossier.account, {State::kActive}, call.now));
    const SecondFactors factors = TRY(desk_.second_factors.Get(txn, order.account));
    TRY(RequireTotp(TRY(desk_.preferences.Get(txn, order.account)), factors));
    if (StepOf(*factors.totp, order.code, call.now).has_value()) return absl::OkStatus();
    left = TRY(CountWrongOne(txn, desk_, call, dossier, TRY(desk_.credentials.Get(txn, order.account)),
                             {FactorName(SecondFactor::kTotp), "APP_REMOVAL", order.client, lock_number}));
    return absl::OkStatus();
  }));
  return left.has_value() ? CodeMismatch(*left) : absl::OkStatus();
}

absl::StatusOr<pb::SecuritySettings> SecondFactorHandlers::DisableTotp(const rpc::Call& call,
                                                                       const pb::DisableTotpRequest& in) {
  if (std::optional<pb::SecuritySettings> earlier = TRY(desk_.once.Replay<pb::SecuritySettings>(call)))
    return *std::move(earlier);
  const bool owner = call.peer.role == rpc::Role::kPortal;
  const AppCode order = TRY(Parse(in, call.peer.role));
  TRY(desk_.CheckOwner(call, order.account));
  TRY(desk_.CheckRecentSignIn(call, order.account));
  if (owner) TRY(JudgeLastCode(call, order));
  return desk_.once.Run<pb::SecuritySettings>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::SecuritySettings> {
        const Dossier dossier = TRY(desk_.Load(txn, order.account));
        // Who has lost his app may have locked himself out, too: an officer may help then.
        TRY(owner
                ? RequireState(dossier.account, {State::kActive}, call.now)
                : RequireState(dossier.account,
                               {State::kActive, State::kLocked, State::kFrozen, State::kBlocked}, call.now));
        SecuritySettings settings = TRY(desk_.preferences.Get(txn, order.account));
        SecondFactors factors = TRY(desk_.second_factors.Get(txn, order.account));
        TRY(RequireTotp(settings, factors));
        if (owner && !StepOf(*factors.totp, order.code, call.now).has_value()) return Overtaken();
        factors.totp.reset();
        TRY(desk_.second_factors.Put(txn, order.account, factors));
        settings.second_factor = SecondFactor::kNone;
        TRY(desk_.preferences.Put(txn, order.account, settings));
        TRY(TellSecondFactor(txn, desk_, call, dossier, SecondFactor::kNone, {order.client, order.reason}));
        return ToProto(settings, order.account);
      });
}

}  // namespace tc::identity
