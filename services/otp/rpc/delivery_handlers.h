#pragma once

// Handlers of DeliveryService. Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/otp/rpc/convert.h"
#include "services/otp/rpc/desk.h"

namespace tc::otp {

class DeliveryHandlers {
 public:
  explicit DeliveryHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::SendNotificationResponse> SendNotification(const rpc::Call& call,
                                                                const pb::SendNotificationRequest& in);
  absl::StatusOr<pb::Delivery> GetDelivery(const rpc::Call& call, const pb::GetDeliveryRequest& in);
  absl::StatusOr<pb::ListDeliveriesResponse> ListDeliveries(const rpc::Call& call,
                                                            const pb::ListDeliveriesRequest& in);
  absl::StatusOr<pb::Delivery> ReportDelivery(const rpc::Call& call, const pb::ReportDeliveryRequest& in);

 private:
  const Desk& desk_;
};

}  // namespace tc::otp
