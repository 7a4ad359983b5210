#include "common/rpc/admin_service.h"

#include "common/base/refusal.h"
#include "common/crypto/key_files.h"
#include "common/kv/rocks_database.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"
#include "common/testing/wire.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::admin::v1;

using testing::IsOk;
using testing::Refused;
using testing::WireServer;
using Stub = pb::AdminService::Stub;

class AdminServiceWireTest : public ::testing::Test {
 protected:
  AdminServiceWireTest()
      : keys_(crypto::Keyring::ForTest({"once", "audit", "audit-index", "audit-sign"}, random_)),
        ledger_(*audit::TreeLedger::Open(keys_, "otp", random_)),
        database_(kv::InMemory({.ledger = ledger_.get()})),
        signer_(*audit::Signer::Open(keys_, "otp", *database_, "")),
        once_(*database_, *crypto::Sealer::Create(keys_, "once", random_)),
        pager_(wire_.Pager()),
        backups_(*database_, "/no/such/place"),
        rotation_(*crypto::Keyring::Open(key_files_.path()), nullptr),
        handlers_({"otp", "1", "dev", testing::Noon(), "strict", {}}, *database_, once_, pager_, backups_,
                  rotation_),
        audit_(*database_, *ledger_, *signer_, clock_) {
    wire_.Serve({MakeAdminService(handlers_, audit_, wire_.gate())});
    stub_ = pb::AdminService::NewStub(wire_.channel());
  }
  ~AdminServiceWireTest() override { wire_.Stop(); }

  WireServer wire_;
  testing::FakeRandom random_;
  crypto::Keyring keys_;
  testing::FakeClock clock_;
  std::unique_ptr<audit::TreeLedger> ledger_;
  std::unique_ptr<kv::Database> database_;
  std::unique_ptr<audit::Signer> signer_;
  Once once_;
  Pager pager_;
  Backups backups_;
  testing::TempDir key_files_;
  Rotation rotation_;
  AdminHandlers handlers_;
  AuditHandlers audit_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(AdminServiceWireTest, AnswersOperatorsAndMonitorsByTheirRules) {
  for (const char* peer : {"operator/ops", "monitor/m"}) {
    EXPECT_THAT(wire_.Ask(*stub_, &Stub::GetServerInfo, pb::GetServerInfoRequest(), peer), IsOk());
    EXPECT_THAT(wire_.Ask(*stub_, &Stub::GetPolicy, pb::GetPolicyRequest(), peer), IsOk());
    EXPECT_THAT(wire_.Ask(*stub_, &Stub::ListOutbox, pb::ListOutboxRequest(), peer), IsOk());
    EXPECT_THAT(wire_.Ask(*stub_, &Stub::GetKeyInventory, pb::GetKeyInventoryRequest(), peer), IsOk());
  }
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::ListBackups, pb::ListBackupsRequest(), "operator/ops"), IsOk());
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::ListBackups, pb::ListBackupsRequest(), "monitor/m"),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::GetPolicy, pb::GetPolicyRequest(), "portal/web", "alice"),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(AdminServiceWireTest, ShowsTheAuditLogToAuditorsOnly) {  // LOG-12
  ASSERT_THAT(wire_.Ask(*stub_, &Stub::VerifyAuditLog, pb::VerifyAuditLogRequest(), "monitor/m"), IsOk());
  for (const char* peer : {"operator/ops", "monitor/m", "service/linking", "portal/web"}) {
    EXPECT_THAT(wire_.Ask(*stub_, &Stub::ListAuditEntries, pb::ListAuditEntriesRequest(), peer),
                Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed))
        << peer;
    EXPECT_THAT(wire_.Ask(*stub_, &Stub::ProveAuditEntry, pb::ProveAuditEntryRequest(), peer),
                Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed))
        << peer;
  }
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::ListAuditEntries, pb::ListAuditEntriesRequest(), "auditor/a"), IsOk());
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::GetKeyInventory, pb::GetKeyInventoryRequest(), "auditor/a"),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(AdminServiceWireTest, DemandsARequestIdOfWhatMutates) {
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::CreateBackup, pb::CreateBackupRequest(), "operator/ops"),
              Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing));
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::ReloadKeys, pb::ReloadKeysRequest(), "operator/ops"),
              Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing));
  pb::RetryOutboxEntryRequest retry;
  retry.set_request_id("6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a69");
  retry.set_name("outbox/none");
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::RetryOutboxEntry, retry, "operator/ops"),
              Refused(absl::StatusCode::kNotFound, Reason::kNotFound));
}

TEST_F(AdminServiceWireTest, ReloadsKeysForOperatorsAndSaysWhatIsWrongWithThem) {
  pb::ReloadKeysRequest request;
  request.set_request_id("0b9d7f0e-5a1d-4a52-8f5e-0a4c3e1d2b3c");
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::ReloadKeys, request, "monitor/m"),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  const std::string bad = key_files_.Write("seal.k1.key", "half a key");
  const auto refused = wire_.Ask(*stub_, &Stub::ReloadKeys, request, "operator/ops");
  EXPECT_THAT(refused, Refused(absl::StatusCode::kFailedPrecondition, Reason::kKeysInvalid));
  EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr(bad));
  std::filesystem::remove(bad);
  ASSERT_THAT(crypto::AddKey(key_files_.path(), "seal", random_), IsOk());
  const auto inventory = wire_.Ask(*stub_, &Stub::ReloadKeys, request, "operator/ops");
  ASSERT_THAT(inventory, IsOk());
  ASSERT_EQ(inventory->keys_size(), 1);
  EXPECT_EQ(inventory->keys(0).purpose(), "seal");
  EXPECT_EQ(inventory->keys(0).kid(), "k000001");
  EXPECT_TRUE(inventory->keys(0).newest());
  EXPECT_TRUE(inventory->keys(0).needed());
  EXPECT_FALSE(inventory->reencryption().running());

  const auto log = wire_.Ask(*stub_, &Stub::ListAuditEntries, pb::ListAuditEntriesRequest(), "auditor/a");
  ASSERT_THAT(log, IsOk());
  std::vector<std::string> types;
  for (const pb::ListedAuditEntry& listed : log->entries())
    types.push_back(audit::Decode(listed.leaf())->type());
  EXPECT_THAT(types, ::testing::ElementsAre("KeyReloadOrdered", "KeyReloadFailed", "KeyReloadOrdered",
                                            "KeysReloaded"));  // LOG-01; a monitor's order is none
  const auto entry = audit::Decode(log->entries(3).leaf());
  ASSERT_THAT(entry, IsOk());
  EXPECT_EQ(entry->peer(), "operator/ops");
  EXPECT_FALSE(entry->call_id().empty());
  EXPECT_EQ(entry->attributes(0).value(), "seal=k000001");
}

}  // namespace
}  // namespace tc::rpc
