// The keys in force, and their rotation.

#include "common/base/refusal.h"
#include "common/rpc/admin_testing.h"

namespace tc::rpc {
namespace {

using testing::IsOk;
using testing::Noon;
using testing::Refused;

TEST_F(AdminHandlersTest, ListsTheKeysInForceByPurpose) {
  EXPECT_EQ(Inventory(), "once.k000001* page.k000001*");
  EXPECT_FALSE(handlers_.GetKeyInventory(FromOperator(), {})->reencryption().has_start_time());
}

TEST_F(AdminHandlersTest, MakesWithANewKeyAfterAReloadAndKeepsTheOlderOneWhileItIsNeeded) {  // CRY-05
  AddKey("once");
  AddKey("page");
  EXPECT_EQ(Inventory(), "once.k000001* page.k000001*") << "not before the reload";
  ASSERT_OK_AND_ASSIGN(const pb::KeyInventory inventory, Reload());
  EXPECT_EQ(Shown(inventory), "once.k000001 once.k000002* page.k000001 page.k000002*");
  EXPECT_TRUE(inventory.reencryption().running());
  EXPECT_EQ(reencryption_.started, 1);
  reencryption_.End(/*failed=*/0);
  EXPECT_EQ(Inventory(), "[once.k000001] once.k000002* page.k000001 page.k000002*")
      << "nobody writes anew what lies under page";
}

TEST_F(AdminHandlersTest, NeedsEveryKeyWhenARecordCouldNotBeWrittenAnew) {
  AddKey("once");
  ASSERT_THAT(Reload(), IsOk());
  reencryption_.End(/*failed=*/1);
  EXPECT_EQ(Inventory(), "once.k000001 once.k000002* page.k000001*");
}

TEST_F(AdminHandlersTest, NeedsAKeyAgainOnceItHasBeenReplaced) {
  AddKey("once");
  ASSERT_THAT(Reload(), IsOk());
  reencryption_.End(0);
  AddKey("once");
  ASSERT_THAT(Reload(), IsOk());
  EXPECT_EQ(Inventory(), "once.k000001 once.k000002 once.k000003* page.k000001*");
}

TEST_F(AdminHandlersTest, TellsHowFarTheRecordsAreWrittenAnew) {
  reencryption_.now = {.running = true, .done = 3, .total = 10, .failed = 1, .started_at = Noon()};
  const pb::ReencryptionProgress progress = handlers_.GetKeyInventory(FromOperator(), {})->reencryption();
  EXPECT_TRUE(progress.running());
  EXPECT_EQ(progress.done(), 3u);
  EXPECT_EQ(progress.total(), 10u);
  EXPECT_EQ(progress.failed(), 1u);
  EXPECT_EQ(progress.start_time().seconds(), absl::ToUnixSeconds(Noon()));
  EXPECT_FALSE(progress.has_end_time());
}

TEST_F(AdminHandlersTest, StartsOnceForARepeatedReload) {
  const Call call = FromOperator();
  ASSERT_THAT(Reload(call), IsOk());
  ASSERT_THAT(Reload(call), IsOk());
  EXPECT_EQ(reencryption_.started, 1);
}

TEST_F(AdminHandlersTest, NamesWhatIsWrongWithTheKeyFilesAndKeepsTheKeys) {
  AddKey("once");
  const std::string bad = key_files_.Write("page.k000002.key", "half a key");
  const absl::Status status = Reload().status();
  EXPECT_THAT(status, Refused(absl::StatusCode::kFailedPrecondition, Reason::kKeysInvalid));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(bad));
  EXPECT_EQ(Inventory(), "once.k000001* page.k000001*");
  EXPECT_EQ(reencryption_.started, 0);
}

TEST_F(AdminHandlersTest, EntersThatKeysAreToBeReadBeforeTheyAreAndThenWhatHasBecomeOfIt) {  // LOG-01
  AddKey("once");
  ASSERT_THAT(Reload(), IsOk());
  key_files_.Write("page.k000002.key", "half a key");
  ASSERT_THAT(Reload(), Refused(absl::StatusCode::kFailedPrecondition, Reason::kKeysInvalid));
  EXPECT_THAT(Entered(), ::testing::ElementsAre(
                             "KeyReloadOrdered keys", "KeysReloaded keys {keys=once=k000002,page=k000001}",
                             "KeyReloadOrdered keys", "KeyReloadFailed keys : KEYS_INVALID"));
}

TEST_F(AdminHandlersTest, TakesNoKeysIntoUseWhenThatCannotBeEntered) {
  AddKey("once");
  *disk_fails_ = true;
  EXPECT_THAT(Reload(), Refused(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable));
  EXPECT_EQ(Inventory(), "once.k000001* page.k000001*");
  EXPECT_EQ(reencryption_.started, 0);
}

TEST_F(AdminHandlersTest, ReplaysAnswersOfBeforeTheRotation) {
  const Call call = FromOperator();
  ASSERT_OK_AND_ASSIGN(const pb::Backup first, handlers_.CreateBackup(call, {}));
  AddKey("once");
  ASSERT_THAT(Reload(), IsOk());
  EXPECT_EQ(handlers_.CreateBackup(call, {})->name(), first.name());
}

}  // namespace
}  // namespace tc::rpc
