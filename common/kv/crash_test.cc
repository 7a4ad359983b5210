// A process that acknowledges writes is killed at any moment; whoever opens its store next must find every
// acknowledged write, and no transaction in part. The writing process is this test program started anew: fork
// alone would copy a half of the engine's threads.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <mutex>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/kv/conformance.h"
#include "common/kv/key.h"

namespace tc::kv {
namespace {

using testing::IsOk;
using testing::Noon;

constexpr char kDirVariable[] = "TC_KV_CRASH_DIR";
constexpr char kEngineVariable[] = "TC_KV_CRASH_ENGINE";
constexpr int kPipe = 3;
constexpr int kThreads = 4;

std::string KeyOf(absl::string_view table, uint64_t n) { return Key(table).U64(n).bytes(); }

// Takes the next number, leaves its traces in four places, and says so when it is committed.
void WriteForEver(Database& db) {
  while (true) {
    uint64_t n = 0;
    const absl::Status status =
        db.Update([&](Txn& txn) -> absl::Status {
            n = static_cast<uint64_t>(TRY(AddOne(txn, "n")));
            TRY(txn.Put(KeyOf("left", n), std::string(n % 500, 'l')));
            TRY(txn.Put(KeyOf("right", n), std::string(n % 300, 'r')));
            TRY(txn.Enqueue({.kind = "send", .payload = std::to_string(n)}));
            return txn.Emit({.type = "Written", .resource = std::to_string(n), .at = Noon()});
          }).status();
    if (!status.ok() || ::write(kPipe, &n, sizeof n) != sizeof n) std::_Exit(1);
  }
}

TEST(CrashChild, DISABLED_WritesUntilItIsKilled) {
  for (const Engine& engine : Engines()) {
    if (engine.name != std::getenv(kEngineVariable)) continue;
    ASSERT_OK_AND_ASSIGN(const auto db, engine.open(std::getenv(kDirVariable), {}));
    AtOnce(kThreads, [&](int) { WriteForEver(*db); });
  }
}

// Starts the writing process; returns its id and the pipe of its acknowledgements.
std::pair<pid_t, int> StartChild(const std::string& engine, const std::string& dir) {
  int ends[2] = {};
  if (::pipe(ends) != 0) return {-1, -1};
  const char* const sanitizer = std::getenv("TSAN_OPTIONS");
  const std::vector<std::string> variables = {
      absl::StrCat(kDirVariable, "=", dir), absl::StrCat(kEngineVariable, "=", engine),
      absl::StrCat("TSAN_OPTIONS=", sanitizer == nullptr ? "" : sanitizer)};
  const char* const environment[] = {variables[0].c_str(), variables[1].c_str(), variables[2].c_str(),
                                     nullptr};
  const char* const arguments[] = {"crash", "--gtest_filter=CrashChild.*", "--gtest_also_run_disabled_tests",
                                   "--gtest_brief=1", nullptr};
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], kPipe);
    ::execve("/proc/self/exe", const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
    ::_exit(127);
  }
  ::close(ends[1]);
  return {child, ends[0]};
}

// Lets it acknowledge `enough` writes, kills it, and returns all that it acknowledged.
std::set<uint64_t> RunAndKill(const std::string& engine, const std::string& dir, size_t enough) {
  std::set<uint64_t> acknowledged;
  const auto [child, pipe] = StartChild(engine, dir);
  uint64_t n = 0;
  while (::read(pipe, &n, sizeof n) == sizeof n) {
    acknowledged.insert(n);
    if (acknowledged.size() == enough) ::kill(child, SIGKILL);
  }
  ::close(pipe);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  return acknowledged;
}

void ExpectWhole(Database& db, const std::set<uint64_t>& acknowledged) {
  const uint64_t last = std::stoull(Read(db, "n"));
  for (const uint64_t n : acknowledged) ASSERT_LE(n, last);
  for (uint64_t n = 1; n <= last; ++n) {
    ASSERT_EQ(Read(db, KeyOf("left", n)).size(), n % 500) << n;
    ASSERT_EQ(Read(db, KeyOf("right", n)).size(), n % 300) << n;
  }
  EXPECT_EQ(Read(db, KeyOf("left", last + 1)), "(absent)");
  EXPECT_EQ(Read(db, KeyOf("right", last + 1)), "(absent)");
  EXPECT_EQ(db.Changes(0, 0, last + 1)->size(), last);
  EXPECT_EQ(db.ListOutbox("", last + 1)->size(), last);
  EXPECT_EQ(db.DueOutbox(Noon(), last + 1)->size(), last);
  EXPECT_EQ(db.revision(), last);
}

class CrashTest : public ConformanceTest {};
TC_FOR_EVERY_ENGINE(CrashTest);

TEST_P(CrashTest, LosesNoAcknowledgedWriteAndKeepsNoneInPart) {
  const TempDir dir;
  std::mt19937 random(std::random_device{}());
  std::set<uint64_t> acknowledged;
  for (int round = 0; round < 4; ++round) {
    acknowledged.merge(RunAndKill(GetParam().name, dir / "store", 1 + random() % 300));
    ASSERT_OK_AND_ASSIGN(const auto db, Open(dir / "store"));
    ExpectWhole(*db, acknowledged);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tc::kv
