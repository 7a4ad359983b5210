#include "common/rpc/once.h"

#include <atomic>
#include <future>
#include <latch>
#include <thread>
#include <vector>

#include "common/base/refusal.h"
#include "common/kv/testing.h"
#include "common/rpc/once_testing.h"
#include "common/testing/call.h"
#include "common/testing/temp_dir.h"

namespace tc::rpc {
namespace {

using ::google::protobuf::StringValue;
using testing::As;
using testing::FromService;
using testing::HasCode;
using testing::IsOk;
using testing::Refused;

TEST_F(OnceTest, GivesTheSameAnswerToARepeatedCall) {
  const Call call = As("alice");
  ASSERT_OK_AND_ASSIGN(const std::string first, Count(call));
  ASSERT_OK_AND_ASSIGN(const std::string second, Count(call));
  EXPECT_EQ(first, "answer I");
  EXPECT_EQ(second, first);
  EXPECT_EQ(Counted(), "I");
}

TEST_F(OnceTest, WithoutWaitingGivesTheSameAnswersAsWithWaiting) {
  const auto start = [&](const Call& call) {
    std::promise<absl::StatusOr<StringValue>> given;
    once_.Start<StringValue>(
        call,
        [&](kv::Txn& txn) -> absl::StatusOr<StringValue> {
          ++decisions_;
          TRY(txn.Put("n", "I"));
          StringValue made;
          made.set_value("answer I");
          return made;
        },
        Answer<StringValue>([&](absl::StatusOr<StringValue> a) { given.set_value(std::move(a)); }));
    return given.get_future().get();
  };
  const Call call = As("alice");
  ASSERT_OK_AND_ASSIGN(const StringValue first, start(call));
  EXPECT_EQ(first.value(), "answer I");
  EXPECT_EQ(start(call)->value(), "answer I");
  EXPECT_EQ(*Count(call), "answer I");
  EXPECT_EQ(decisions_, 1);
  Call other = call;
  other.fingerprint = "other";
  EXPECT_THAT(start(other), Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdReused));
}

TEST_F(OnceTest, ReplaysOnlyWhatHasHappened) {
  const Call call = As("alice");
  ASSERT_OK_AND_ASSIGN(const auto before, once_.Replay<StringValue>(call));
  EXPECT_FALSE(before.has_value());
  ASSERT_THAT(Count(call), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto after, once_.Replay<StringValue>(call));
  EXPECT_EQ(after->value(), "answer I");
}

TEST_F(OnceTest, KeepsNothingOfARefusedCall) {
  const Call call = As("alice");
  const auto refuse = [](kv::Txn& txn) -> absl::StatusOr<StringValue> {
    TRY(txn.Put("n", "I"));
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kInvitationExpired, "too late");
  };
  EXPECT_THAT(once_.Run<StringValue>(call, refuse),
              Refused(absl::StatusCode::kFailedPrecondition, Reason::kInvitationExpired));
  EXPECT_EQ(Counted(), "");
  EXPECT_EQ(Records(), 0u);
  EXPECT_THAT(Count(call), IsOk());
}

TEST_F(OnceTest, RefusesOtherContentUnderTheSameId) {
  const Call call = As("alice");
  ASSERT_THAT(Count(call), IsOk());
  Call other = call;
  other.fingerprint = "other";
  const auto reused = Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdReused);
  EXPECT_THAT(Count(other), reused);
  EXPECT_THAT(once_.Replay<StringValue>(other), reused);
  EXPECT_EQ(Counted(), "I");
}

TEST_F(OnceTest, KeepsTheIdsOfDifferentCallersAndMethodsApart) {
  const Call call = As("alice");
  std::vector<Call> calls(7, call);
  calls[1].person->account = AccountId::FromTrusted("bob");
  calls[2].person.reset();
  calls[3].peer.name = "other";
  calls[4].peer.role = Role::kBank;
  calls[5].method = "test/Other";
  calls[6].request_id = "00000000-0000-4000-8000-ffffffffffff";
  for (const Call& each : calls) EXPECT_THAT(Count(each), IsOk());
  EXPECT_EQ(Counted(), "IIIIIII");
}

TEST_F(OnceTest, NeedsARequestId) {
  Call call = As("alice");
  call.request_id.clear();
  const auto missing = Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing);
  EXPECT_THAT(Count(call), missing);
  EXPECT_THAT(once_.Replay<StringValue>(call), missing);
}

TEST_F(OnceTest, RemembersFor24Hours) {  // C-W 65
  Call call = As("alice");
  ASSERT_THAT(Count(call), IsOk());
  call.now += absl::Hours(24);
  ASSERT_THAT(Count(call), IsOk());
  EXPECT_EQ(Counted(), "I");
  call.now += absl::Seconds(1);
  call.fingerprint = "other";
  ASSERT_OK_AND_ASSIGN(const std::string anew, Count(call));
  EXPECT_EQ(anew, "answer II");
}

TEST_F(OnceTest, RemembersWhenTheClockWentBack) {
  Call call = As("alice");
  ASSERT_THAT(Count(call), IsOk());
  call.now -= absl::Hours(48);
  ASSERT_THAT(Count(call), IsOk());
  EXPECT_EQ(Counted(), "I");
}

TEST_F(OnceTest, RemembersOverARestart) {
  const testing::TempDir dir;
  const Call call = As("alice");
  for (int start = 0; start < 2; ++start) {
    ASSERT_OK_AND_ASSIGN(const auto db, kv::OpenRocks(dir.path()));
    ASSERT_OK_AND_ASSIGN(const std::string answer, CountIn(Once(*db, sealer()), call));
    EXPECT_EQ(answer, "answer I");
  }
  EXPECT_EQ(decisions_, 1);
}

TEST_F(OnceTest, StoresNoAnswerInTheClear) {
  ASSERT_THAT(Count(As("alice")), IsOk());
  for (const auto& [key, value] : Everything()) EXPECT_EQ(value.find("answer"), std::string::npos);
}

TEST_F(OnceTest, OpensAnAnswerOnlyWhereItWasMade) {
  const Call call = As("alice");
  const Call other = As("bob");
  ASSERT_THAT(Count(call), IsOk());
  std::string record;
  for (const auto& [key, value] : Everything()) {
    if (IsRecord(key)) record = value;
  }
  ASSERT_THAT(Count(other), IsOk());
  for (const auto& [key, value] : Everything()) {  // bob's record is replaced by alice's
    if (!IsRecord(key) || value == record) continue;
    ASSERT_THAT(db_->Update([&, k = key](kv::Txn& txn) -> absl::Status { return txn.Put(k, record); }),
                IsOk());
  }
  Call forged = other;
  forged.fingerprint = call.fingerprint;
  EXPECT_THAT(Count(forged), HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(OnceTest, TakesAnUnreadableRecordNotForAbsent) {
  const Call call = As("alice");
  ASSERT_THAT(Count(call), IsOk());
  for (const auto& [key, value] : Everything()) {
    if (!IsRecord(key)) continue;
    ASSERT_THAT(db_->Update([&, k = key](kv::Txn& txn) -> absl::Status { return txn.Put(k, "garbage"); }),
                IsOk());
  }
  EXPECT_THAT(Count(call), HasCode(absl::StatusCode::kDataLoss));
  EXPECT_EQ(Counted(), "I");
}

constexpr int kThreads = 16;

// The number of times that one call, sent by many at once, took effect.
int Effects(kv::Database& db, const crypto::Sealer& sealer) {
  const Once once(db, sealer);
  const Call call = As("alice");
  std::atomic<int> effects{0};
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      bool decided = false;
      start.arrive_and_wait();
      const auto answer = once.Run<StringValue>(call, [&](kv::Txn& txn) -> absl::StatusOr<StringValue> {
        decided = true;
        TRY(txn.Put("n", "I"));
        return StringValue();
      });
      EXPECT_THAT(answer, IsOk());
      if (decided) ++effects;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return effects;
}

TEST_F(OnceTest, TakesEffectOnceThoughManySendItAtOnce) { EXPECT_EQ(Effects(*db_, sealer()), 1); }

TEST_F(OnceTest, WouldTakeEffectOftenerWithoutSerialisation) {
  const auto mutant = kv::InMemoryForTest({.unserialised = true});
  EXPECT_GT(Effects(*mutant, sealer()), 1);
}

TEST_F(OnceTest, IsRecalledInOneLookWithTheState) {
  const Call call = FromService("recovery");
  const auto recall = [&] {
    std::optional<std::string> answer;
    EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) -> absl::Status {
      answer = TRY(once_.RecallIn(txn, call));
      return absl::OkStatus();
    }),
                IsOk());
    return answer;
  };
  EXPECT_FALSE(recall().has_value());
  ASSERT_THAT(Count(call), IsOk());
  StringValue answer;
  ASSERT_TRUE(answer.ParseFromString(recall().value_or("")));
  EXPECT_EQ(answer.value(), "answer I");
}

}  // namespace
}  // namespace tc::rpc
