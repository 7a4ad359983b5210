#pragma once

// AdminService: what operators and monitors ask. Knows no gRPC. Thread-safe.

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/policy.h"
#include "common/kv/database.h"
#include "common/rpc/backups.h"
#include "common/rpc/call.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/rpc/rotation.h"
#include "trustedcontact/admin/v1/admin.pb.h"

namespace tc::rpc {

// What never changes while the process runs.
struct ServerFacts {
  std::string service;  // "linking"
  std::string version;
  std::string profile;  // "production" or "dev"
  absl::Time started_at;
  std::string policy_name;  // "gosuslugi"
  PolicyInForce policy;     // every number in force
};

class AdminHandlers {
 public:
  AdminHandlers(ServerFacts facts, kv::Database& database, const Once& once, const Pager& pager,
                Backups& backups, Rotation& rotation);

  absl::StatusOr<trustedcontact::admin::v1::ServerInfo> GetServerInfo(
      const Call& call, const trustedcontact::admin::v1::GetServerInfoRequest& in);
  absl::StatusOr<trustedcontact::admin::v1::Policy> GetPolicy(
      const Call& call, const trustedcontact::admin::v1::GetPolicyRequest& in);
  // What an operator orders outside the store is in the audit log before it is begun, and its outcome
  // afterwards; what cannot be entered is not begun.
  absl::StatusOr<trustedcontact::admin::v1::Backup> CreateBackup(
      const Call& call, const trustedcontact::admin::v1::CreateBackupRequest& in);
  absl::StatusOr<trustedcontact::admin::v1::ListBackupsResponse> ListBackups(
      const Call& call, const trustedcontact::admin::v1::ListBackupsRequest& in);
  absl::StatusOr<trustedcontact::admin::v1::ListOutboxResponse> ListOutbox(
      const Call& call, const trustedcontact::admin::v1::ListOutboxRequest& in);
  // A row that is not dead stays as it is: it is tried anyway.
  absl::StatusOr<trustedcontact::admin::v1::OutboxEntry> RetryOutboxEntry(
      const Call& call, const trustedcontact::admin::v1::RetryOutboxEntryRequest& in);
  // As CreateBackup.
  absl::StatusOr<trustedcontact::admin::v1::KeyInventory> ReloadKeys(
      const Call& call, const trustedcontact::admin::v1::ReloadKeysRequest& in);
  absl::StatusOr<trustedcontact::admin::v1::KeyInventory> GetKeyInventory(
      const Call& call, const trustedcontact::admin::v1::GetKeyInventoryRequest& in);

 private:
  absl::StatusOr<kv::OutboxRow> FindRow(const std::string& name) const;
  // In a commit of its own.
  absl::Status EnterAlone(const Call& call, const char* type, const char* resource,
                          const std::string& result = "") const;
  // Enters that it failed, and returns why.
  absl::Status Failed(const Call& call, const char* type, const char* resource,
                      const absl::Status& why) const;

  const ServerFacts facts_;
  kv::Database& database_;
  const Once& once_;
  const Pager& pager_;
  Backups& backups_;
  Rotation& rotation_;
};

}  // namespace tc::rpc
