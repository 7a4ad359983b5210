#include "services/otp/store/tries_store.h"

#include <gtest/gtest.h>

#include "common/kv/rocks_database.h"
#include "common/kv/timer_runner.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/otp/store/codec.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kDataLoss;
using testing::HasCode;
using testing::IsOk;
using testing::Noon;

constexpr char kAlice[] = "accounts/alice";
const Policy kPolicy;

KeptTries Full() {
  return {{{{Purpose::kRecoveryClaim, {Noon(), Noon() + absl::Microseconds(1)}},
            {Purpose::kSecondFactor, {Noon()}}},
           {{Purpose::kRecoveryClaim, std::string("\0index", 6), 7, Noon()},
            {Purpose::kSecondFactor, "other", 1, Noon() + absl::Seconds(1)}}},
          Noon() + absl::Hours(24)};
}

struct Store {
  KeptTries Find(absl::string_view subject = kAlice) {
    KeptTries kept;
    EXPECT_THAT(database->View([&](kv::ReadTxn& txn) -> absl::Status {
      kept = TRY(FindTries(txn, subject));
      return absl::OkStatus();
    }),
                IsOk());
    return kept;
  }
  // Puts `tries` in the place of what is kept.
  void Save(const Tries& tries, absl::string_view subject = kAlice) {
    EXPECT_THAT(database->Update([&](kv::Txn& txn) -> absl::Status {
      KeptTries kept = TRY(FindTries(txn, subject));
      kept.tries = tries;
      return SaveTries(txn, subject, std::move(kept), kPolicy);
    }),
                IsOk());
  }
  std::vector<kv::Timer> Timers() { return *database->DueTimers(absl::InfiniteFuture(), 100); }
  int RunTimers() {
    return kv::TimerRunner::RunOnce(*database, clock,
                                    {{kSettleTries, [](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
                                        return SettleTries(txn, timer.subject, now, kPolicy);
                                      }}});
  }

  std::unique_ptr<kv::Database> database = kv::InMemory();
  testing::FakeClock clock;
};

Try ClaimAt(absl::Time at) { return {Purpose::kRecoveryClaim, "index", at}; }

TEST(TriesStore, KeepsEveryField) {
  using Codec = kv::Codec<KeptTries>;
  EXPECT_EQ(*Codec::Decode(Codec::Encode(Full())), Full());
  EXPECT_EQ(*Codec::Decode(Codec::Encode(KeptTries())), KeptTries());
  const Window window{{{Noon(), 3}, {Noon() + absl::Minutes(5), 4}}};
  EXPECT_EQ(*kv::Codec<Window>::Decode(kv::Codec<Window>::Encode(window)), window);
}

TEST(TriesStore, TellsUnreadableBytes) {  // an unreadable count is not a count of zero
  EXPECT_THAT(kv::Codec<KeptTries>::Decode("\xff"), HasCode(kDataLoss));
  EXPECT_THAT(kv::Codec<KeptTries>::Decode(absl::string_view("\x0a\x02\x08\x09", 4)), HasCode(kDataLoss))
      << "a purpose that there is not";
  EXPECT_THAT(kv::Codec<KeptTries>::Decode(absl::string_view("\x0a\x02\x08\x01", 4)), HasCode(kDataLoss))
      << "a purpose without a time";
  EXPECT_THAT(kv::Codec<KeptTries>::Decode(absl::string_view("\x12\x02\x10\x01", 4)), HasCode(kDataLoss))
      << "a row without a purpose";
  EXPECT_THAT(kv::Codec<Window>::Decode("\xff"), HasCode(kDataLoss));
}

TEST(TriesStore, GivesEachPersonTheOwn) {
  Store store;
  store.Save(Full().tries);
  EXPECT_EQ(store.Find().tries, Full().tries);
  EXPECT_EQ(store.Find("accounts/bob"), KeptTries());
}

TEST(TriesStore, LeavesNothingOfARightCode) {
  Store store;
  store.Save(*ChargeTry({}, ClaimAt(Noon()), kPolicy));
  EXPECT_EQ(store.Timers().size(), 1u);
  store.Save({});
  EXPECT_EQ(store.Find(), KeptTries());
  EXPECT_TRUE(store.Timers().empty());
}

TEST(TriesStore, HasOneTimerForAPerson) {
  Store store;
  Tries tries;
  for (int i = 0; i < 10; ++i) {
    tries = *ChargeTry(tries, ClaimAt(Noon() + absl::Minutes(i) + absl::Nanoseconds(1)), kPolicy);
    store.Save(tries);
  }
  EXPECT_EQ(store.Timers().size(), 1u);
}

TEST(TriesStore, ForgetsWhatNoLongerCounts) {
  Store store;
  Tries tries;
  for (int i = 0; i < 3; ++i) tries = *ChargeTry(tries, ClaimAt(Noon() + absl::Hours(i)), kPolicy);
  store.Save(*ChargeTry({}, ClaimAt(Noon()), kPolicy));
  store.Save(tries);
  store.clock.Advance(absl::Hours(24));
  EXPECT_EQ(store.RunTimers(), 1);
  EXPECT_EQ(store.Find().tries.by_purpose.at(0).at.size(), 2u) << "the first has left";
  store.clock.Advance(absl::Hours(2));
  EXPECT_EQ(store.RunTimers(), 1);
  EXPECT_TRUE(store.Find().tries.by_purpose.empty());
  EXPECT_EQ(store.Find().tries.by_address.at(0).count, 3) << "in a row is not of a day";
  store.clock.Advance(kInARowKept);
  EXPECT_EQ(store.RunTimers(), 1);
  EXPECT_EQ(store.Find(), KeptTries());
  EXPECT_TRUE(store.Timers().empty());
}

TEST(TriesStore, KeepsADisabledAddressWithoutATimer) {
  Store store;
  store.Save({{}, {{Purpose::kSecondFactor, "index", kPolicy.consecutive_failures, Noon()}}});
  EXPECT_TRUE(store.Timers().empty());
  store.Save({{{Purpose::kSecondFactor, {Noon()}}},
              {{Purpose::kSecondFactor, "index", kPolicy.consecutive_failures, Noon()}}});
  EXPECT_EQ(store.Timers().size(), 1u);
  store.clock.Advance(10 * kInARowKept);
  EXPECT_EQ(store.RunTimers(), 1);
  EXPECT_EQ(store.Find().tries.by_address.size(), 1u);
  EXPECT_TRUE(store.Find().tries.by_purpose.empty());
  EXPECT_TRUE(store.Timers().empty());
}

TEST(TriesStore, CountsEachPurposeApart) {
  Store store;
  const Window window{{{Noon(), 3}}};
  ASSERT_THAT(store.database->Update([&](kv::Txn& txn) -> absl::Status {
    TRY(SaveSpray(txn, Purpose::kRecoveryClaim, window));
    EXPECT_EQ(*FindSpray(txn, Purpose::kRecoveryClaim), window);
    EXPECT_EQ(*FindSpray(txn, Purpose::kSecondFactor), Window());
    return absl::OkStatus();
  }),
              IsOk());
}

}  // namespace
}  // namespace tc::otp
