#include "common/rpc/admin_service.h"

#include "common/rpc/unary.h"

namespace tc::rpc {

std::shared_ptr<grpc::Service> MakeAdminService(AdminHandlers& handlers, AuditHandlers& audit, Gate& gate) {
  ServiceBuilder service(gate, "trustedcontact.admin.v1.AdminService");
  service.Serve("GetServerInfo", handlers, &AdminHandlers::GetServerInfo);
  service.Serve("GetPolicy", handlers, &AdminHandlers::GetPolicy);
  service.Serve("CreateBackup", handlers, &AdminHandlers::CreateBackup);
  service.Serve("ListBackups", handlers, &AdminHandlers::ListBackups);
  service.Serve("ListOutbox", handlers, &AdminHandlers::ListOutbox);
  service.Serve("RetryOutboxEntry", handlers, &AdminHandlers::RetryOutboxEntry);
  service.Serve("ReloadKeys", handlers, &AdminHandlers::ReloadKeys);
  service.Serve("GetKeyInventory", handlers, &AdminHandlers::GetKeyInventory);
  service.Serve("VerifyAuditLog", audit, &AuditHandlers::VerifyAuditLog);
  service.Serve("GetAuditCheckpoint", audit, &AuditHandlers::GetAuditCheckpoint);
  service.Serve("ListAuditEntries", audit, &AuditHandlers::ListAuditEntries);
  service.Serve("ProveAuditEntry", audit, &AuditHandlers::ProveAuditEntry);
  return service.Build();
}

}  // namespace tc::rpc
