#include "services/otp/rpc/service.h"

#include "common/rpc/unary.h"
#include "trustedcontact/otp/v1/otp.grpc.pb.h"

namespace tc::otp {
namespace {

using rpc::Context;
using rpc::Reactor;

class OtpService final : public pb::OtpService::CallbackService {
 public:
  OtpService(VerificationHandlers& handlers, rpc::Gate& gate)
      : handlers_(handlers), methods_(gate, "trustedcontact.otp.v1.OtpService") {}

  Reactor* CreateVerification(Context* context, const pb::CreateVerificationRequest* in,
                              pb::Verification* out) override {
    return methods_.Serve("CreateVerification", context, in, out, handlers_,
                          &VerificationHandlers::CreateVerification);
  }
  Reactor* ResendVerification(Context* context, const pb::ResendVerificationRequest* in,
                              pb::Verification* out) override {
    return methods_.Serve("ResendVerification", context, in, out, handlers_,
                          &VerificationHandlers::ResendVerification);
  }
  Reactor* CancelVerification(Context* context, const pb::CancelVerificationRequest* in,
                              pb::Verification* out) override {
    return methods_.Serve("CancelVerification", context, in, out, handlers_,
                          &VerificationHandlers::CancelVerification);
  }
  Reactor* GetVerification(Context* context, const pb::GetVerificationRequest* in,
                           pb::Verification* out) override {
    return methods_.ServeAtOnce("GetVerification", context, in, out, handlers_,
                                &VerificationHandlers::GetVerification);
  }
  Reactor* CheckVerification(Context* context, const pb::CheckVerificationRequest* in,
                             pb::CheckVerificationResponse* out) override {
    return methods_.ServeAtOnce("CheckVerification", context, in, out, handlers_,
                                &VerificationHandlers::CheckVerification);
  }
  Reactor* ConsumeVerification(Context* context, const pb::ConsumeVerificationRequest* in,
                               pb::Verification* out) override {
    return methods_.Serve("ConsumeVerification", context, in, out, handlers_,
                          &VerificationHandlers::ConsumeVerification);
  }

 private:
  VerificationHandlers& handlers_;
  rpc::Methods methods_;
};

class DeliveryService final : public pb::DeliveryService::CallbackService {
 public:
  DeliveryService(DeliveryHandlers& handlers, rpc::Gate& gate)
      : handlers_(handlers), methods_(gate, "trustedcontact.otp.v1.DeliveryService") {}

  Reactor* SendNotification(Context* context, const pb::SendNotificationRequest* in,
                            pb::SendNotificationResponse* out) override {
    return methods_.Serve("SendNotification", context, in, out, handlers_,
                          &DeliveryHandlers::SendNotification);
  }
  Reactor* GetDelivery(Context* context, const pb::GetDeliveryRequest* in, pb::Delivery* out) override {
    return methods_.Serve("GetDelivery", context, in, out, handlers_, &DeliveryHandlers::GetDelivery);
  }
  Reactor* ListDeliveries(Context* context, const pb::ListDeliveriesRequest* in,
                          pb::ListDeliveriesResponse* out) override {
    return methods_.Serve("ListDeliveries", context, in, out, handlers_, &DeliveryHandlers::ListDeliveries);
  }
  Reactor* ReportDelivery(Context* context, const pb::ReportDeliveryRequest* in, pb::Delivery* out) override {
    return methods_.Serve("ReportDelivery", context, in, out, handlers_, &DeliveryHandlers::ReportDelivery);
  }

 private:
  DeliveryHandlers& handlers_;
  rpc::Methods methods_;
};

}  // namespace

std::vector<std::shared_ptr<grpc::Service>> MakeServices(VerificationHandlers& verifications,
                                                         DeliveryHandlers& deliveries, rpc::Gate& gate) {
  return {std::make_shared<OtpService>(verifications, gate),
          std::make_shared<DeliveryService>(deliveries, gate)};
}

}  // namespace tc::otp
