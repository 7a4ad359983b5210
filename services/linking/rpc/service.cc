#include "services/linking/rpc/service.h"

#include "common/rpc/unary.h"
#include "services/linking/rpc/handlers.h"

namespace tc::linking {

std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Gate& gate) {
  rpc::ServiceBuilder service(gate, "trustedcontact.linking.v1.LinkingService");
  service.Serve("CreateInvitation", handlers, &Handlers::CreateInvitation);
  service.Serve("CancelInvitation", handlers, &Handlers::CancelInvitation);
  service.Serve("GetInvitation", handlers, &Handlers::GetInvitation);
  service.Serve("ListInvitations", handlers, &Handlers::ListInvitations);
  service.ServeAtOnce("AcceptInvitation", handlers, &Handlers::AcceptInvitation);
  service.Serve("DeclineInvitation", handlers, &Handlers::DeclineInvitation);
  service.ServeAtOnce("GetTrustedContact", handlers, &Handlers::GetTrustedContact);
  service.Serve("ListPrincipals", handlers, &Handlers::ListPrincipals);
  service.Serve("RemoveTrustedContact", handlers, &Handlers::RemoveTrustedContact);
  service.Serve("Resign", handlers, &Handlers::Resign);
  service.Serve("ReportDanger", handlers, &Handlers::ReportDanger);
  service.Serve("ListBlockedSenders", handlers, &Handlers::ListBlockedSenders);
  service.Serve("UnblockSender", handlers, &Handlers::UnblockSender);
  service.ServeAtOnce("GetGuard", handlers, &Handlers::GetGuard);
  service.Serve("HoldGuard", handlers, &Handlers::HoldGuard);
  service.Serve("RemoveGuard", handlers, &Handlers::RemoveGuard);
  service.Serve("ListLinkHistory", handlers, &Handlers::ListLinkHistory);
  return service.Build();
}

}  // namespace tc::linking
