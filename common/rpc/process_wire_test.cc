#include "common/rpc/process.h"

#include <grpc/support/log.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "common/obs/log.h"
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

TEST(ProcessDeathTest, DoesNotLetStrangersFillItsLog) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        InitProcess();
        gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);  // as the library does when it is used first
        static int lines = 0;
        obs::SetSink([](absl::string_view) { ++lines; });
        for (int i = 0; i < 1000; ++i) gpr_log(GPR_ERROR, "a handshake failed");
        obs::SetSink(nullptr);
        std::fprintf(stderr, "%d lines\n", lines);
        std::exit(lines >= 10 && lines <= 100 ? 0 : 3);  // ten in each second that it took
      },
      ::testing::ExitedWithCode(0), "lines");
}

}  // namespace
}  // namespace tc::rpc
