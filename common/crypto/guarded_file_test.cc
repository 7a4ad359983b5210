#include "common/crypto/guarded_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::crypto {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;

class GuardedFile : public ::testing::Test {
 protected:
  std::string Said(mode_t mode, Guard guard) {
    return std::string(ReadGuarded(dir_.Write("file", "content", mode), guard).status().message());
  }

  const testing::TempDir dir_;
};

TEST_F(GuardedFile, IsReadWhole) {
  const absl::StatusOr<Secret> read = ReadGuarded(dir_.Write("file", "content", 0600), Guard::kSecret);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->Reveal(), "content");
}

TEST_F(GuardedFile, IsNotReadWhenSomebodyElseMayReadASecret) {  // CFG-02
  for (const mode_t good : std::vector<mode_t>{0400, 0600, 0440, 0640})
    EXPECT_EQ(Said(good, Guard::kSecret), "") << good;
  for (const mode_t bad : std::vector<mode_t>{0604, 0644, 0660, 0602})
    EXPECT_THAT(Said(bad, Guard::kSecret), HasSubstr("lets others read the key")) << bad;
}

TEST_F(GuardedFile, IsNotBelievedWhenEverybodyMayWriteIt) {  // CFG-02
  for (const mode_t good : std::vector<mode_t>{0400, 0644, 0664})
    EXPECT_EQ(Said(good, Guard::kPublic), "") << good;
  for (const mode_t bad : std::vector<mode_t>{0666, 0602, 0777})
    EXPECT_THAT(Said(bad, Guard::kPublic), HasSubstr("everybody may write it")) << bad;
}

TEST_F(GuardedFile, IsJudgedWhereALinkLeads) {
  ASSERT_EQ(::symlink(dir_.Write("open", "x", 0644).c_str(), (dir_ / "link").c_str()), 0);
  EXPECT_THAT(std::string(ReadGuarded(dir_ / "link", Guard::kSecret).status().message()),
              HasSubstr("lets others read"));
}

TEST_F(GuardedFile, IsAPlainFile) {
  ASSERT_EQ(::mkfifo((dir_ / "pipe").c_str(), 0600), 0);
  for (const std::string& path : {dir_ / "pipe", dir_.path()}) {
    EXPECT_THAT(std::string(ReadGuarded(path, Guard::kSecret).status().message()),
                HasSubstr(path + ": is not a file"));
  }
  EXPECT_THAT(std::string(ReadGuarded(dir_ / "none", Guard::kSecret).status().message()),
              HasSubstr("cannot be read: No such file"));
}

}  // namespace
}  // namespace tc::crypto
