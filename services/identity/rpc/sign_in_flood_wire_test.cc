// PWD-09: a thousand sign-ins at once, over a real server, hash in the memory of the hashing threads only;
// each is answered or told to come again, and other calls are answered meanwhile.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <mutex>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/testing/wire.h"
#include "services/identity/rpc/service.h"
#include "services/identity/rpc/world_testing.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;

constexpr int kCalls = 1000;
constexpr int kHashThreads = 2;
constexpr int kHashQueue = 64;  // as in production
constexpr crypto::Argon2Params kFloor = {19456, 2, 1};
#if defined(__has_feature)
constexpr bool kAddressSanitizer = __has_feature(address_sanitizer);
#elif defined(__SANITIZE_ADDRESS__)
constexpr bool kAddressSanitizer = true;
#else
constexpr bool kAddressSanitizer = false;
#endif
// A thousand calls' buffers and the threads' arenas, and the 256 MiB of freed memory that the address
// sanitizer keeps back. A thread for each of the server's 64 workers would take 1.2 GiB.
constexpr int64_t kSlackKib = (kAddressSanitizer ? 500 : 200) * 1024;

// A line of /proc/self/status, in KiB.
int64_t MemoryKib(absl::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int64_t kib = 0;
    if (words.size() == 3 && words[0] == absl::StrCat(name, ":") && absl::SimpleAtoi(words[1], &kib))
      return kib;
  }
  return -1;
}

void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// What a thousand calls became.
class Flood {
 public:
  Flood(const testing::WireServer& wire, pb::IdentityService::Stub& stub) : calls_(kCalls) {
    testing::FakeRandom random(11);
    for (int i = 0; i < kCalls; ++i) {
      One& one = calls_[static_cast<size_t>(i)];
      one.context = wire.Context("identity-provider/test");
      one.request.set_account(i % 2 == 0 ? "accounts/ivan" : "accounts/nobody");
      one.request.set_password(World::kGood);
      one.request.set_request_id(random.Uuid());
    }
    for (One& one : calls_) {
      stub.async()->VerifyPassword(one.context.get(), &one.request, &one.response,
                                   [this, &one](const grpc::Status& status) { Take(one, status); });
    }
  }
  ~Flood() { Await(kCalls); }

  // Returns when so many have ended.
  void Await(int calls) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ >= calls; });
  }
  int answered() const { return answered_; }
  const std::vector<absl::Status>& refusals() const { return refusals_; }

 private:
  struct One {
    std::unique_ptr<grpc::ClientContext> context;
    pb::VerifyPasswordRequest request;
    pb::VerifyPasswordResponse response;
  };
  void Take(const One& one, const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    ++ended_;
    if (status.ok()) {
      ++answered_;
      EXPECT_EQ(one.response.verified(), one.request.account() == "accounts/ivan");
    } else {
      refusals_.push_back(rpc::FromWire(status));
    }
    changed_.notify_all();
  }

  std::vector<One> calls_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int ended_ = 0;
  int answered_ = 0;
  std::vector<absl::Status> refusals_;
};

TEST(SignInFlood, StaysWithinTheMemoryOfTheHashingThreadsAndLetsOthersBeAnswered) {
  World world(TestPolicy(), {});
  crypto::HashPool pool(kHashThreads, kHashQueue);
  ASSERT_OK_AND_ASSIGN(const PasswordHasher hasher, PasswordHasher::Create(pool, kFloor, world.random()));
  Handlers handlers = world.WithHasher(hasher);
  ASSERT_THAT(world.Citizen("ivan", 1), IsOk());
  pb::SetPasswordRequest set;
  set.set_account("accounts/ivan");
  set.set_new_password(World::kGood);
  ASSERT_THAT(handlers.passwords.SetPassword(world.As("ivan"), set), IsOk());

  rpc::GateOptions options;
  options.queue = 128;  // shorter than production's, so that the refused ones are seen and the rest soon done
  testing::WireServer wire(options);
  wire.Serve({MakeService(handlers, wire.gate())});
  const auto stub = pb::IdentityService::NewStub(wire.channel());

  const int64_t before = MemoryKib("VmRSS");
  ForgetPeak();
  {
    Flood flood(wire, *stub);
    flood.Await(1);  // it has begun
    pb::CheckEligibilityRequest eligibility;
    eligibility.set_account("accounts/ivan");
    eligibility.set_role(pb::ELIGIBILITY_ROLE_CONTACT);
    const auto answer =
        wire.Ask(*stub, &pb::IdentityService::Stub::CheckEligibility, eligibility, "service/linking");
    ASSERT_THAT(answer, IsOk());
    EXPECT_TRUE(answer->eligible());
    flood.Await(kCalls);
    // Of those in the queue, a slow machine refuses the ones whose patience ends: how many, it alone knows.
    EXPECT_GE(flood.answered(), kHashThreads);
    for (const absl::Status& refusal : flood.refusals()) {
      EXPECT_THAT(refusal, Refused(kResourceExhausted, Reason::kOverloaded));
      EXPECT_TRUE(RetryAfterOf(refusal).has_value());
    }
    EXPECT_FALSE(flood.refusals().empty());
  }
  ASSERT_GT(before, 0);
  const int64_t grown = MemoryKib("VmHWM") - before;
  EXPECT_LT(grown, kHashThreads * kFloor.memory_kib + kSlackKib);
  RecordProperty("grown_kib", absl::StrCat(grown));
}

}  // namespace
}  // namespace tc::identity
