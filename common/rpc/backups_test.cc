#include "common/rpc/backups.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/kv/rocks_database.h"
#include "common/testing/noon.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"

namespace tc::rpc {
namespace {

namespace fs = std::filesystem;

using ::testing::IsEmpty;
using testing::IsOk;
using testing::Noon;
using testing::Refused;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

absl::Status Put(kv::Database& database, const std::string& key, const std::string& value) {
  return database.Update([&](kv::Txn& txn) { return txn.Put(key, value); }).status();
}

std::optional<std::string> Get(kv::Database& database, const std::string& key) {
  std::optional<std::string> value;
  EXPECT_THAT(database.View([&](kv::ReadTxn& txn) -> absl::Status {
    value = TRY(txn.Get(key));
    return absl::OkStatus();
  }),
              IsOk());
  return value;
}

// A store of records and one of the keys under which they lie.
class BackupsTest : public ::testing::Test {
 protected:
  std::string At(const std::string& name) const { return dir_.path() + "/" + name; }
  std::vector<std::string> Names(const std::string& dir) const {
    std::vector<std::string> names;
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(At(dir), absent))
      names.push_back(entry.path().filename());
    return names;
  }
  absl::StatusOr<Backups::Entry> Make(absl::Duration after) { return backups_.Make(Noon() + after); }

  testing::TempDir dir_;
  std::unique_ptr<kv::Database> records_ = *kv::OpenRocks(At("data"));
  std::unique_ptr<kv::Database> keys_ = *kv::OpenRocks(At("data-keys"), {.name = "keys"});
  Backups backups_{*records_, At("data-backups"), {{keys_.get(), At("data-keys-backups")}}};
};

TEST_F(BackupsTest, CopiesFurtherStoresUnderTheSameId) {
  ASSERT_THAT(Put(*keys_, "key/1", "k"), IsOk());
  ASSERT_THAT(Put(*records_, "record/1", "r"), IsOk());
  ASSERT_OK_AND_ASSIGN(const Backups::Entry made, Make(absl::ZeroDuration()));
  EXPECT_THAT(Names("data-backups"), UnorderedElementsAre(made.id));
  EXPECT_THAT(Names("data-keys-backups"), UnorderedElementsAre(made.id));
  EXPECT_EQ(Get(**kv::OpenRocks(At("data-keys-backups/" + made.id)), "key/1"), "k");
  EXPECT_EQ(fs::status(At("data-keys-backups")).permissions() & fs::perms::all, fs::perms::owner_all);
}

TEST_F(BackupsTest, HasTheKeyOfEveryRecordAlsoWhileBothAreWritten) {
  std::atomic<int> written{0};
  std::atomic<bool> stop{false};
  std::thread writing([&] {
    for (int i = 1; !stop; ++i) {  // the key first, as it is made before what it protects
      EXPECT_THAT(Put(*keys_, "last", absl::StrCat(i)), IsOk());
      EXPECT_THAT(Put(*records_, "last", absl::StrCat(i)), IsOk());
      written = i;
    }
  });
  while (written < 5) std::this_thread::yield();
  for (int i = 0; i < 4; ++i) {
    ASSERT_OK_AND_ASSIGN(const Backups::Entry made, Make(absl::Seconds(i)));
    const int records = std::stoi(*Get(**kv::OpenRocks(At("data-backups/" + made.id)), "last"));
    const int keys = std::stoi(*Get(**kv::OpenRocks(At("data-keys-backups/" + made.id)), "last"));
    EXPECT_GE(keys, records);
  }
  stop = true;
  writing.join();
}

TEST_F(BackupsTest, ListsNoSetThatIsNotComplete) {
  std::ofstream(At("data-keys-backups")) << "a file in the way";
  EXPECT_THAT(Make(absl::ZeroDuration()), Refused(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable));
  EXPECT_THAT(*backups_.List("", 10), IsEmpty());
  fs::remove(At("data-keys-backups"));
  EXPECT_THAT(Make(absl::ZeroDuration()), IsOk()) << "the same second again";
  EXPECT_THAT(*backups_.List("", 10), SizeIs(1));
}

TEST_F(BackupsTest, ReplacesACopyOfASetThatWasNotCompleted) {
  fs::create_directories(
      At(absl::StrCat("data-keys-backups/20260302T120000Z-r", records_->revision(), "/x")));
  ASSERT_OK_AND_ASSIGN(const Backups::Entry made, Make(absl::ZeroDuration()));
  EXPECT_THAT(kv::OpenRocks(At("data-keys-backups/" + made.id)), IsOk());
}

TEST_F(BackupsTest, RemovesWhatWasMadeBefore) {  // CRY-07
  ASSERT_THAT(Make(absl::ZeroDuration()), IsOk());
  ASSERT_OK_AND_ASSIGN(const Backups::Entry at, Make(absl::Hours(1)));
  ASSERT_OK_AND_ASSIGN(const Backups::Entry later, Make(absl::Hours(2)));
  ASSERT_THAT(backups_.RemoveBefore(Noon() + absl::Hours(1)), IsOk());
  for (const char* dir : {"data-backups", "data-keys-backups"}) {
    EXPECT_THAT(Names(dir), UnorderedElementsAre(at.id, later.id)) << dir;
  }
  EXPECT_THAT(*backups_.List("", 10), SizeIs(2));
}

TEST_F(BackupsTest, RemovesWhatIsTooOldWhenItMakesAnother) {  // CRY-07
  Backups kept(*records_, At("data-backups"), {{keys_.get(), At("data-keys-backups")}}, absl::Hours(24 * 30));
  ASSERT_THAT(kept.Make(Noon()), IsOk());
  ASSERT_OK_AND_ASSIGN(const Backups::Entry second, kept.Make(Noon() + absl::Hours(24 * 30)));
  EXPECT_THAT(*kept.List("", 10), SizeIs(2)) << "thirty days to the second";
  ASSERT_OK_AND_ASSIGN(const Backups::Entry third,
                       kept.Make(Noon() + absl::Hours(24 * 30) + absl::Seconds(1)));
  for (const char* dir : {"data-backups", "data-keys-backups"})
    EXPECT_THAT(Names(dir), UnorderedElementsAre(second.id, third.id)) << dir;
}

TEST_F(BackupsTest, RemovesPartialCopiesAndLeavesWhatIsNoCopy) {
  for (const char* dir : {"data-backups", "data-keys-backups"}) {
    for (const char* name :
         {"partial-20260301T120000Z-r1", "20260301T120000Z-r2", "notes", "partial-20260303T120000Z-r3"}) {
      fs::create_directories(At(absl::StrCat(dir, "/", name, "/file")));
    }
  }
  ASSERT_THAT(backups_.RemoveBefore(Noon()), IsOk());
  for (const char* dir : {"data-backups", "data-keys-backups"}) {
    EXPECT_THAT(Names(dir), UnorderedElementsAre("notes", "partial-20260303T120000Z-r3")) << dir;
  }
}

TEST_F(BackupsTest, HasNothingToRemoveWhereThereAreNone) {
  EXPECT_THAT(backups_.RemoveBefore(absl::InfiniteFuture()), IsOk());
}

}  // namespace
}  // namespace tc::rpc
