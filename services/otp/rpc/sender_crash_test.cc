// A kill between any two steps of a message's way neither loses it nor brings it twice to a provider that
// notices a repetition (OTP-19).

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>

#include "common/kv/testing.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"
#include "services/otp/rpc/delivery_testing.h"

namespace tc::otp {
namespace {

using testing::IsOk;
using S = DeliveryState;

// A store on the disk that is opened again after each crash; a crash is a write that fails, after which the
// store takes nothing more.
class Life {
 public:
  Life(bool repeats_safely) : repeats_safely_(repeats_safely) { Open(); }
  Bench& bench() { return *bench_; }
  // The next write fails.
  void CrashAtNextWrite() { *fail_ = true; }
  void Reopen() {
    Count();
    bench_.reset();
    Open();
  }
  // Over all lives: what was offered to provider `i`, and how many messages of it reach somebody.
  std::multiset<std::string> OfferedTo(size_t i) {
    std::multiset<std::string> all = offered_[i];
    for (const Message& message : bench_->fake(i).sent()) all.insert(message.request_id);
    return all;
  }
  std::set<std::string> codes() {
    Count();
    return codes_;
  }

 private:
  void Open() {
    fail_->store(false);
    kv::TestSwitches disk;
    disk.fail_next_write = fail_;
    std::vector<ProviderInfo> infos = {FakeInfo("a", {Channel::kSms}), FakeInfo("b", {Channel::kSms})};
    for (ProviderInfo& info : infos) info.repeats_safely = repeats_safely_;
    bench_ =
        std::make_unique<Bench>(Policy(), *kv::OpenRocksForTest(dir_ / "db", disk), TestSwitches(), infos);
  }
  void Count() {
    for (size_t i : {0u, 1u}) {
      for (const Message& message : bench_->fake(i).sent()) {
        offered_[i].insert(message.request_id);
        codes_.insert(message.code);
      }
    }
  }

  const bool repeats_safely_;
  const testing::TempDir dir_;
  const std::shared_ptr<std::atomic<bool>> fail_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<Bench> bench_;
  std::multiset<std::string> offered_[2];
  std::set<std::string> codes_;
};

TEST(Crash, BeforeTheAttemptIsRecordedLosesNothing) {
  Life life(true);
  ASSERT_THAT(life.bench().Create(), IsOk());
  life.CrashAtNextWrite();
  EXPECT_FALSE(life.bench().sender.Perform(RowsOf(life.bench()).at(0)).ok());
  EXPECT_TRUE(life.OfferedTo(0).empty()) << "nothing leaves before it is written down";
  life.Reopen();
  life.bench().Dispatch();
  EXPECT_EQ(life.OfferedTo(0).size(), 1u);
  EXPECT_EQ(LastOf(life.bench()).state, S::kAccepted);
}

TEST(Crash, BetweenAProvidersAnswerAndItsRecordRepeatsWhereThatIsNoticed) {
  for (const bool repeats_safely : {true, false}) {
    Life life(repeats_safely);
    ASSERT_THAT(life.bench().Create(), IsOk());
    life.bench().fake(0).during = [&](const Message&) { life.CrashAtNextWrite(); };
    EXPECT_FALSE(life.bench().sender.Perform(RowsOf(life.bench()).at(0)).ok());
    life.Reopen();
    life.bench().Dispatch();
    const std::multiset<std::string> a = life.OfferedTo(0);
    EXPECT_EQ(a.size(), repeats_safely ? 2u : 1u);
    EXPECT_EQ(std::set<std::string>(a.begin(), a.end()).size(), 1u) << "under one request id";
    EXPECT_EQ(life.OfferedTo(1).size(), repeats_safely ? 0u : 1u);
    EXPECT_EQ(life.codes().size(), 1u);
    const Delivery delivery = LastOf(life.bench());
    EXPECT_EQ(delivery.state, S::kAccepted);
    EXPECT_EQ(delivery.attempts.at(0).outcome, "CUT_OFF");
  }
}

TEST(Crash, BeforeTheRowIsRemovedSendsNothingTwice) {
  Life life(false);
  ASSERT_THAT(life.bench().Create(), IsOk());
  ASSERT_THAT(life.bench().sender.Perform(RowsOf(life.bench()).at(0)), IsOk());
  life.Reopen();
  EXPECT_EQ(life.bench().Dispatch(), 1) << "the row is there";
  EXPECT_EQ(life.OfferedTo(0).size(), 1u);
  EXPECT_TRUE(life.OfferedTo(1).empty());
  EXPECT_TRUE(RowsOf(life.bench()).empty());
}

TEST(Crash, BetweenTwoProvidersGoesOn) {
  Life life(true);
  ASSERT_THAT(life.bench().Create(), IsOk());
  life.bench().fake(0).next = absl::InvalidArgumentError("HTTP_400");
  life.bench().fake(1).during = [&](const Message&) { life.CrashAtNextWrite(); };
  EXPECT_FALSE(life.bench().sender.Perform(RowsOf(life.bench()).at(0)).ok());
  life.Reopen();
  life.bench().Dispatch();
  EXPECT_EQ(life.OfferedTo(0).size(), 1u) << "it has refused";
  EXPECT_EQ(life.OfferedTo(1).size(), 2u);
  EXPECT_EQ(LastOf(life.bench()).state, S::kAccepted);
}

TEST(Crash, AfterAReceiptMovedTheMessageOnKeepsTheMove) {
  Life life(false);
  ASSERT_THAT(life.bench().Create(), IsOk());
  ASSERT_THAT(life.bench().sender.Perform(RowsOf(life.bench()).at(0)), IsOk());
  Report(life.bench(), LastOf(life.bench()).id, "a", DeliveryTrigger::kReceiptFailed);
  life.Reopen();
  EXPECT_EQ(life.bench().Dispatch(), 2) << "the old row, which is void, and the new one";
  EXPECT_EQ(life.OfferedTo(0).size(), 1u);
  EXPECT_EQ(life.OfferedTo(1).size(), 1u);
  EXPECT_EQ(life.codes().size(), 1u);
}

TEST(Crash, AtAReceiptLeavesTheMessageHeldAndTheReceiptToBeRepeated) {
  Life life(false);
  ASSERT_THAT(life.bench().Create(), IsOk());
  ASSERT_EQ(life.bench().Dispatch(), 1);
  const DeliveryId id = LastOf(life.bench()).id;
  life.CrashAtNextWrite();
  EXPECT_FALSE(life.bench()
                   .database
                   ->Update([&](kv::Txn& txn) -> absl::Status {
                     return TakeReceipt(txn, life.bench().desk, id,
                                        {1, "a", DeliveryTrigger::kReceiptFailed, {}},
                                        life.bench().clock.Now())
                         .status();
                   })
                   .ok());
  life.Reopen();
  EXPECT_TRUE(Holds(life.bench(), id));
  Report(life.bench(), id, "a", DeliveryTrigger::kReceiptFailed);
  life.bench().Dispatch();
  EXPECT_EQ(life.OfferedTo(1).size(), 1u);
}

}  // namespace
}  // namespace tc::otp
