// IDN-10: neither the answer nor its time tells an unknown account from a wrong password, a locked or a
// blocked account. A test of distributions: durations are compared by their ranks.

#include <chrono>
#include <random>

#include "services/identity/rpc/sign_in_testing.h"

namespace tc::identity {
namespace {

using testing::IsOk;

constexpr int kSamples = 200;  // of each kind
constexpr double kTolerance = 0.1;
constexpr int kRuns = 2;  // something else may disturb one
constexpr int kMutantSamples = 40;
// Cheap enough that 800 of them are soon done, dear enough that one that is left out shows.
constexpr crypto::Argon2Params kCosts = {4096, 1, 1};

enum Kind { kUnknown, kWrong, kLocked, kBlocked, kKinds };
constexpr const char* kIds[kKinds] = {"nobody", "wrong", "locked", "blocked"};

Policy WithoutLock() {
  Policy policy = TestPolicy();
  policy.login.threshold = 1 << 20;
  policy.login.threshold_after_lock = 1 << 20;
  return policy;
}

absl::Status SetPasswordOf(Handlers& handlers, World& world, const std::string& id) {
  pb::SetPasswordRequest in;
  in.set_account("accounts/" + id);
  in.set_new_password(World::kGood);
  return handlers.passwords.SetPassword(world.As(id), in).status();
}

// The chance that a duration of `a` is longer than one of `b`; one half: they are alike.
double LongerThan(const std::vector<double>& a, const std::vector<double>& b) {
  double longer = 0;
  for (const double x : a) {
    for (const double y : b) longer += x > y ? 1 : x == y ? 0.5 : 0;
  }
  return longer / static_cast<double>(a.size() * b.size());
}

class SignInTiming : public ::testing::Test {
 protected:
  SignInTiming() : world_(WithoutLock(), {}) {}

  void Prepare(Handlers& handlers) {
    int n = 1;
    for (const Kind kind : {kWrong, kLocked, kBlocked}) {
      ASSERT_THAT(world_.Create(kIds[kind], n++), IsOk());
      ASSERT_THAT(SetPasswordOf(handlers, world_, kIds[kind]), IsOk());
    }
    ASSERT_THAT(world_.Block(kIds[kBlocked]), IsOk());
    ASSERT_THAT(world_.database().Update([&](kv::Txn& txn) -> absl::Status {
      const Accounts& accounts = handlers.desk.accounts;
      const Account account = TRY(accounts.Get(txn, AccountId::FromTrusted(kIds[kLocked])));
      const Lock lock{world_.now() + absl::Hours(1), "12345678"};
      return accounts.Update(txn, TRY(LockUntil(account, lock, world_.now())), world_.now()).status();
    }),
                IsOk());
  }

  // Microseconds of each kind, in turns whose order is shuffled.
  std::vector<std::vector<double>> Measure(Handlers& handlers, int samples) {
    std::vector<std::vector<double>> durations(kKinds);
    std::vector<Kind> turn = {kUnknown, kWrong, kLocked, kBlocked};
    for (int i = 0; i < samples; ++i) {
      std::shuffle(turn.begin(), turn.end(), order_);
      for (const Kind kind : turn) {
        pb::VerifyPasswordRequest in;
        in.set_account(std::string("accounts/") + kIds[kind]);
        in.set_password(kind == kWrong ? "wrong" : World::kGood);
        const rpc::Call call = world_.Idp();
        const auto start = std::chrono::steady_clock::now();
        const absl::StatusOr<pb::VerifyPasswordResponse> out = handlers.sign_in.VerifyPassword(call, in);
        const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
        EXPECT_EQ(out.value().SerializeAsString(), pb::VerifyPasswordResponse().SerializeAsString());
        durations[kind].push_back(took.count());
      }
    }
    return durations;
  }

  // How far the worst pair is from being alike; the best of some runs.
  double WorstDifference(Handlers& handlers, int samples, int runs) {
    double best = 1;
    for (int run = 0; run < runs && best > kTolerance; ++run) {
      const std::vector<std::vector<double>> durations = Measure(handlers, samples);
      double worst = 0;
      for (int a = 0; a < kKinds; ++a) {
        for (int b = 0; b < a; ++b) {
          const double difference = std::abs(
              LongerThan(durations[static_cast<size_t>(a)], durations[static_cast<size_t>(b)]) - 0.5);
          RecordProperty(absl::StrCat(kIds[a], "-", kIds[b]), absl::StrCat(difference));
          worst = std::max(worst, difference);
        }
      }
      best = std::min(best, worst);
    }
    return best;
  }

  World world_;
  std::mt19937 order_{1};  // NOLINT: the same order in every run of the test
};

TEST_F(SignInTiming, TellsNothing) {
  ASSERT_OK_AND_ASSIGN(const PasswordHasher hasher,
                       PasswordHasher::Create(world_.pool(), kCosts, world_.random()));
  Handlers handlers = world_.WithHasher(hasher);
  Prepare(handlers);
  EXPECT_LE(WorstDifference(handlers, kSamples, kRuns), kTolerance);
}

TEST_F(SignInTiming, WouldTellWhoIsUnknownWithoutTheDummy) {
  ASSERT_OK_AND_ASSIGN(const PasswordHasher hasher,
                       PasswordHasher::CreateWithoutDummyForTest(world_.pool(), kCosts, world_.random()));
  Handlers handlers = world_.WithHasher(hasher);
  Prepare(handlers);
  EXPECT_GT(WorstDifference(handlers, kMutantSamples, 1), 0.4);
}

}  // namespace
}  // namespace tc::identity
