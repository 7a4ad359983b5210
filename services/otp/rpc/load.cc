#include "services/otp/rpc/load.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {

absl::Status CheckFree(kv::ReadTxn& txn, const VerificationId& id) {
  if (!TRY(FindVerification(txn, id)).has_value()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists,
                "a verification with this id exists");
}

absl::StatusOr<Verification> Load(kv::ReadTxn& txn, const VerificationId& id, absl::string_view caller) {
  std::optional<Verification> v = TRY(FindVerification(txn, id));
  if (!v.has_value() || v->binding.caller != caller) return NotFound("verification");
  return *std::move(v);
}

absl::StatusOr<Verification> Load(kv::ReadTxn& txn, const VerificationId& id, const Binding& binding) {
  std::optional<Verification> v = TRY(FindVerification(txn, id));
  if (!v.has_value() || !(v->binding == binding)) return NotFound("verification");
  return *std::move(v);
}

}  // namespace tc::otp
