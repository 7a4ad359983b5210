#include "services/recovery/rpc/service.h"

#include "common/rpc/unary.h"
#include "common/rpc/watch.h"
#include "services/recovery/rpc/handlers.h"
#include "trustedcontact/recovery/v1/recovery.grpc.pb.h"

namespace tc::recovery {
namespace {

using rpc::Context;
using rpc::Reactor;

class Service final : public pb::RecoveryService::CallbackService {
 public:
  Service(Handlers& handlers, rpc::Feed& feed, rpc::Gate& gate)
      : handlers_(handlers), feed_(feed), gate_(gate), methods_(gate, kServiceName) {}

  Reactor* StartRecovery(Context* context, const pb::StartRecoveryRequest* in, pb::Recovery* out) override {
    return methods_.Serve("StartRecovery", context, in, out, handlers_, &Handlers::StartRecovery);
  }
  Reactor* VerifyClaimant(Context* context, const pb::VerifyClaimantRequest* in, pb::Recovery* out) override {
    return methods_.Serve("VerifyClaimant", context, in, out, handlers_, &Handlers::VerifyClaimant);
  }
  Reactor* ResendClaimantCode(Context* context, const pb::ResendClaimantCodeRequest* in,
                              pb::Recovery* out) override {
    return methods_.Serve("ResendClaimantCode", context, in, out, handlers_, &Handlers::ResendClaimantCode);
  }
  Reactor* GetRecovery(Context* context, const pb::GetRecoveryRequest* in, pb::Recovery* out) override {
    return methods_.ServeAtOnce("GetRecovery", context, in, out, handlers_, &Handlers::GetRecovery);
  }
  Reactor* CancelRecovery(Context* context, const pb::CancelRecoveryRequest* in,
                          pb::CancelRecoveryResponse* out) override {
    return methods_.Serve("CancelRecovery", context, in, out, handlers_, &Handlers::CancelRecovery);
  }
  Reactor* CompleteRecovery(Context* context, const pb::CompleteRecoveryRequest* in,
                            pb::Recovery* out) override {
    return methods_.Serve("CompleteRecovery", context, in, out, handlers_, &Handlers::CompleteRecovery);
  }
  Reactor* ListAssignedRecoveries(Context* context, const pb::ListAssignedRecoveriesRequest* in,
                                  pb::ListAssignedRecoveriesResponse* out) override {
    return methods_.Serve("ListAssignedRecoveries", context, in, out, handlers_,
                          &Handlers::ListAssignedRecoveries);
  }
  Reactor* GetAssignedRecovery(Context* context, const pb::GetAssignedRecoveryRequest* in,
                               pb::AssignedRecovery* out) override {
    return methods_.ServeAtOnce("GetAssignedRecovery", context, in, out, handlers_,
                                &Handlers::GetAssignedRecovery);
  }
  Reactor* AcknowledgeWarning(Context* context, const pb::AcknowledgeWarningRequest* in,
                              pb::AssignedRecovery* out) override {
    return methods_.Serve("AcknowledgeWarning", context, in, out, handlers_, &Handlers::AcknowledgeWarning);
  }
  Reactor* SendContactCode(Context* context, const pb::SendContactCodeRequest* in,
                           pb::AssignedRecovery* out) override {
    return methods_.Serve("SendContactCode", context, in, out, handlers_, &Handlers::SendContactCode);
  }
  Reactor* ApproveRecovery(Context* context, const pb::ApproveRecoveryRequest* in,
                           pb::AssignedRecovery* out) override {
    return methods_.Serve("ApproveRecovery", context, in, out, handlers_, &Handlers::ApproveRecovery);
  }
  Reactor* RejectRecovery(Context* context, const pb::RejectRecoveryRequest* in,
                          pb::AssignedRecovery* out) override {
    return methods_.Serve("RejectRecovery", context, in, out, handlers_, &Handlers::RejectRecovery);
  }
  Reactor* ListRecoveries(Context* context, const pb::ListRecoveriesRequest* in,
                          pb::ListRecoveriesResponse* out) override {
    return methods_.Serve("ListRecoveries", context, in, out, handlers_, &Handlers::ListRecoveries);
  }
  Reactor* HoldRecovery(Context* context, const pb::HoldRecoveryRequest* in,
                        pb::RecoverySummary* out) override {
    return methods_.Serve("HoldRecovery", context, in, out, handlers_, &Handlers::HoldRecovery);
  }
  Reactor* ReleaseRecovery(Context* context, const pb::ReleaseRecoveryRequest* in,
                           pb::RecoverySummary* out) override {
    return methods_.Serve("ReleaseRecovery", context, in, out, handlers_, &Handlers::ReleaseRecovery);
  }
  Reactor* StartInPersonRecovery(Context* context, const pb::StartInPersonRecoveryRequest* in,
                                 pb::RecoverySummary* out) override {
    return methods_.Serve("StartInPersonRecovery", context, in, out, handlers_,
                          &Handlers::StartInPersonRecovery);
  }
  Reactor* ConfirmInPersonRecovery(Context* context, const pb::ConfirmInPersonRecoveryRequest* in,
                                   pb::RecoverySummary* out) override {
    return methods_.Serve("ConfirmInPersonRecovery", context, in, out, handlers_,
                          &Handlers::ConfirmInPersonRecovery);
  }
  grpc::ServerWriteReactor<pb::WatchRecoveryResponse>* WatchRecovery(
      Context* context, const pb::WatchRecoveryRequest* in) override {
    return rpc::Watch<pb::WatchRecoveryRequest, pb::WatchRecoveryResponse>::Start(
        gate_, methods_.Rules("WatchRecovery"), feed_, context, in,
        [this](const rpc::Call&, const pb::WatchRecoveryRequest& request) {
          return handlers_.WatchRecovery(request, gate_.clock());
        });
  }

 private:
  Handlers& handlers_;
  rpc::Feed& feed_;
  rpc::Gate& gate_;
  rpc::Methods methods_;
};

}  // namespace

std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Feed& feed, rpc::Gate& gate) {
  return std::make_shared<Service>(handlers, feed, gate);
}

}  // namespace tc::recovery
