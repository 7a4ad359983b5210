// What is deleted leaves the disk (CRY-06).

#include <atomic>
#include <fstream>
#include <latch>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/synchronization/notification.h"
#include "common/kv/conformance.h"

namespace tc::kv {
namespace {

using testing::IsOk;

constexpr int kRows = 60;

class PurgeTest : public ConformanceTest {
 protected:
  void SetUp() override { db_ = *Open(store()); }
  std::string store() const { return dir_ / "store"; }

  // Unlike anything else on the disk.
  std::string Unmistakable(const std::string& what) {
    return what + "/" + absl::BytesToHexString(random_.Bytes(24));
  }
  void Write(const std::string& key, const std::string& value) { ASSERT_THAT(Put(*db_, key, value), IsOk()); }
  void Delete(const std::string& key) {
    ASSERT_THAT(db_->Update([&](Txn& txn) { return txn.Delete(key); }), IsOk());
  }
  // The files are read as they lie there, the open store's as well, without its list of files.
  std::string FilesWith(const std::string& text) const { return FilesWith(text, store(), false); }
  // Neighbouring keys share what they begin with, so that only the rest is looked for.
  static std::string FilesWith(const std::string& text, const std::string& dir, bool list) {
    const std::string bytes = text.substr(text.size() - 36);
    std::string found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
      if (!list && absl::StartsWith(entry.path().filename().string(), "MANIFEST-")) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      std::ostringstream all;
      all << in.rdbuf();
      if (absl::StrContains(all.str(), bytes)) found += entry.path().filename().string() + " ";
    }
    return found;
  }
  void Reopen() {
    db_.reset();
    db_ = *Open(store());
  }
  // As a store of some age: rows in files of several levels.
  void SettleOnTheDisk() {
    Reopen();
    ASSERT_THAT(db_->Purge(), IsOk());
  }

  TempDir dir_;
  testing::FakeRandom random_;
  std::unique_ptr<Database> db_;
};
TC_FOR_EVERY_ENGINE(PurgeTest);

TEST_P(PurgeTest, LeavesNoByteOfDeletedAndOverwrittenRowsInAnyFile) {
  for (const bool settled : {false, true}) {
    std::vector<std::string> forgotten;
    for (int i = 0; i < kRows; ++i) {
      const std::string key = Unmistakable("key");
      const std::string value = Unmistakable("value");
      Write(key, value);
      Write("kept" + std::to_string(i), value + "/kept");
      forgotten.push_back(key);
      forgotten.push_back(value);
    }
    if (settled) SettleOnTheDisk();
    ASSERT_NE(FilesWith(forgotten.front()), "") << "else this shows nothing";
    for (int i = 0; i < kRows; ++i) {
      Delete(forgotten[static_cast<size_t>(2 * i)]);
      Write("kept" + std::to_string(i), "new");
    }
    ASSERT_NE(FilesWith(forgotten.front()), "") << "deleting alone leaves it";
    ASSERT_THAT(db_->Purge(), IsOk());
    for (const std::string& bytes : forgotten) EXPECT_EQ(FilesWith(bytes), "") << settled;
    EXPECT_EQ(Read(*db_, "kept7"), "new");
  }
}

TEST_P(PurgeTest, LeavesNothingForAReopenedStoreToFind) {
  const std::string key = Unmistakable("key");
  Write(key, "secret");
  Reopen();
  Delete(key);
  Reopen();
  ASSERT_THAT(db_->Purge(), IsOk());
  EXPECT_EQ(FilesWith(key), "");
  Reopen();
  EXPECT_EQ(FilesWith(key), "");
  EXPECT_EQ(Read(*db_, key), "(absent)");
}

TEST_P(PurgeTest, ForgetsTheKeysThatBoundAFile) {
  const std::string first = Unmistakable("0");
  const std::string last = Unmistakable("z");
  Write(first, "1");
  Write("middle", "2");
  Write(last, "3");
  SettleOnTheDisk();
  Delete(first);
  Delete(last);
  ASSERT_THAT(db_->Purge(), IsOk());
  EXPECT_EQ(FilesWith(first), "");
  EXPECT_EQ(FilesWith(last), "");
  EXPECT_EQ(Read(*db_, "middle"), "2");
  // The list of files follows with the next opening; a copy has been opened.
  const std::string copy = dir_ / "copy";
  ASSERT_THAT(db_->Backup(copy), IsOk());
  Reopen();
  for (const std::string& key : {first, last}) {
    EXPECT_EQ(FilesWith(key, store(), true), "");
    EXPECT_EQ(FilesWith(key, copy, true), "");
  }
}

TEST_P(PurgeTest, WaitsForAReaderThatStillSeesWhatWasDeleted) {
  const std::string key = Unmistakable("key");
  Write(key, "secret");
  SettleOnTheDisk();
  std::latch reading(1);
  std::latch go_on(1);
  std::thread reader([&] {
    EXPECT_THAT(db_->View([&](ReadTxn& txn) -> absl::Status {
      reading.count_down();
      go_on.wait();
      EXPECT_EQ(TRY(txn.Get(key)), "secret") << "its moment is kept";
      return absl::OkStatus();
    }),
                IsOk());
  });
  reading.wait();
  Delete(key);
  absl::Notification purged;
  std::thread purging([&] {
    EXPECT_THAT(db_->Purge(), IsOk());
    purged.Notify();
  });
  Write("k", "1");  // commits go on
  EXPECT_FALSE(purged.WaitForNotificationWithTimeout(absl::Milliseconds(200)));
  go_on.count_down();
  reader.join();
  purging.join();
  EXPECT_EQ(FilesWith(key), "");
}

TEST_P(PurgeTest, ForgetsWhileOthersReadWriteAndBackUp) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> others;
  others.emplace_back([&] {  // keeps open the files from which it reads
    while (!stop) {
      EXPECT_THAT(db_->View([&](ReadTxn& txn) {
        return txn.Scan("a", "z", [](absl::string_view, absl::string_view) {
          std::this_thread::yield();
          return true;
        });
      }),
                  IsOk());
    }
  });
  others.emplace_back([&] {
    for (int i = 0; !stop; ++i) Write("row" + std::to_string(i % 500), std::string(500, 'x'));
  });
  others.emplace_back([&] {
    for (int i = 0; !stop; ++i) EXPECT_THAT(db_->Backup(dir_ / ("backup" + std::to_string(i))), IsOk());
  });
  for (int round = 0; round < 10; ++round) {
    const std::string key = Unmistakable("key");
    Write(key, key + "value");
    Delete(key);
    ASSERT_THAT(db_->Purge(), IsOk());
    EXPECT_EQ(FilesWith(key), "");
  }
  stop = true;
  for (std::thread& other : others) other.join();
}

TEST_P(PurgeTest, TakesNoRevisionAndKeepsEventsTimersAndRows) {
  ASSERT_THAT(db_->Update([](Txn& txn) -> absl::Status {
    TRY(txn.Emit({.type = "Made", .at = testing::Noon()}));
    TRY(txn.Enqueue({.kind = "send", .payload = "hello"}));
    return txn.Schedule({testing::Noon(), "expire", "1"});
  }),
              IsOk());
  const uint64_t revision = db_->revision();
  ASSERT_THAT(db_->Purge(), IsOk());
  ASSERT_THAT(db_->Purge(), IsOk()) << "nothing to forget";
  EXPECT_EQ(db_->revision(), revision);
  Reopen();
  EXPECT_EQ(db_->revision(), revision);
  EXPECT_EQ(db_->Changes(0, 0, 10)->at(0).type, "Made");
  EXPECT_EQ(db_->DueOutbox(testing::Noon(), 10)->at(0).payload, "hello");
  EXPECT_EQ(db_->DueTimers(testing::Noon(), 10)->at(0).subject, "1");
}

TEST_P(PurgeTest, WorksInMemoryToo) {
  const auto db = Fresh();
  ASSERT_THAT(Put(*db, "k", "1"), IsOk());
  EXPECT_THAT(db->Purge(), IsOk());
  EXPECT_EQ(Read(*db, "k"), "1");
}

TEST_P(PurgeTest, RefusesOnAStoreThatHasFailed) {
  const auto fail = std::make_shared<std::atomic<bool>>(true);
  const auto db = Fresh({.fail_next_write = fail});
  EXPECT_FALSE(Put(*db, "k", "1").ok());
  EXPECT_THAT(db->Purge(), testing::HasCode(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace tc::kv
