#include "services/otp/store/limit_store.h"

#include <gtest/gtest.h>

#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kDataLoss;
using testing::HasCode;
using testing::IsOk;
using testing::Noon;

Conversion Full() {
  Conversion conversion;
  CountSettled(conversion, true, Noon());
  CountSettled(conversion, false, Noon() + absl::Minutes(20));
  conversion.blocked_until = Noon() + absl::Hours(2);
  conversion.blocks = 2;
  conversion.alarmed = Noon() - absl::Hours(1);
  return conversion;
}

// How many records there are, those of the store itself left out.
int Records(kv::Database& database) {
  int count = 0;
  EXPECT_THAT(database.View([&](kv::ReadTxn& txn) {
    return txn.Scan("\x02", "\x03", [&](absl::string_view, absl::string_view) {
      ++count;
      return true;
    });
  }),
              IsOk());
  return count;
}

int RunTimers(kv::Database& database, absl::Time now) {
  const testing::FakeClock clock(now);
  std::map<std::string, kv::TimerHandler> handlers;
  AddLimitTimers(handlers);
  return kv::TimerRunner::RunOnce(database, clock, handlers);
}

TEST(LimitStore, KeepsWhatItIsGiven) {
  const auto database = kv::InMemory();
  Window count;
  Add(count, Noon(), absl::Seconds(10), absl::Minutes(10), 3);
  Budget budget;
  Spend(budget, Noon());
  budget.warned = Noon();
  const ConversionKey key{Scope::kPrefix, Purpose::kRecoveryClaim, std::string("\0index", 6)};
  ASSERT_THAT(database->Update([&](kv::Txn& txn) -> absl::Status {
    TRY(SaveCount(txn, SendLimit::kDevice, "a", count));
    TRY(SaveConversion(txn, key, Full()));
    TRY(SaveBudget(txn, Channel::kVoice, budget));
    TRY(SaveNotice(txn, "n", Noon() + absl::Minutes(1)));
    EXPECT_EQ(*FindCount(txn, SendLimit::kDevice, "a"), count);
    EXPECT_EQ(*FindCount(txn, SendLimit::kDevice, "b"), Window());
    EXPECT_EQ(*FindCount(txn, SendLimit::kClient, "a"), Window()) << "a kind has its own indexes";
    EXPECT_EQ(*FindConversion(txn, key), Full());
    ConversionKey other = key;
    other.purpose = Purpose::kPhoneBinding;
    EXPECT_EQ(*FindConversion(txn, other), Conversion());
    EXPECT_EQ(*FindBudget(txn, Channel::kVoice), budget);
    EXPECT_EQ(*FindBudget(txn, Channel::kSms), Budget());
    EXPECT_EQ(*FindNotice(txn, "n"), Noon() + absl::Minutes(1));
    EXPECT_EQ(*FindNotice(txn, "m"), absl::InfinitePast());
    return absl::OkStatus();
  }),
              IsOk());
}

TEST(LimitStore, WalksThroughOneScope) {
  const auto database = kv::InMemory();
  std::vector<std::string> seen;
  ASSERT_THAT(database->Update([&](kv::Txn& txn) -> absl::Status {
    TRY(SaveConversion(txn, {Scope::kRange, Purpose::kPhoneBinding, "range"}, Full()));
    TRY(SaveConversion(txn, {Scope::kProvider, Purpose::kSecondFactor, "operator-b"}, Full()));
    TRY(SaveConversion(txn, {Scope::kProvider, Purpose::kPhoneBinding, "operator-a"}, Full()));
    return VisitConversions(txn, Scope::kProvider,
                            [&](const ConversionKey& key, const Conversion& conversion) {
                              EXPECT_EQ(conversion, Full());
                              seen.push_back(absl::StrCat(PurposeName(key.purpose), " ", key.key));
                              return true;
                            });
  }),
              IsOk());
  EXPECT_THAT(seen, ::testing::ElementsAre("PHONE_BINDING operator-a", "SECOND_FACTOR operator-b"));
}

TEST(LimitStore, ErasesACountWhenNothingOfItCounts) {
  const auto database = kv::InMemory();
  const auto send = [&](absl::Time now) {
    ASSERT_THAT(database->Update([&](kv::Txn& txn) -> absl::Status {
      const Window before = TRY(FindCount(txn, SendLimit::kClient, "c"));
      return SaveCount(txn, SendLimit::kClient, "c",
                       TRY(CountSend(SendLimit::kClient, before, now, Policy())));
    }),
                IsOk());
  };
  send(Noon());
  send(Noon() + absl::Minutes(30));
  EXPECT_EQ(RunTimers(*database, Noon() + absl::Hours(1)), 0) << "one timer, when the first is forgotten";
  EXPECT_EQ(RunTimers(*database, Noon() + absl::Minutes(61)), 1);
  EXPECT_EQ(Records(*database), 1) << "the second still counts, and the timer puts itself off";
  EXPECT_EQ(RunTimers(*database, Noon() + absl::Minutes(91)), 1);
  EXPECT_EQ(Records(*database), 0);
  EXPECT_EQ(RunTimers(*database, Noon() + absl::Hours(48)), 0);
}

TEST(LimitStore, ErasesConversionsWhenTheyAndTheirBlocksAreForgotten) {
  const auto database = kv::InMemory();
  const ConversionKey key{Scope::kPrefix, Purpose::kPhoneBinding, "p"};
  Conversion conversion;
  CountSettled(conversion, false, Noon());
  ASSERT_THAT(database->Update([&](kv::Txn& txn) { return SaveConversion(txn, key, conversion); }), IsOk());
  Block(conversion, Noon() + absl::Hours(20));
  ASSERT_THAT(database->Update([&](kv::Txn& txn) { return SaveConversion(txn, key, conversion); }), IsOk());
  EXPECT_EQ(RunTimers(*database, Noon() + absl::Hours(25)), 1);
  EXPECT_EQ(Records(*database), 1) << "a block of an hour at hour 20 is remembered until hour 45";
  EXPECT_EQ(RunTimers(*database, Noon() + absl::Hours(45)), 1);
  EXPECT_EQ(Records(*database), 0);
}

TEST(LimitStore, ErasesNoticesWhenTheyMayBeRepeated) {
  const auto database = kv::InMemory();
  const auto save = [&](absl::Time until) {
    ASSERT_THAT(database->Update([&](kv::Txn& txn) { return SaveNotice(txn, "n", until); }), IsOk());
  };
  save(Noon());
  save(Noon() + absl::Hours(1));
  EXPECT_EQ(RunTimers(*database, Noon()), 1);
  EXPECT_EQ(Records(*database), 1) << "it was sent again meanwhile";
  EXPECT_EQ(RunTimers(*database, Noon() + absl::Hours(1)), 1);
  EXPECT_EQ(Records(*database), 0);
}

TEST(LimitStore, TellsUnreadableBytes) {  // SND-11
  EXPECT_THAT(kv::Codec<Conversion>::Decode("\xff"), HasCode(kDataLoss));
  EXPECT_THAT(kv::Codec<Budget>::Decode("\xff"), HasCode(kDataLoss));
  EXPECT_EQ(*kv::Codec<Conversion>::Decode(kv::Codec<Conversion>::Encode({})), Conversion());
  EXPECT_EQ(*kv::Codec<Budget>::Decode(kv::Codec<Budget>::Encode({})), Budget());
}

}  // namespace
}  // namespace tc::otp
