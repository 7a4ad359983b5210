#include "services/otp/rpc/tries.h"

#include <string>

#include "common/base/status.h"
#include "common/obs/log.h"

namespace tc::otp {
namespace {

Try TryAt(const Verification& v, absl::Time at) { return {v.binding.purpose, v.address_index, at}; }

}  // namespace

absl::StatusOr<TryCharge> ChargeTries(kv::ReadTxn& txn, const Verification& v, bool challenge_passed,
                                      absl::Time now, const Policy& policy) {
  TryCharge charge;
  charge.tries = TRY(FindTries(txn, v.binding.subject));
  charge.tries.tries = TRY(ChargeTry(charge.tries.tries, TryAt(v, now), policy));
  const Window spray = TRY(FindSpray(txn, v.binding.purpose));
  charge.braked = SprayBraked(spray, now, policy);
  charge.spray = TRY(ChargeSpray(spray, challenge_passed, now, policy));
  return charge;
}

absl::Status SaveCharge(kv::Txn& txn, const Verification& v, const TryCharge& charge, const Policy& policy) {
  TRY(SaveTries(txn, v.binding.subject, charge.tries, policy));
  return SaveSpray(txn, v.binding.purpose, charge.spray);
}

absl::Status GiveBackTries(kv::Txn& txn, const Verification& approved, absl::Time at, const Policy& policy) {
  const Binding& binding = approved.binding;
  KeptTries kept = TRY(FindTries(txn, binding.subject));
  kept.tries = GiveBackTry(kept.tries, TryAt(approved, at));
  TRY(SaveTries(txn, binding.subject, std::move(kept), policy));
  return SaveSpray(txn, binding.purpose, GiveBackSpray(TRY(FindSpray(txn, binding.purpose)), at));
}

absl::Status CheckAddressEnabled(kv::ReadTxn& txn, const Binding& binding, absl::string_view address_index,
                                 const Policy& policy) {
  if (Binds(binding.purpose)) return absl::OkStatus();
  return CheckEnabled(TRY(FindTries(txn, binding.subject)).tries, binding.purpose, address_index, policy);
}

BrakeSigns::BrakeSigns() {
  for (size_t i = 0; i < signs_.size(); ++i) {
    signs_[i].gauge = &obs::GetGauge("tc_otp_spray_brake",
                                     "1 while so many wrong codes come that each attempt needs a challenge.",
                                     {{"purpose", std::string(PurposeName(static_cast<Purpose>(i)))}});
    signs_[i].gauge->Set(0);
  }
}

void BrakeSigns::Show(Purpose purpose, bool braked) {
  Sign& sign = signs_[static_cast<size_t>(purpose)];
  if (sign.braked.exchange(braked) == braked) return;
  sign.gauge->Set(braked ? 1 : 0);
  obs::Warning(braked ? "very many wrong codes: attempts need a passed challenge"
                      : "wrong codes are few again: attempts need no challenge",
               {{"purpose", PurposeName(purpose)}});
}

}  // namespace tc::otp
