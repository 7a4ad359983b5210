#include "common/rpc/admin_service.h"

#include "common/rpc/unary.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::admin::v1;

class AdminService final : public pb::AdminService::CallbackService {
 public:
  AdminService(AdminHandlers& handlers, Gate& gate)
      : handlers_(handlers), methods_(gate, pb::AdminService::service_full_name()) {}

  Reactor* GetServerInfo(Context* context, const pb::GetServerInfoRequest* in, pb::ServerInfo* out) override {
    return methods_.Serve("GetServerInfo", context, in, out, handlers_, &AdminHandlers::GetServerInfo);
  }
  Reactor* GetPolicy(Context* context, const pb::GetPolicyRequest* in, pb::Policy* out) override {
    return methods_.Serve("GetPolicy", context, in, out, handlers_, &AdminHandlers::GetPolicy);
  }
  Reactor* CreateBackup(Context* context, const pb::CreateBackupRequest* in, pb::Backup* out) override {
    return methods_.Serve("CreateBackup", context, in, out, handlers_, &AdminHandlers::CreateBackup);
  }
  Reactor* ListBackups(Context* context, const pb::ListBackupsRequest* in,
                       pb::ListBackupsResponse* out) override {
    return methods_.Serve("ListBackups", context, in, out, handlers_, &AdminHandlers::ListBackups);
  }
  Reactor* ListOutbox(Context* context, const pb::ListOutboxRequest* in,
                      pb::ListOutboxResponse* out) override {
    return methods_.Serve("ListOutbox", context, in, out, handlers_, &AdminHandlers::ListOutbox);
  }
  Reactor* RetryOutboxEntry(Context* context, const pb::RetryOutboxEntryRequest* in,
                            pb::OutboxEntry* out) override {
    return methods_.Serve("RetryOutboxEntry", context, in, out, handlers_, &AdminHandlers::RetryOutboxEntry);
  }
  Reactor* ReloadKeys(Context* context, const pb::ReloadKeysRequest* in, pb::KeyInventory* out) override {
    return methods_.Serve("ReloadKeys", context, in, out, handlers_, &AdminHandlers::ReloadKeys);
  }
  Reactor* GetKeyInventory(Context* context, const pb::GetKeyInventoryRequest* in,
                           pb::KeyInventory* out) override {
    return methods_.Serve("GetKeyInventory", context, in, out, handlers_, &AdminHandlers::GetKeyInventory);
  }

 private:
  AdminHandlers& handlers_;
  Methods methods_;
};

}  // namespace

std::shared_ptr<grpc::Service> MakeAdminService(AdminHandlers& handlers, Gate& gate) {
  return std::make_shared<AdminService>(handlers, gate);
}

}  // namespace tc::rpc
