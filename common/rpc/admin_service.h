#pragma once

// AdminService over gRPC. All arguments must outlive the service.

#include <memory>

#include "common/rpc/admin_handlers.h"
#include "common/rpc/audit_handlers.h"
#include "common/rpc/gate.h"

namespace grpc {
class Service;
}

namespace tc::rpc {

std::shared_ptr<grpc::Service> MakeAdminService(AdminHandlers& handlers, AuditHandlers& audit, Gate& gate);

}  // namespace tc::rpc
