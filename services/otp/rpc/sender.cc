#include "services/otp/rpc/sender.h"

#include "common/base/status.h"
#include "common/obs/metrics.h"
#include "services/otp/store/delivery_store.h"
#include "services/otp/store/sealed.h"

namespace tc::otp {
namespace {

bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

DeliveryTrigger TriggerOf(const absl::Status& status) {
  if (status.ok()) return DeliveryTrigger::kAccept;
  return IsPassing(status) ? DeliveryTrigger::kPostpone : DeliveryTrigger::kReject;
}

void Count(Channel channel, DeliveryTrigger outcome) {
  const char* name = outcome == DeliveryTrigger::kAccept   ? "accepted"
                     : outcome == DeliveryTrigger::kReject ? "rejected"
                                                           : "postponed";
  obs::GetCounter("tc_otp_send_attempts_total", "Messages offered to a provider.",
                  {{"channel", std::string(ChannelName(channel))}, {"outcome", name}})
      .Increment();
}

}  // namespace

absl::Status Sender::Perform(const kv::OutboxRow& row) {
  Message message = TRY(Open(sealer_, row.payload));
  message.request_id = row.request_id;
  if (!TRY(Begin(message))) return absl::OkStatus();
  absl::StatusOr<Acceptance> result = Acceptance{};
  if (!message.to.decoy()) result = provider_.Send(message);
  TRY(End(message, result));
  return IsPassing(result.status()) ? result.status() : absl::OkStatus();
}

absl::StatusOr<bool> Sender::Begin(const Message& message) {
  const absl::Time now = clock_.Now();
  bool wanted = false;
  TRY(database_.Update([&](kv::Txn& txn) -> absl::Status {
    wanted = false;
    const std::optional<Delivery> delivery = TRY(FindDelivery(txn, message.delivery));
    if (!delivery.has_value() || now >= message.expires) return absl::OkStatus();
    const std::optional<Delivery> after = BeginAttempt(*delivery, provider_.name(), now);
    if (!after.has_value()) return absl::OkStatus();
    wanted = true;
    return SaveDelivery(txn, *after);
  }));
  return wanted;
}

absl::Status Sender::End(const Message& message, const absl::StatusOr<Acceptance>& result) {
  const absl::Time now = clock_.Now();
  const DeliveryTrigger trigger = TriggerOf(result.status());
  Count(message.channel, trigger);
  const std::string outcome = result.ok() ? "ACCEPTED" : std::string(result.status().message());
  const std::string number = result.ok() ? result->provider_message : "";
  return database_
      .Update([&](kv::Txn& txn) -> absl::Status {
        const std::optional<Delivery> delivery = TRY(FindDelivery(txn, message.delivery));
        if (!delivery.has_value()) return absl::OkStatus();
        const std::optional<Delivery> after = EndAttempt(*delivery, trigger, outcome, number, now);
        // A receipt may have been faster than the provider's answer.
        return after.has_value() ? SaveDelivery(txn, *after) : absl::OkStatus();
      })
      .status();
}

}  // namespace tc::otp
