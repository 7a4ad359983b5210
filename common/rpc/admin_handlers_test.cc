#include "common/rpc/admin_handlers.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/crypto/hmac.h"
#include "common/crypto/key_files.h"
#include "common/kv/rocks_database.h"
#include "common/testing/call.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"
#include "common/testing/wire.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::admin::v1;
namespace fs = std::filesystem;

using ::testing::ElementsAre;
using testing::FakeRandom;
using testing::FromPeer;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

Call FromOperator(absl::Time now = Noon()) { return FromPeer(Role::kOperator, "ops", now); }

class FakeReencryption final : public Reencryption {
 public:
  void Start() override {
    ++started;
    now = {};
    now.running = true;
  }
  ReencryptionProgress progress() const override { return now; }
  std::vector<std::string> purposes() const override { return {"once"}; }
  void End(uint64_t failed) {
    now.running = false;
    now.failed = failed;
    now.ended_at = Noon();
  }

  int started = 0;
  ReencryptionProgress now;
};

// "once.k000001 once.k000002*": the newest with a star; in brackets: not needed.
std::string Shown(const pb::KeyInventory& inventory) {
  std::string shown;
  for (const pb::KeyInfo& key : inventory.keys()) {
    const std::string name = absl::StrCat(key.purpose(), ".", key.kid(), key.newest() ? "*" : "");
    absl::StrAppend(&shown, shown.empty() ? "" : " ", key.needed() ? name : absl::StrCat("[", name, "]"));
  }
  return shown;
}

PolicyInForce ThePolicy() {
  return {{{"link.removal_delay", 0, 86400, 0, 604800, "Seconds until a removal takes effect."}},
          {{"link.removal_delay", 3600}}};
}

class AdminHandlersTest : public ::testing::Test {
 protected:
  AdminHandlersTest()
      : keys_(KeysIn(key_files_.path(), random_)),
        database_(*kv::OpenRocks(dir_.path() + "/data")),
        once_(*database_, *crypto::Sealer::Create(keys_, "once", random_)),
        pager_(*crypto::KeyedHash::Create(keys_, "page", "tc/page/v1")),
        backups_(*database_, dir_.path() + "/data-backups"),
        rotation_(keys_, &reencryption_),
        handlers_({"linking", "1.2.3", "dev", Noon(), "strict", ThePolicy()}, *database_, once_, pager_,
                  backups_, rotation_) {}

  static crypto::Keyring KeysIn(const std::string& dir, Random& random) {
    for (const char* purpose : {"once", "page"}) {
      if (!crypto::EnsureKey(dir, purpose, random).ok()) std::abort();
    }
    return *crypto::Keyring::Open(dir);
  }
  std::string Inventory() { return Shown(*handlers_.GetKeyInventory(FromOperator(), {})); }
  absl::StatusOr<pb::KeyInventory> Reload(const Call& call = FromOperator()) {
    return handlers_.ReloadKeys(call, {});
  }
  void AddKey(const std::string& purpose) {
    ASSERT_THAT(crypto::AddKey(key_files_.path(), purpose, random_), IsOk());
  }

  void Enqueue(const std::string& kind, bool dead) {
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
      kv::OutboxRow row;
      row.kind = kind;
      row.payload = "secret payload";
      return txn.Enqueue(row);
    }),
                IsOk());
    if (!dead) return;
    kv::OutboxRow row = database_->ListOutbox("", 500)->back();
    row.dead = true;
    row.attempts = 7;
    row.last_error = "refused";
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return kv::RescheduleOutboxRow(txn, row); }), IsOk());
  }
  std::string NameOfLast() { return absl::StrCat("outbox/", database_->ListOutbox("", 500)->back().id); }

  absl::StatusOr<pb::OutboxEntry> Retry(const std::string& name, const Call& call = FromOperator()) {
    pb::RetryOutboxEntryRequest request;
    request.set_name(name);
    return handlers_.RetryOutboxEntry(call, request);
  }

  testing::TempDir dir_;
  testing::TempDir key_files_;
  FakeRandom random_;
  crypto::Keyring keys_;
  std::unique_ptr<kv::Database> database_;
  Once once_;
  Pager pager_;
  Backups backups_;
  FakeReencryption reencryption_;
  Rotation rotation_;
  AdminHandlers handlers_;
};

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

TEST_F(AdminHandlersTest, ReplaysAnswersOfBeforeTheRotation) {
  const Call call = FromOperator();
  ASSERT_OK_AND_ASSIGN(const pb::Backup first, handlers_.CreateBackup(call, {}));
  AddKey("once");
  ASSERT_THAT(Reload(), IsOk());
  EXPECT_EQ(handlers_.CreateBackup(call, {})->name(), first.name());
}

}  // namespace
}  // namespace tc::rpc
