#include "services/otp/rpc/service.h"

#include "common/rpc/unary.h"

namespace tc::otp {
namespace {

std::shared_ptr<grpc::Service> MakeOtpService(VerificationHandlers& handlers, rpc::Gate& gate) {
  rpc::ServiceBuilder service(gate, "trustedcontact.otp.v1.OtpService");
  service.Serve("CreateVerification", handlers, &VerificationHandlers::CreateVerification);
  service.Serve("ResendVerification", handlers, &VerificationHandlers::ResendVerification);
  service.Serve("CancelVerification", handlers, &VerificationHandlers::CancelVerification);
  service.ServeAtOnce("GetVerification", handlers, &VerificationHandlers::GetVerification);
  service.ServeAtOnce("CheckVerification", handlers, &VerificationHandlers::CheckVerification);
  service.Serve("ConsumeVerification", handlers, &VerificationHandlers::ConsumeVerification);
  return service.Build();
}

std::shared_ptr<grpc::Service> MakeDeliveryService(DeliveryHandlers& handlers, rpc::Gate& gate) {
  rpc::ServiceBuilder service(gate, "trustedcontact.otp.v1.DeliveryService");
  service.Serve("SendNotification", handlers, &DeliveryHandlers::SendNotification);
  service.Serve("GetDelivery", handlers, &DeliveryHandlers::GetDelivery);
  service.Serve("ListDeliveries", handlers, &DeliveryHandlers::ListDeliveries);
  service.Serve("ReportDelivery", handlers, &DeliveryHandlers::ReportDelivery);
  return service.Build();
}

}  // namespace

std::vector<std::shared_ptr<grpc::Service>> MakeServices(VerificationHandlers& verifications,
                                                         DeliveryHandlers& deliveries, rpc::Gate& gate) {
  return {MakeOtpService(verifications, gate), MakeDeliveryService(deliveries, gate)};
}

}  // namespace tc::otp
