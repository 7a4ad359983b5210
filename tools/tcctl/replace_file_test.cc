#include "tools/tcctl/replace_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::ctl {
namespace {

using testing::HasCode;
using testing::IsOk;

std::string ContentOf(const std::string& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(ReplaceFile, PutsTheWholeContentInPlaceWithItsMode) {
  const testing::TempDir dir;
  const std::string file = dir.Write("memory", "what was there before, and longer");
  dir.Write("memory.next", "what a crash has left, longer than all that comes now");
  ASSERT_THAT(ReplaceFile(file, "new", 0600), IsOk());
  EXPECT_EQ(ContentOf(file), "new");
  EXPECT_FALSE(std::filesystem::exists(file + ".next"));
  struct stat info {};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST(ReplaceFile, LeavesNothingBehindWhereItCannot) {
  const testing::TempDir dir;
  const std::string file = dir / "memory";
  std::filesystem::create_directories(file + "/deeper");
  EXPECT_THAT(ReplaceFile(file, "new", 0600), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_FALSE(std::filesystem::exists(file + ".next"));
  EXPECT_THAT(ReplaceFile(dir / "none/memory", "new", 0600), HasCode(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace tc::ctl
