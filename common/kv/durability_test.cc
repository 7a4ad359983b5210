// What is on the disk: kept, private, refused when it is not ours or not whole.

#include <sys/stat.h>

#include <fstream>

#include "common/kv/conformance.h"
#include "common/kv/layout.h"

namespace tc::kv {
namespace {

using testing::HasCode;
using testing::IsOk;
using testing::Noon;

constexpr int kRows = 200;

class DurabilityTest : public ConformanceTest {
 protected:
  std::string store() const { return dir_ / "store"; }
  // Leaves a closed store with `kRows` rows, some of whose bytes on the disk have changed.
  void FillAndDamage() {
    {
      ASSERT_OK_AND_ASSIGN(const auto db, Open(store()));
      for (int i = 0; i < kRows; ++i)
        ASSERT_THAT(Put(*db, "k" + std::to_string(i), std::string(300, 'x')), IsOk());
    }
    int damaged = 0;
    for (const auto& entry : std::filesystem::directory_iterator(store())) {
      if (entry.path().extension() != ".sst") continue;
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(entry.file_size() / 4));
      file.write("damage", 6);
      ++damaged;
    }
    ASSERT_GT(damaged, 0);
  }
  TempDir dir_;
};
TC_FOR_EVERY_ENGINE(DurabilityTest);

TEST_P(DurabilityTest, KeepsEverythingOverAReopen) {
  std::string uid;
  uint64_t revision = 0;
  {
    ASSERT_OK_AND_ASSIGN(const auto db, Open(store()));
    uid = db->uid();
    ASSERT_OK_AND_ASSIGN(revision, db->Update([](Txn& txn) -> absl::Status {
      TRY(txn.Emit({.type = "Made", .at = Noon()}));
      TRY(txn.Enqueue({.kind = "send", .payload = "hello"}));
      TRY(txn.Schedule({Noon(), "expire", "1"}));
      return txn.Put("k", "1");
    }));
  }
  ASSERT_OK_AND_ASSIGN(const auto db, Open(store()));
  EXPECT_EQ(db->uid(), uid);
  EXPECT_EQ(db->revision(), revision);
  EXPECT_EQ(Read(*db, "k"), "1");
  EXPECT_EQ(db->Changes(0, 0, 10)->at(0).type, "Made");
  EXPECT_EQ(db->DueOutbox(Noon(), 10)->at(0).payload, "hello");
  EXPECT_EQ(db->DueTimers(Noon(), 10)->at(0).subject, "1");
  ASSERT_OK_AND_ASSIGN(const uint64_t next,
                       db->Update([](Txn& txn) -> absl::Status { return txn.Put("k", "2"); }));
  EXPECT_EQ(next, revision + 1);
}

TEST_P(DurabilityTest, GivesEveryStoreItsOwnUid) {
  ASSERT_OK_AND_ASSIGN(const auto a, Open(dir_ / "a"));
  ASSERT_OK_AND_ASSIGN(const auto b, Open(dir_ / "b"));
  EXPECT_EQ(a->uid().size(), 36u);
  EXPECT_NE(a->uid(), b->uid());
}

TEST_P(DurabilityTest, RefusesASecondOpeningOfTheSameDirectory) {  // API-08
  ASSERT_OK_AND_ASSIGN(auto first, Open(store()));
  EXPECT_THAT(Open(store()), HasCode(absl::StatusCode::kFailedPrecondition));
  first.reset();
  EXPECT_THAT(Open(store()), IsOk());
}

TEST_P(DurabilityTest, KeepsOthersOut) {  // CRY-15
  struct stat found = {};
  {
    ASSERT_THAT(Open(store()), IsOk());
  }
  ASSERT_EQ(::stat(store().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
  ASSERT_EQ(::chmod(store().c_str(), 0755), 0);
  ASSERT_THAT(Open(store()), IsOk());
  ASSERT_EQ(::stat(store().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
}

TEST_P(DurabilityTest, RefusesAFormatThatItDoesNotKnow) {
  {
    ASSERT_OK_AND_ASSIGN(const auto db, Open(store()));
    ASSERT_THAT(Put(*db, MetaKey("format"), "2"), IsOk());
  }
  EXPECT_THAT(Open(store()), HasCode(absl::StatusCode::kFailedPrecondition));
}

TEST_P(DurabilityTest, RefusesAStoreThatIsNotOurs) {
  {
    ASSERT_OK_AND_ASSIGN(const auto db, Open(store()));
    ASSERT_THAT(db->Update([](Txn& txn) -> absl::Status { return txn.Delete(MetaKey("format")); }), IsOk());
  }
  EXPECT_THAT(Open(store()), HasCode(absl::StatusCode::kFailedPrecondition));
}

TEST_P(DurabilityTest, RefusesAPathThatCannotBeADirectory) {
  EXPECT_THAT(Open(dir_ / "absent/store"), HasCode(absl::StatusCode::kFailedPrecondition));
}

TEST_P(DurabilityTest, NeverTakesDamageForAbsence) {
  FillAndDamage();
  const auto db = Open(store());
  if (!db.ok()) return;  // noticed at once
  int unreadable = 0;
  for (int i = 0; i < kRows; ++i) {
    const std::string value = Read(**db, "k" + std::to_string(i));
    EXPECT_NE(value, "(absent)") << i;
    if (value == "(unreadable)") ++unreadable;
  }
  EXPECT_GT(unreadable, 0);
}

TEST_P(DurabilityTest, CommitsNothingWhenAReadWentUnanswered) {
  FillAndDamage();
  const auto db = Open(store());
  if (!db.ok()) return;
  const auto careless = (*db)->Update([](Txn& txn) -> absl::Status {
    for (int i = 0; i < kRows; ++i) txn.Get("k" + std::to_string(i)).IgnoreError();
    return txn.Put("new", "1");
  });
  EXPECT_FALSE(careless.ok());
  EXPECT_NE(Read(**db, "new"), "1");
}

TEST_P(DurabilityTest, KeepsWhatWasCommittedBeforeAFailure) {
  const auto fail = std::make_shared<std::atomic<bool>>(false);
  {
    ASSERT_OK_AND_ASSIGN(const auto db, Open(store(), {.fail_next_write = fail}));
    ASSERT_THAT(Put(*db, "k", "1"), IsOk());
    *fail = true;
    ASSERT_FALSE(Put(*db, "k", "2").ok());
  }
  ASSERT_OK_AND_ASSIGN(const auto db, Open(store()));
  EXPECT_EQ(Read(*db, "k"), "1");
  EXPECT_THAT(Put(*db, "k", "3"), IsOk());
}

TEST_P(DurabilityTest, BacksUpOneMomentWhileOthersWrite) {
  ASSERT_OK_AND_ASSIGN(const auto db, Open(store()));
  std::atomic<bool> stop{false};
  std::thread writing([&] {
    while (!stop) {
      EXPECT_THAT(db->Update([](Txn& txn) -> absl::Status {
        TRY(AddOne(txn, "a"));
        TRY(AddOne(txn, "b"));
        return absl::OkStatus();
      }),
                  IsOk());
    }
  });
  db->WaitForChange(20, absl::InfiniteDuration());
  const uint64_t before = db->revision();
  const absl::Status backup = db->Backup(dir_ / "backup");
  stop = true;
  writing.join();
  ASSERT_THAT(backup, IsOk());
  struct stat found = {};
  ASSERT_EQ(::stat((dir_ / "backup").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
  ASSERT_OK_AND_ASSIGN(const auto copy, Open(dir_ / "backup"));
  EXPECT_EQ(copy->uid(), db->uid());
  EXPECT_GE(copy->revision(), before);
  EXPECT_EQ(Read(*copy, "a"), Read(*copy, "b"));
  EXPECT_EQ(Read(*copy, "a"), std::to_string(copy->revision()));
}

TEST_P(DurabilityTest, BacksUpIntoAnEmptyDirectoryOnly) {
  ASSERT_OK_AND_ASSIGN(const auto db, Open(store()));
  std::filesystem::create_directory(dir_ / "empty");
  EXPECT_THAT(db->Backup(dir_ / "empty"), IsOk());
  EXPECT_THAT(db->Backup(dir_ / "empty"), HasCode(absl::StatusCode::kFailedPrecondition));
}

// Revisions are counted anew from the backup's; what was sent since must not swallow what is sent now.
TEST_P(DurabilityTest, UsesNoRequestIdTwiceAfterARestore) {
  ASSERT_OK_AND_ASSIGN(const auto db, Open(store()));
  ASSERT_THAT(db->Backup(dir_ / "backup"), IsOk());
  ASSERT_THAT(Enqueue(*db, {.kind = "send"}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto restored, Open(dir_ / "backup"));
  ASSERT_THAT(Enqueue(*restored, {.kind = "send"}), IsOk());
  const OutboxRow old = db->ListOutbox("", 1)->at(0);
  const OutboxRow now = restored->ListOutbox("", 1)->at(0);
  EXPECT_EQ(old.id, now.id);
  EXPECT_NE(old.request_id, now.request_id);
}

}  // namespace
}  // namespace tc::kv
