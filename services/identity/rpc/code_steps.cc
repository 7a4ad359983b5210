#include "services/identity/rpc/code_steps.h"

#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::identity {
namespace {

bool Ended(const absl::Status& status) {
  return HasReason(status, Reason::kVerificationExpired) || HasReason(status, Reason::kVerificationClosed) ||
         HasReason(status, Reason::kAttemptsExhausted) || status.code() == absl::StatusCode::kNotFound;
}

}  // namespace

absl::StatusOr<CodeProgress> BeginCode(const Desk& desk, const rpc::Call& call, CodeOrder order) {
  order.request_id = crypto::DerivedUuid({"create", order.id.text()});
  return desk.otp.Create(order, call.deadline);
}

absl::StatusOr<std::optional<CodeProgress>> ContinueCode(const Desk& desk, const rpc::Call& call,
                                                         CodeOrder order) {
  order.request_id = crypto::DerivedUuid({"resend", order.id.text(), call.request_id});
  const absl::StatusOr<CodeProgress> progress = desk.otp.Resend(order, call.deadline);
  if (progress.ok()) return std::optional(*progress);
  if (Ended(progress.status())) return std::optional<CodeProgress>();
  return progress.status();
}

}  // namespace tc::identity
