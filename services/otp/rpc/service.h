#pragma once

// The binding of the handlers to gRPC. The handlers and the gate must outlive the services.

#include <memory>
#include <vector>

#include "common/rpc/gate.h"
#include "services/otp/rpc/delivery_handlers.h"
#include "services/otp/rpc/verification_handlers.h"

namespace grpc {
class Service;
}

namespace tc::otp {

// OtpService and DeliveryService.
std::vector<std::shared_ptr<grpc::Service>> MakeServices(VerificationHandlers& verifications,
                                                         DeliveryHandlers& deliveries, rpc::Gate& gate);

}  // namespace tc::otp
