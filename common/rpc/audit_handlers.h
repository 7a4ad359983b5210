#pragma once

// The methods of AdminService that read and verify the audit log. Knows no gRPC. Thread-safe.

#include "absl/status/statusor.h"
#include "common/audit/signer.h"
#include "common/audit/tree_ledger.h"
#include "common/env/clock.h"
#include "common/kv/database.h"
#include "common/rpc/call.h"
#include "trustedcontact/admin/v1/admin.pb.h"

namespace tc::rpc {

class AuditHandlers {
 public:
  // All outlive it.
  AuditHandlers(kv::Database& database, const audit::TreeLedger& ledger, audit::Signer& signer,
                const Clock& clock)
      : database_(database), ledger_(ledger), signer_(signer), clock_(clock) {}

  absl::StatusOr<trustedcontact::admin::v1::AuditLogReport> VerifyAuditLog(
      const Call& call, const trustedcontact::admin::v1::VerifyAuditLogRequest& in);
  // Of a log that contradicts its last checkpoint that checkpoint, so that whoever verifies sees for himself.
  absl::StatusOr<trustedcontact::admin::v1::AuditCheckpoint> GetAuditCheckpoint(
      const Call& call, const trustedcontact::admin::v1::GetAuditCheckpointRequest& in);
  absl::StatusOr<trustedcontact::admin::v1::ListAuditEntriesResponse> ListAuditEntries(
      const Call& call, const trustedcontact::admin::v1::ListAuditEntriesRequest& in);
  absl::StatusOr<trustedcontact::admin::v1::AuditProof> ProveAuditEntry(
      const Call& call, const trustedcontact::admin::v1::ProveAuditEntryRequest& in);

 private:
  absl::StatusOr<audit::SignedCheckpoint> Newest(absl::Time now);
  absl::StatusOr<audit::SignedCheckpoint> CheckpointFor(
      const Call& call, const trustedcontact::admin::v1::ProveAuditEntryRequest& in);
  // Who read what is in the log before he gets it (LOG-12).
  absl::Status EnterReading(const Call& call, uint64_t first, uint64_t entries, bool opened);

  kv::Database& database_;
  const audit::TreeLedger& ledger_;
  audit::Signer& signer_;
  const Clock& clock_;
};

}  // namespace tc::rpc
