// What is remembered of a log between two looks at it.

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "common/testing/temp_dir.h"
#include "tools/tcctl/audit_check.h"

namespace tc::ctl {
namespace {

using testing::HasCode;
using testing::IsOk;

TEST(AuditMemory, IsReadAsItWasWritten) {
  const testing::TempDir dir;
  const std::string file = dir / "deep/er/linking.json";
  ASSERT_OK_AND_ASSIGN(const AuditMemory none, ReadAuditMemory(file));
  EXPECT_TRUE(none.note.empty() && none.keys.empty());
  ASSERT_THAT(WriteAuditMemory(file, {"note\n", {"a", "b"}}), IsOk());
  ASSERT_OK_AND_ASSIGN(const AuditMemory read, ReadAuditMemory(file));
  EXPECT_EQ(read.note, "note\n");
  EXPECT_EQ(read.keys, (std::vector<std::string>{"a", "b"}));
  for (const char* bad :
       {"", "[]", "{}", "{\"checkpoint\": \"\"}", "{\"checkpoint\": \"\", \"keys\": [1]}"}) {
    EXPECT_THAT(ReadAuditMemory(dir.Write("bad", bad)), HasCode(absl::StatusCode::kFailedPrecondition))
        << bad;
  }
}

// "None" would be to trust whatever history comes.
TEST(AuditMemory, ThatCannotBeLookedAtIsNotNone) {
  const testing::TempDir dir;
  EXPECT_THAT(ReadAuditMemory(dir / std::string(300, 'x')), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ReadAuditMemory(dir.path()), HasCode(absl::StatusCode::kFailedPrecondition)) << "a directory";
  EXPECT_THAT(WriteAuditMemory(dir / "log", {"note", {}}), IsOk());
  EXPECT_THAT(WriteAuditMemory(dir / "log/deeper", {"note", {}}),
              HasCode(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace tc::ctl
