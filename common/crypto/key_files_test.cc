#include "common/crypto/key_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "absl/strings/escaping.h"
#include "common/crypto/keyring.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::crypto {
namespace {

using testing::FakeRandom;
using testing::HasCode;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::SizeIs;

constexpr char kHex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

std::vector<std::string> FilesOf(const std::string& dir) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) names.push_back(entry.path().filename());
  return names;
}

struct BadFile {
  const char* why;
  const char* name;
  std::string content;
  mode_t mode;
};

class RefusedFile : public ::testing::TestWithParam<BadFile> {};

TEST_P(RefusedFile, IsNamed) {
  const testing::TempDir dir;
  const std::string path = dir.Write(GetParam().name, GetParam().content, GetParam().mode);
  const absl::Status status = Keyring::Open(dir.path()).status();
  EXPECT_THAT(status, HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  EXPECT_THAT(std::string(status.message()), ::testing::Not(HasSubstr("0a0b0c")))
      << "a key must not leak into the error";
}

INSTANTIATE_TEST_SUITE_P(
    Keyring, RefusedFile,
    ::testing::Values(BadFile{"WritableByGroup", "seal.k1.key", kHex, 0660},
                      BadFile{"ReadableByOthers", "seal.k1.key", kHex, 0604},
                      BadFile{"Executable", "seal.k1.key", kHex, 0700},
                      BadFile{"WritableByOthers", "seal.k1.key", kHex, 0602},
                      BadFile{"TooShort", "seal.k1.key", std::string(kHex).substr(2), 0600},
                      BadFile{"OddLength", "seal.k1.key", std::string(kHex).substr(1), 0600},
                      BadFile{"TooLong", "seal.k1.key", std::string(kHex) + "20", 0600},
                      BadFile{"TwoLineEnds", "seal.k1.key", std::string(kHex) + "\n\n", 0600},
                      BadFile{"LongerThanRead", "seal.k1.key", std::string(kHex) + "\n" + kHex, 0600},
                      BadFile{"Empty", "seal.k1.key", "", 0600},
                      BadFile{"NotHex", "seal.k1.key", "zz" + std::string(kHex).substr(2), 0600},
                      BadFile{"AllZero", "seal.k1.key", std::string(64, '0'), 0600},
                      BadFile{"AllOnes", "seal.k1.key", std::string(64, 'f') + "\n", 0600},
                      BadFile{"NoKid", "seal.key", kHex, 0600}, BadFile{"EmptyKid", "seal..key", kHex, 0600},
                      BadFile{"NoPurpose", ".k1.key", kHex, 0600},
                      BadFile{"UpperCasePurpose", "Seal.k1.key", kHex, 0600},
                      BadFile{"Backup", "seal.k1.key~", kHex, 0600},
                      BadFile{"Foreign", "README", "hello", 0600}),
    [](const auto& test) { return test.param.why; });

struct Mode {
  mode_t mode;
  bool of_our_group;  // whether the file's group is one of the process's
  bool is_private;
};

TEST(IsPrivate, AllowsTheGroupToReadOnlyWhereItIsOurOwn) {  // CFG-02
  const std::vector<gid_t> own = {7, 2000};
  for (const Mode& row : std::vector<Mode>{{0400, false, true},
                                           {0600, false, true},
                                           {0440, true, true},
                                           {0640, true, true},
                                           {0440, false, false},
                                           {0640, false, false},
                                           {0660, true, false},
                                           {0460, true, false},
                                           {0444, true, false},
                                           {0644, true, false},
                                           {0604, true, false},
                                           {0602, true, false},
                                           {0700, true, false},
                                           {0500, true, false},
                                           {0450, true, false},
                                           {04600, true, false},
                                           {0000, true, false}}) {
    EXPECT_EQ(IsPrivate(S_IFREG | row.mode, row.of_our_group ? 2000 : 3000, own), row.is_private)
        << std::oct << row.mode << " " << row.of_our_group;
  }
}

TEST(ReadKeyFiles, ReadsWhatKubernetesMountsForAGroupOfTheProcess) {
  const testing::TempDir dir;
  const std::string path = dir.Write("seal.k1.key", kHex, 0440);
  ASSERT_EQ(::chown(path.c_str(), static_cast<uid_t>(-1), ::getegid()), 0);
  EXPECT_THAT(ReadKeyFiles(dir.path()), IsOk());
}

TEST(ReadKeyFiles, RefusesAFileThatAForeignGroupReads) {
  const testing::TempDir dir;
  const std::string path = dir.Write("seal.k1.key", kHex, 0640);
  if (::chown(path.c_str(), static_cast<uid_t>(-1), 54321) != 0) GTEST_SKIP() << "only root may give it away";
  EXPECT_THAT(ReadKeyFiles(dir.path()), HasCode(absl::StatusCode::kFailedPrecondition));
}

TEST(EnsureKey, MakesADirectoryAndAKeyThatOnlyTheOwnerReads) {
  const testing::TempDir parent;
  const std::string dir = parent.path() + "/keys";
  FakeRandom random;
  ASSERT_THAT(EnsureKey(dir, "seal", random), IsOk());
  struct stat info {};
  ASSERT_EQ(::stat(dir.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((dir + "/seal.k000001.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::Open(dir));
  EXPECT_THAT(keys.All("seal"), IsOk());
  EXPECT_THAT(FilesOf(dir), SizeIs(1)) << "no draft stays behind";
}

TEST(EnsureKey, KeepsAnExistingKey) {
  const testing::TempDir dir;
  FakeRandom random;
  dir.Write("seal.by-hand.key", kHex);
  ASSERT_THAT(EnsureKey(dir.path(), "seal", random), IsOk());
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::Open(dir.path()));
  ASSERT_OK_AND_ASSIGN(const std::vector<Key> all, keys.All("seal"));
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].kid, "by-hand");
}

TEST(EnsureKey, GivesEveryPurposeItsOwnKey) {
  const testing::TempDir dir;
  FakeRandom random;
  ASSERT_THAT(EnsureKey(dir.path(), "seal", random), IsOk());
  ASSERT_THAT(EnsureKey(dir.path(), "seal.index", random), IsOk());
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::Open(dir.path()));
  EXPECT_FALSE(keys.Newest("seal")->bytes == keys.Newest("seal.index")->bytes);
}

TEST(EnsureKey, MakesOneKeyWhenManyStartAtOnce) {
  const testing::TempDir dir;
  SystemRandom random;
  std::vector<std::thread> starts;
  for (int i = 0; i < 8; ++i) {
    starts.emplace_back([&] { EXPECT_THAT(EnsureKey(dir.path(), "seal", random), IsOk()); });
  }
  for (std::thread& start : starts) start.join();
  EXPECT_THAT(FilesOf(dir.path()), SizeIs(1));
  EXPECT_THAT(Keyring::Open(dir.path()), IsOk());
}

TEST(EnsureKey, RefusesAPurposeThatIsNoFileName) {
  const testing::TempDir dir;
  FakeRandom random;
  for (const char* purpose : {"", "../seal", "a/b", ".seal", "Seal", "a b"}) {
    EXPECT_THAT(EnsureKey(dir.path(), purpose, random), HasCode(absl::StatusCode::kInvalidArgument))
        << purpose;
  }
}

TEST(AddKey, MakesTheNewestOne) {
  const testing::TempDir dir;
  FakeRandom random;
  ASSERT_THAT(EnsureKey(dir.path(), "seal", random), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string kid, AddKey(dir.path(), "seal", random));
  EXPECT_EQ(kid, "k000002");
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::Open(dir.path()));
  EXPECT_EQ(keys.Newest("seal")->kid, "k000002");
  EXPECT_THAT(keys.Find("seal", "k000001"), IsOk());
  EXPECT_THAT(keys.Find("seal", "k000003"), HasCode(absl::StatusCode::kNotFound));
}

TEST(AddKey, FollowsAKeyThatSortsBeforeItsOwn) {
  const testing::TempDir dir;
  FakeRandom random;
  dir.Write("seal.2026-03.key", kHex);
  EXPECT_THAT(AddKey(dir.path(), "seal", random), IsOk());
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::Open(dir.path()));
  EXPECT_EQ(keys.Newest("seal")->kid, "k000001");
}

TEST(AddKey, RefusesToSortBeforeAKeyMadeByHand) {
  const testing::TempDir dir;
  FakeRandom random;
  for (const char* kid : {"zz", "k999999", "k1", "kx00001"}) {
    const std::string path = dir.Write(absl::StrCat("seal.", kid, ".key"), kHex);
    EXPECT_THAT(AddKey(dir.path(), "seal", random), HasCode(absl::StatusCode::kFailedPrecondition)) << kid;
    std::filesystem::remove(path);
  }
}

TEST(RemoveKey, TakesAwayAnOlderKey) {
  const testing::TempDir dir;
  FakeRandom random;
  dir.Write("seal.k000001.key", kHex);
  ASSERT_THAT(AddKey(dir.path(), "seal", random), IsOk());
  EXPECT_THAT(RemoveKey(dir.path(), "seal", "k000001"), IsOk());
  EXPECT_THAT(RemoveKey(dir.path(), "seal", "k000001"), IsOk()) << "it is gone already";
  EXPECT_THAT(FilesOf(dir.path()), ::testing::ElementsAre("seal.k000002.key"));
}

TEST(RemoveKey, NeverTakesAwayTheNewest) {
  const testing::TempDir dir;
  dir.Write("seal.k000001.key", kHex);
  EXPECT_THAT(RemoveKey(dir.path(), "seal", "k000001"), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(FilesOf(dir.path()), SizeIs(1));
}

TEST(RemoveKey, RemovesNothingButKeys) {
  const testing::TempDir dir;
  for (const auto& [purpose, kid] : std::vector<std::pair<const char*, const char*>>{
           {"../seal", "k1"}, {"seal", "../k1"}, {"seal", ""}, {"", "k1"}}) {
    EXPECT_THAT(RemoveKey(dir.path(), purpose, kid), HasCode(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace tc::crypto
