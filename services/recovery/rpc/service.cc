#include "services/recovery/rpc/service.h"

#include "common/rpc/unary.h"
#include "services/recovery/rpc/handlers.h"

namespace tc::recovery {

std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Feed& feed, rpc::Gate& gate) {
  rpc::ServiceBuilder service(gate, kServiceName);
  service.Serve("StartRecovery", handlers, &Handlers::StartRecovery);
  service.Serve("VerifyClaimant", handlers, &Handlers::VerifyClaimant);
  service.Serve("ResendClaimantCode", handlers, &Handlers::ResendClaimantCode);
  service.ServeAtOnce("GetRecovery", handlers, &Handlers::GetRecovery);
  service.Serve("CancelRecovery", handlers, &Handlers::CancelRecovery);
  service.Serve("CompleteRecovery", handlers, &Handlers::CompleteRecovery);
  service.Serve("ListAssignedRecoveries", handlers, &Handlers::ListAssignedRecoveries);
  service.ServeAtOnce("GetAssignedRecovery", handlers, &Handlers::GetAssignedRecovery);
  service.Serve("AcknowledgeWarning", handlers, &Handlers::AcknowledgeWarning);
  service.Serve("SendContactCode", handlers, &Handlers::SendContactCode);
  service.Serve("ApproveRecovery", handlers, &Handlers::ApproveRecovery);
  service.Serve("RejectRecovery", handlers, &Handlers::RejectRecovery);
  service.Serve("ListRecoveries", handlers, &Handlers::ListRecoveries);
  service.Serve("HoldRecovery", handlers, &Handlers::HoldRecovery);
  service.Serve("ReleaseRecovery", handlers, &Handlers::ReleaseRecovery);
  service.Serve("StartInPersonRecovery", handlers, &Handlers::StartInPersonRecovery);
  service.Serve("ConfirmInPersonRecovery", handlers, &Handlers::ConfirmInPersonRecovery);
  service.Stream<pb::WatchRecoveryRequest, pb::WatchRecoveryResponse>(
      "WatchRecovery", feed,
      [&handlers, &clock = gate.clock()](const rpc::Call&, const pb::WatchRecoveryRequest& request) {
        return handlers.WatchRecovery(request, clock);
      });
  return service.Build();
}

}  // namespace tc::recovery
