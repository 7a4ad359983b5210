#include "services/otp/rpc/convert.h"

namespace tc::otp {
namespace {

namespace type = ::trustedcontact::type::v1;

type::Channel ToProto(Channel channel) { return static_cast<type::Channel>(static_cast<int>(channel) + 1); }

pb::ReceiptOutcome ToProto(DeliveryTrigger receipt) {
  if (receipt == DeliveryTrigger::kReceiptDelivered) return pb::RECEIPT_OUTCOME_DELIVERED;
  return receipt == DeliveryTrigger::kReceiptFailed ? pb::RECEIPT_OUTCOME_FAILED
                                                    : pb::RECEIPT_OUTCOME_DEFERRED;
}

void SetTime(absl::Time time, google::protobuf::Timestamp& out) {
  const int64_t us = absl::ToUnixMicros(time);
  out.set_seconds(us / 1000000);
  out.set_nanos(static_cast<int32_t>(us % 1000000) * 1000);
}

}  // namespace

pb::Verification ToProto(const Verification& v, absl::Time now, const Policy& policy) {
  pb::Verification out;
  const VerificationState state = StateAt(v, now, policy);
  out.set_name(v.id.Name());
  out.set_state(static_cast<pb::Verification::State>(static_cast<int>(state) + 1));
  out.set_purpose(static_cast<pb::Purpose>(static_cast<int>(v.binding.purpose) + 1));
  out.set_channel(ToProto(v.channel));
  out.set_delivery(v.delivery.Name());
  out.set_code_digits(v.code_digits);
  SetTime(v.created, *out.mutable_create_time());
  if (state == VerificationState::kApproved)
    SetTime(v.approved + policy.approval_lifetime, *out.mutable_approval_expire_time());
  const Progress at = ProgressAt(v, now, policy);
  type::CodeProgress& progress = *out.mutable_progress();
  progress.set_attempts_left(at.attempts_left);
  SetTime(v.expires, *progress.mutable_expire_time());
  SetTime(at.next_attempt, *progress.mutable_next_attempt_time());
  if (at.next_send.has_value()) SetTime(*at.next_send, *progress.mutable_next_send_time());
  progress.set_sends_left(at.sends_left);
  for (const Channel channel : at.channels) progress.add_channels(ToProto(channel));
  SetTime(now, *progress.mutable_server_time());
  progress.set_masked_address(v.masked_address);
  return out;
}

pb::Delivery ToProto(const Delivery& delivery) {
  pb::Delivery out;
  out.set_name(delivery.id.Name());
  out.set_state(static_cast<pb::Delivery::State>(static_cast<int>(delivery.state) + 1));
  out.set_parent(delivery.parent);
  out.set_channel(ToProto(delivery.channel));
  out.set_masked_address(delivery.masked_address);
  out.set_template_(delivery.template_name);
  SetTime(delivery.created, *out.mutable_create_time());
  SetTime(delivery.updated, *out.mutable_update_time());
  SetTime(delivery.expires, *out.mutable_expire_time());
  for (const DeliveryAttempt& attempt : delivery.attempts) {
    pb::DeliveryAttempt& added = *out.add_attempts();
    SetTime(attempt.at, *added.mutable_start_time());
    added.set_provider(attempt.provider);
    added.set_outcome(attempt.outcome);
    added.set_channel(ToProto(attempt.channel));
    added.set_provider_message(attempt.provider_message);
    if (!attempt.receipt.has_value()) continue;
    added.set_receipt(ToProto(*attempt.receipt));
    SetTime(attempt.receipt_at, *added.mutable_receipt_time());
  }
  out.set_provider_message(delivery.provider_message);
  out.set_caller(delivery.caller);
  return out;
}

}  // namespace tc::otp
