#include "common/rpc/admin_handlers.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/rpc/admin_testing.h"

namespace tc::rpc {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

TEST_F(AdminHandlersTest, TellsWhatRuns) {
  ASSERT_OK_AND_ASSIGN(const pb::ServerInfo info,
                       handlers_.GetServerInfo(FromOperator(Noon() + absl::Seconds(5)), {}));
  EXPECT_EQ(info.service(), "linking");
  EXPECT_EQ(info.version(), "1.2.3");
  EXPECT_EQ(info.profile(), "dev");
  EXPECT_EQ(info.store_uid(), database_->uid());
  EXPECT_EQ(info.server_time().seconds() - info.start_time().seconds(), 5);
}

TEST_F(AdminHandlersTest, TellsThePolicyInForce) {
  ASSERT_OK_AND_ASSIGN(const pb::Policy policy, handlers_.GetPolicy(FromOperator(), {}));
  EXPECT_EQ(policy.profile(), "strict");
  EXPECT_EQ(policy.values().at("link.removal_delay"), "3600");
  ASSERT_EQ(policy.entries_size(), 1);
  const pb::PolicyEntry& entry = policy.entries(0);
  EXPECT_EQ(entry.key(), "link.removal_delay");
  EXPECT_EQ(entry.value(), 3600);
  EXPECT_EQ(entry.profile_value(), 86400);
  EXPECT_EQ(entry.min(), 0);
  EXPECT_EQ(entry.max(), 604800);
  EXPECT_EQ(entry.meaning(), "Seconds until a removal takes effect.");
}

TEST_F(AdminHandlersTest, MakesABackupThatOpensAsAStore) {
  ASSERT_THAT(database_->Update([](kv::Txn& txn) { return txn.Put("k", "before"); }), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Backup backup, handlers_.CreateBackup(FromOperator(), {}));
  ASSERT_THAT(database_->Update([](kv::Txn& txn) { return txn.Put("k", "after"); }), IsOk());
  EXPECT_EQ(backup.name(), absl::StrCat("backups/20260302T120000Z-r", backup.revision()));
  EXPECT_EQ(backup.create_time().seconds(), absl::ToUnixSeconds(Noon()));
  EXPECT_GT(backup.size_bytes(), 0);
  ASSERT_OK_AND_ASSIGN(const auto copy, kv::OpenRocks(dir_.path() + "/data-" + backup.name()));
  EXPECT_EQ(copy->uid(), database_->uid());
  std::optional<std::string> value;
  ASSERT_THAT(copy->View([&](kv::ReadTxn& txn) -> absl::Status {
    value = TRY(txn.Get("k"));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(value, "before");
}

TEST_F(AdminHandlersTest, MakesOneBackupOfARepeatedRequest) {
  const Call call = FromOperator();
  ASSERT_OK_AND_ASSIGN(const pb::Backup first, handlers_.CreateBackup(call, {}));
  Call again = call;
  again.now += absl::Minutes(1);
  ASSERT_OK_AND_ASSIGN(const pb::Backup second, handlers_.CreateBackup(again, {}));
  EXPECT_EQ(first.name(), second.name());
  EXPECT_EQ(handlers_.ListBackups(FromOperator(), {})->backups_size(), 1);
}

TEST_F(AdminHandlersTest, ListsBackupsOldestFirstInPages) {
  for (int i = 0; i < 3; ++i)
    ASSERT_THAT(handlers_.CreateBackup(FromOperator(Noon() + absl::Hours(i)), {}), IsOk());
  pb::ListBackupsRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const pb::ListBackupsResponse first, handlers_.ListBackups(FromOperator(), request));
  ASSERT_EQ(first.backups_size(), 2);
  EXPECT_LT(first.backups(0).create_time().seconds(), first.backups(1).create_time().seconds());
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const pb::ListBackupsResponse second, handlers_.ListBackups(FromOperator(), request));
  ASSERT_EQ(second.backups_size(), 1);
  EXPECT_TRUE(second.next_page_token().empty());
  request.set_page_token("forged");
  EXPECT_THAT(handlers_.ListBackups(FromOperator(), request),
              Refused(absl::StatusCode::kInvalidArgument, Reason::kPageTokenInvalid));
}

TEST_F(AdminHandlersTest, ShowsNoBackupThatIsNotComplete) {
  EXPECT_THAT(handlers_.ListBackups(FromOperator(), {})->backups(), IsEmpty());
  fs::create_directories(dir_.path() + "/data-backups/partial-20260302T120000Z-r1");
  fs::create_directories(dir_.path() + "/data-backups/notes");
  EXPECT_THAT(handlers_.ListBackups(FromOperator(), {})->backups(), IsEmpty());
}

TEST_F(AdminHandlersTest, SaysThatABackupCannotBeWritten) {
  std::ofstream(dir_.path() + "/data-backups") << "a file in the way";
  EXPECT_THAT(handlers_.CreateBackup(FromOperator(), {}),
              Refused(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable));
}

TEST_F(AdminHandlersTest, EntersThatABackupIsOrderedBeforeItIsMadeAndThenWhatHasBecomeOfIt) {  // LOG-01
  ASSERT_OK_AND_ASSIGN(const pb::Backup backup, handlers_.CreateBackup(FromOperator(), {}));
  EXPECT_THAT(Entered(), ElementsAre("BackupOrdered backups", absl::StrCat("BackupCreated ", backup.name())));
  ASSERT_OK_AND_ASSIGN(const auto copy, kv::OpenRocks(dir_.path() + "/data-" + backup.name()));
  EXPECT_THAT(testing::Acts::Of(*copy), ElementsAre("BackupOrdered backups")) << "durable before the copy";
}

TEST_F(AdminHandlersTest, EntersABackupThatFailed) {
  std::ofstream(dir_.path() + "/data-backups") << "a file in the way";
  EXPECT_THAT(handlers_.CreateBackup(FromOperator(), {}),
              Refused(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable));
  EXPECT_THAT(Entered(), ElementsAre("BackupOrdered backups", "BackupFailed backups : STORE_UNAVAILABLE"));
}

TEST_F(AdminHandlersTest, MakesNoBackupThatCannotBeEntered) {
  *disk_fails_ = true;
  EXPECT_THAT(handlers_.CreateBackup(FromOperator(), {}),
              Refused(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable));
  EXPECT_FALSE(fs::exists(dir_.path() + "/data-backups"));
}

TEST_F(AdminHandlersTest, ListsTheOutboxInPagesWithoutPayloads) {
  Enqueue("a", false);
  Enqueue("b", true);
  Enqueue("c", false);
  pb::ListOutboxRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const pb::ListOutboxResponse first, handlers_.ListOutbox(FromOperator(), request));
  ASSERT_EQ(first.entries_size(), 2);
  EXPECT_EQ(first.entries(0).kind(), "a");
  EXPECT_TRUE(first.entries(1).dead());
  EXPECT_EQ(first.entries(1).attempts(), 7);
  EXPECT_EQ(first.entries(1).last_error(), "refused");
  EXPECT_EQ(first.ShortDebugString().find("secret"), std::string::npos);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const pb::ListOutboxResponse second, handlers_.ListOutbox(FromOperator(), request));
  ASSERT_EQ(second.entries_size(), 1);
  EXPECT_EQ(second.entries(0).kind(), "c");
  EXPECT_TRUE(second.next_page_token().empty());
}

TEST_F(AdminHandlersTest, BringsADeadRowBack) {
  Enqueue("first", false);
  Enqueue("dead", true);
  ASSERT_EQ(database_->DueOutbox(Noon(), 10)->size(), 1u);
  ASSERT_OK_AND_ASSIGN(const pb::OutboxEntry entry, Retry(NameOfLast()));
  EXPECT_FALSE(entry.dead());
  EXPECT_EQ(entry.next_attempt_time().seconds(), absl::ToUnixSeconds(Noon()));
  EXPECT_EQ(database_->DueOutbox(Noon(), 10)->size(), 2u);
}

TEST_F(AdminHandlersTest, LeavesARowThatIsAliveAsItIs) {
  Enqueue("alive", false);
  ASSERT_OK_AND_ASSIGN(const pb::OutboxEntry entry, Retry(NameOfLast()));
  EXPECT_FALSE(entry.has_next_attempt_time());
}

TEST_F(AdminHandlersTest, BringsARowBackOnceForARepeatedRequest) {
  Enqueue("dead", true);
  const std::string name = NameOfLast();
  const Call call = FromOperator();
  ASSERT_THAT(Retry(name, call), IsOk());
  const std::string id = name.substr(7);
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return kv::RemoveOutboxRow(txn, id); }), IsOk());
  EXPECT_THAT(Retry(name, call), IsOk());
  EXPECT_THAT(Retry(name), Refused(absl::StatusCode::kNotFound, Reason::kNotFound));
  EXPECT_THAT(*database_->ListOutbox("", 10), IsEmpty());
}

TEST_F(AdminHandlersTest, FindsNoRowByAnotherName) {
  Enqueue("a", true);
  for (const char* name : {"outbox/", "outbox/x", "outbox/0-0", "outbox/0000000000000001-00000063"}) {
    EXPECT_THAT(Retry(name), Refused(absl::StatusCode::kNotFound, Reason::kNotFound)) << name;
  }
  EXPECT_THAT(Retry("links/1"), Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
}

}  // namespace
}  // namespace tc::rpc
