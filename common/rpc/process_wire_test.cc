#include "common/rpc/process.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <fstream>
#include <string>

#include "common/rpc/runtime.h"

namespace tc::rpc {
namespace {

// "0" of the line "Max core file size   0   0   bytes".
std::string CoreLimits() {
  std::ifstream limits("/proc/self/limits");
  for (std::string line; std::getline(limits, line);) {
    if (line.rfind("Max core file size", 0) != 0) continue;
    std::string text;
    for (const char c : line.substr(18)) {
      if (c != ' ' || (!text.empty() && text.back() != ' ')) text.push_back(c);
    }
    return text;
  }
  return "";
}

TEST(ProcessDeathTest, LeavesNoDumpOfItsMemoryAndLetsNobodyAttach) {  // CRY-13
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        if (::prctl(PR_GET_DUMPABLE) == 0) std::exit(3);  // else this shows nothing
        InitProcess();
        if (::prctl(PR_GET_DUMPABLE) != 0) std::exit(4);
        std::fprintf(stderr, "core: %s\n", CoreLimits().c_str());
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "core: 0 0 bytes");
}

}  // namespace
}  // namespace tc::rpc
