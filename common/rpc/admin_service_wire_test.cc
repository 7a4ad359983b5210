#include "common/rpc/admin_service.h"

#include "common/base/refusal.h"
#include "common/kv/rocks_database.h"
#include "common/testing/status.h"
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
      : keys_(crypto::Keyring::ForTest({"once"}, random_)),
        once_(*database_, *crypto::Sealer::Create(keys_, "once", random_)),
        pager_(wire_.Pager()),
        backups_(*database_, "/no/such/place"),
        handlers_({"otp", "1", "dev", testing::Noon(), "strict", {}}, *database_, once_, pager_, backups_) {
    wire_.Serve({MakeAdminService(handlers_, wire_.gate())});
    stub_ = pb::AdminService::NewStub(wire_.channel());
  }
  ~AdminServiceWireTest() override { wire_.Stop(); }

  WireServer wire_;
  testing::FakeRandom random_;
  crypto::Keyring keys_;
  std::unique_ptr<kv::Database> database_ = kv::InMemory();
  Once once_;
  Pager pager_;
  Backups backups_;
  AdminHandlers handlers_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(AdminServiceWireTest, AnswersOperatorsAndMonitorsByTheirRules) {
  for (const char* peer : {"operator/ops", "monitor/m"}) {
    EXPECT_THAT(wire_.Ask(*stub_, &Stub::GetServerInfo, pb::GetServerInfoRequest(), peer), IsOk());
    EXPECT_THAT(wire_.Ask(*stub_, &Stub::GetPolicy, pb::GetPolicyRequest(), peer), IsOk());
    EXPECT_THAT(wire_.Ask(*stub_, &Stub::ListOutbox, pb::ListOutboxRequest(), peer), IsOk());
  }
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::ListBackups, pb::ListBackupsRequest(), "operator/ops"), IsOk());
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::ListBackups, pb::ListBackupsRequest(), "monitor/m"),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::GetPolicy, pb::GetPolicyRequest(), "portal/web", "alice"),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(AdminServiceWireTest, DemandsARequestIdOfWhatMutates) {
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::CreateBackup, pb::CreateBackupRequest(), "operator/ops"),
              Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing));
  pb::RetryOutboxEntryRequest retry;
  retry.set_request_id("6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a69");
  retry.set_name("outbox/none");
  EXPECT_THAT(wire_.Ask(*stub_, &Stub::RetryOutboxEntry, retry, "operator/ops"),
              Refused(absl::StatusCode::kNotFound, Reason::kNotFound));
}

}  // namespace
}  // namespace tc::rpc
