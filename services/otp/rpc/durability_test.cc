// What is on the disk: counters that a kill does not give back, and no code.

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/crypto/hmac.h"
#include "common/kv/testing.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/rpc/tries_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kUnavailable;
using testing::HasCode;
using testing::IsOk;
using testing::Refused;

// A directory whose name a re-executed death test shares with its parent through the environment.
class SharedDir {
 public:
  SharedDir() {
    const char* inherited = ::getenv(kVariable);
    owner_ = inherited == nullptr;
    if (owner_) own_.emplace();
    path_ = owner_ ? own_->path() : inherited;
    ::setenv(kVariable, path_.c_str(), 1);
  }
  ~SharedDir() {
    if (owner_) ::unsetenv(kVariable);
  }
  std::string path() const { return path_ + "/db"; }

 private:
  static constexpr char kVariable[] = "OTP_DURABILITY_TEST_DIR";
  bool owner_ = false;
  std::optional<testing::TempDir> own_;
  std::string path_;
};

std::unique_ptr<kv::Database> OpenAt(const std::string& dir) { return *kv::OpenRocks(dir); }

std::string EverythingIn(kv::Database& database) {
  std::string all;
  EXPECT_THAT(database.View([&](kv::ReadTxn& txn) -> absl::Status {
    return txn.Scan("", std::string(64, '\xff'), [&](absl::string_view key, absl::string_view value) {
      absl::StrAppend(&all, key, "\n", value, "\n");
      return true;
    });
  }),
              IsOk());
  return all;
}

std::string BytesOfFilesIn(const std::string& dir) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return all;
}

TEST(Counters, SurviveARestart) {  // OTP-08
  const SharedDir dir;
  std::string code;
  {
    Bench bench(NoDelays(), OpenAt(dir.path()));
    ASSERT_THAT(bench.Create(), IsOk());
    code = bench.LastCode();
    for (int i = 0; i < 4; ++i) ASSERT_FALSE(bench.Check(WrongFor(code))->matched());
  }
  Bench bench(NoDelays(), OpenAt(dir.path()));
  EXPECT_EQ(bench.Get()->progress().attempts_left(), 1);
  ASSERT_FALSE(bench.Check(WrongFor(code))->matched());
  EXPECT_THAT(bench.Check(code), Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

TEST(Counters, OfPersonAddressAndPurposeSurviveARestart) {  // OTP-11, OTP-14
  const SharedDir dir;
  Policy policy = NoDelays();
  policy.attempts_per_code = policy.attempts_per_request = 100;
  std::string code;
  {
    Bench bench(policy, OpenAt(dir.path()));
    ASSERT_THAT(bench.Create(), IsOk());
    code = bench.LastCode();
    for (int i = 0; i < 10; ++i) ASSERT_FALSE(bench.Check(WrongFor(code))->matched());
  }
  const std::pair<int Policy::*, Reason> kLimits[] = {
      {&Policy::attempts_per_person, Reason::kPersonLimitReached},
      {&Policy::consecutive_failures, Reason::kAddressDisabled},
      {&Policy::failures_per_hour, Reason::kChallengeRequired}};
  for (const auto& [limit, reason] : kLimits) {
    Policy reached = policy;
    reached.*limit = 10;
    Bench bench(reached, OpenAt(dir.path()));
    EXPECT_TRUE(HasReason(bench.Check(code).status(), reason));
    EXPECT_EQ(FailuresOf(bench), 10u);
    EXPECT_EQ(InARowOf(bench), 10);
    EXPECT_EQ(SprayOf(bench), 10);
  }
  Bench bench(policy, OpenAt(dir.path()));
  EXPECT_TRUE(bench.Check(code)->matched());
}

// Killed at the comparison: after the charge, before the answer.
[[noreturn]] void ChargeAndDie(const std::string& dir) {
  TestSwitches switches;
  int compared = 0;
  switches.on_compare = [&] {
    if (++compared == 3) ::raise(SIGKILL);
  };
  Bench bench(NoDelays(), OpenAt(dir), switches);
  if (!bench.Create().ok()) ::_exit(1);
  const std::string wrong = WrongFor(bench.LastCode());
  for (int i = 0; i < 5; ++i) (void)bench.Check(wrong);
  ::_exit(2);
}

TEST(CountersDeathTest, AreNotGivenBackByAKillBetweenChargeAndAnswer) {  // OTP-08
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const SharedDir dir;
  EXPECT_EXIT(ChargeAndDie(dir.path()), ::testing::KilledBySignal(SIGKILL), "");
  Bench bench(NoDelays(), OpenAt(dir.path()));
  EXPECT_EQ(bench.Get()->progress().attempts_left(), 2) << "three were charged";
  EXPECT_EQ(FailuresOf(bench), 3u);
  EXPECT_EQ(InARowOf(bench), 3);
  EXPECT_EQ(SprayOf(bench), 3);
}

TEST(Disk, HoldsNoCodeAndNoPlainHashOfIt) {  // OTP-15
  const SharedDir dir;
  std::vector<std::string> codes;
  Policy policy = NoDelays();
  policy.code_digits = 10;  // long enough that chance does not spell it
  {
    Bench bench(policy, OpenAt(dir.path()));
    ASSERT_THAT(bench.Create(), IsOk());
    ASSERT_OK_AND_ASSIGN(const std::vector<kv::OutboxRow> rows,
                         bench.database->DueOutbox(bench.clock.Now(), 10));
    codes.push_back(CodeIn(*Open(bench.desk.sealer, rows.at(0).payload)));
    const std::string with_outbox = EverythingIn(*bench.database);
    ASSERT_TRUE(absl::StrContains(with_outbox, "accounts/alice")) << "what is looked through is the store";
    EXPECT_FALSE(absl::StrContains(with_outbox, codes[0]));
    EXPECT_FALSE(absl::StrContains(with_outbox, kPhone)) << "the address is sealed too";
    EXPECT_FALSE(absl::StrContains(with_outbox, "Иван"));
    codes.push_back(WrongFor(codes[0]));
    ASSERT_THAT(bench.Check(codes[1]), IsOk());
    ASSERT_TRUE(bench.Check(codes[0])->matched());
    bench.Dispatch();
    const std::string everything = EverythingIn(*bench.database);
    for (const std::string& code : codes) {
      const std::string hash = crypto::Sha256(code);
      for (const std::string& trace : {code, hash, absl::BytesToHexString(hash), absl::Base64Escape(hash)}) {
        EXPECT_FALSE(absl::StrContains(everything, trace));
      }
    }
  }
  const std::string files = BytesOfFilesIn(dir.path());
  EXPECT_GT(files.size(), 100u);
  for (const std::string& trace : {codes[0], codes[1], crypto::Sha256(codes[0]), std::string(kPhone)}) {
    EXPECT_FALSE(absl::StrContains(files, trace));
  }
}

TEST(Disk, ThatFailsMeansNoComparison) {  // SND-11: fail closed
  int compared = 0;
  TestSwitches switches;
  switches.on_compare = [&] { ++compared; };
  kv::TestSwitches disk;
  disk.fail_next_write = std::make_shared<std::atomic<bool>>(false);
  Bench bench(NoDelays(), kv::InMemoryForTest(disk), switches);
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string code = bench.LastCode();
  *disk.fail_next_write = true;
  EXPECT_THAT(bench.Check(code), HasCode(kUnavailable));
  EXPECT_EQ(compared, 0);
}

constexpr char kSameRequest[] = "3f1c8c5e-9c0e-4d0b-8a53-0d8b1f0f7c11";

rpc::Call SameCall(const Bench& bench) {
  rpc::Call call = bench.From();
  call.request_id = kSameRequest;
  return call;
}

// Two wrong codes, then killed between the charge of the right one and its approval. Leaves the code beside
// the store.
[[noreturn]] void ChargeTheRightCodeAndDie(const std::string& dir) {
  TestSwitches switches;
  int compared = 0;
  switches.on_compare = [&] {
    if (++compared == 3) ::raise(SIGKILL);
  };
  Bench bench(NoDelays(), OpenAt(dir), switches);
  if (!bench.Create().ok()) ::_exit(1);
  const std::string code = bench.LastCode();
  std::ofstream(dir + "-code") << code << std::flush;
  for (int i = 0; i < 2; ++i) (void)bench.Check(WrongFor(code));
  (void)bench.Check(SameCall(bench), Bench::CheckRequest(code));
  ::_exit(2);
}

TEST(RepeatedRequestDeathTest, AfterAKillBetweenChargeAndApprovalIsApprovedAndGivenBackOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const SharedDir dir;
  EXPECT_EXIT(ChargeTheRightCodeAndDie(dir.path()), ::testing::KilledBySignal(SIGKILL), "");
  std::string code;
  std::ifstream(dir.path() + "-code") >> code;
  Policy reached = NoDelays();  // everywhere, so that it would be refused if it were charged again
  reached.attempts_per_person = reached.consecutive_failures = reached.failures_per_hour = 3;
  Bench bench(reached, OpenAt(dir.path()));
  EXPECT_EQ(FailuresOf(bench), 3u);
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto checked, bench.Check(SameCall(bench), Bench::CheckRequest(code)));
    EXPECT_TRUE(checked.matched());
    EXPECT_EQ((*bench.Get()).state(), pb::Verification::STATE_APPROVED);
    EXPECT_EQ(FailuresOf(bench), 2u);
    EXPECT_EQ(InARowOf(bench), 0);
    EXPECT_EQ(SprayOf(bench), 2);
  }
}

}  // namespace
}  // namespace tc::otp
