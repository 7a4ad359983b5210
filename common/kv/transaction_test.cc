// Transactions: all or nothing, one after the other, in the order of their revisions.

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <random>

#include "common/base/refusal.h"
#include "common/kv/conformance.h"

namespace tc::kv {
namespace {

using testing::HasCode;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

class TransactionTest : public ConformanceTest {};
TC_FOR_EVERY_ENGINE(TransactionTest);

constexpr int kThreads = 32;
constexpr int kRounds = 50;

int CountTo(Database& db) {
  AtOnce(kThreads, [&](int) {
    for (int i = 0; i < kRounds; ++i) {
      const absl::StatusOr<uint64_t> done = db.Update([](Txn& txn) -> absl::Status {
        TRY(AddOne(txn, "n"));
        return absl::OkStatus();
      });
      EXPECT_THAT(done, IsOk());
    }
  });
  return std::stoi(Read(db, "n"));
}

TEST_P(TransactionTest, LosesNoUpdateOfManyThreads) { EXPECT_EQ(CountTo(*Fresh()), kThreads * kRounds); }

TEST_P(TransactionTest, WouldLoseUpdatesWithoutSerialisation) {
  EXPECT_LT(CountTo(*Fresh({.unserialised = true})), kThreads * kRounds);
}

TEST_P(TransactionTest, KeepsNothingOfARefusedClosure) {
  const auto db = Fresh();
  ASSERT_THAT(Put(*db, "kept", "1"), IsOk());
  const uint64_t before = db->revision();
  const absl::StatusOr<uint64_t> refused = db->Update([](Txn& txn) -> absl::Status {
    TRY(txn.Put("new", "1"));
    TRY(txn.Delete("kept"));
    TRY(txn.Emit({.type = "Refused", .at = Noon()}));
    TRY(txn.Enqueue({.kind = "send"}));
    TRY(txn.Schedule({Noon(), "expire", "1"}));
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kConflict, "no");
  });
  EXPECT_THAT(refused, Refused(absl::StatusCode::kFailedPrecondition, Reason::kConflict));
  EXPECT_EQ(db->revision(), before);
  EXPECT_EQ(Read(*db, "new"), "(absent)");
  EXPECT_EQ(Read(*db, "kept"), "1");
  EXPECT_TRUE(db->Changes(0, 0, 10)->empty());
  EXPECT_TRUE(db->ListOutbox("", 10)->empty());
  EXPECT_TRUE(db->DueTimers(Noon(), 10)->empty());
}

TEST_P(TransactionTest, RollsBackOneOfABatchAndKeepsItsNeighbours) {
  const auto db = Fresh();
  AtOnce(kThreads, [&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      const bool refuse = (thread + i) % 2 == 0;
      const absl::Status status = db->Update([&](Txn& txn) -> absl::Status {
                                      TRY(AddOne(txn, "n"));
                                      TRY(txn.Emit({.type = "Added", .at = Noon()}));
                                      return refuse ? absl::AbortedError("no") : absl::OkStatus();
                                    }).status();
      EXPECT_EQ(status.ok(), !refuse);
    }
  });
  EXPECT_EQ(Read(*db, "n"), std::to_string(kThreads * kRounds / 2));
  EXPECT_EQ(db->Changes(0, 0, 10'000)->size(), static_cast<size_t>(kThreads * kRounds / 2));
  EXPECT_EQ(db->revision(), static_cast<uint64_t>(kThreads * kRounds / 2));
}

TEST_P(TransactionTest, ReadsItsOwnWrites) {
  const auto db = Fresh();
  ASSERT_THAT(Put(*db, "old", "1"), IsOk());
  const auto done = db->Update([](Txn& txn) -> absl::Status {
    TRY(txn.Put("new", "1"));
    TRY(txn.Delete("old"));
    EXPECT_EQ(TRY(txn.Get("new")).value_or(""), "1");
    EXPECT_FALSE(TRY(txn.Get("old")).has_value());
    return absl::OkStatus();
  });
  ASSERT_THAT(done, IsOk());
}

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows Expected(const std::map<std::string, std::string>& model, const std::string& begin,
              const std::string& end) {
  return begin < end ? Rows(model.lower_bound(begin), model.lower_bound(end)) : Rows();
}

// Own writes over stored ones over absent ones, in every mixture, against a plain map.
TEST_P(TransactionTest, ScansOwnAndStoredKeysInOrder) {
  std::mt19937 random(7);
  const auto any_key = [&] { return std::string(1, static_cast<char>('a' + random() % 12)); };
  const auto db = Fresh();
  std::map<std::string, std::string> model;
  for (int round = 0; round < 200; ++round) {
    const absl::Status status = db->Update([&](Txn& txn) -> absl::Status {
                                    for (int i = 0; i < 4; ++i) {
                                      const std::string key = any_key();
                                      const std::string value = std::to_string(random());
                                      if (random() % 3 == 0) {
                                        TRY(txn.Delete(key));
                                        model.erase(key);
                                      } else {
                                        TRY(txn.Put(key, value));
                                        model[key] = value;
                                      }
                                    }
                                    const std::string begin = any_key();
                                    const std::string end = any_key();
                                    Rows up, down;
                                    const auto into = [](Rows& rows) {
                                      return [&rows](absl::string_view key, absl::string_view value) {
                                        rows.emplace_back(std::string(key), std::string(value));
                                        return true;
                                      };
                                    };
                                    TRY(txn.Scan(begin, end, into(up)));
                                    TRY(txn.ScanReverse(begin, end, into(down)));
                                    EXPECT_EQ(up, Expected(model, begin, end));
                                    EXPECT_EQ(Rows(down.rbegin(), down.rend()), up);
                                    return absl::OkStatus();
                                  }).status();
    ASSERT_THAT(status, IsOk());
  }
}

TEST_P(TransactionTest, MayWriteWhileItScans) {
  const auto db = Fresh();
  for (const char* key : {"a", "b", "c"}) ASSERT_THAT(Put(*db, key, "1"), IsOk());
  std::string visited;
  const auto done = db->Update([&](Txn& txn) -> absl::Status {
    visited.clear();
    return txn.Scan("a", "z", [&](absl::string_view key, absl::string_view) {
      visited += std::string(key);
      EXPECT_THAT(txn.Delete(key), IsOk());
      if (key != "a") return true;
      EXPECT_THAT(txn.Delete("b"), IsOk());
      EXPECT_THAT(txn.Put("d", "1"), IsOk());
      return true;
    });
  });
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(visited, "acd");
  EXPECT_EQ(Read(*db, "d"), "(absent)");
}

TEST_P(TransactionTest, StopsAScanWhereTheVisitorSays) {
  const auto db = Fresh();
  for (const char* key : {"a", "b", "c"}) ASSERT_THAT(Put(*db, key, "1"), IsOk());
  std::string visited;
  const auto until_b = [&](absl::string_view key, absl::string_view) {
    visited += std::string(key);
    return key != "b";
  };
  ASSERT_THAT(db->View([&](ReadTxn& txn) -> absl::Status {
    TRY(txn.Scan("a", "z", until_b));
    return txn.ScanReverse("a", "z", until_b);
  }),
              IsOk());
  EXPECT_EQ(visited, "abcb");
}

TEST_P(TransactionTest, InsertsOnlyWhatIsAbsent) {
  const auto db = Fresh();
  const auto insert = [&] {
    return db->Update([](Txn& txn) -> absl::Status { return txn.Insert("k", "1"); }).status();
  };
  EXPECT_THAT(insert(), IsOk());
  EXPECT_THAT(insert(), Refused(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists));
}

TEST_P(TransactionTest, TakesOneRevisionForEachCommitThatWrites) {
  const auto db = Fresh();
  uint64_t inside = 0;
  ASSERT_OK_AND_ASSIGN(const uint64_t first, db->Update([&](Txn& txn) -> absl::Status {
    inside = txn.revision();
    return txn.Put("k", "1");
  }));
  EXPECT_EQ(first, inside);
  ASSERT_OK_AND_ASSIGN(const uint64_t reader,
                       db->Update([&](Txn& txn) -> absl::Status { return txn.Get("k").status(); }));
  EXPECT_EQ(reader, first);
  ASSERT_OK_AND_ASSIGN(const uint64_t second,
                       db->Update([&](Txn& txn) -> absl::Status { return txn.Put("k", "2"); }));
  EXPECT_EQ(second, first + 1);
  EXPECT_EQ(db->revision(), second);
}

TEST_P(TransactionTest, SyncsEveryCommitOfALoneCaller) {
  const auto db = Fresh();
  for (int i = 0; i < 10; ++i) ASSERT_THAT(Put(*db, "k", "1"), IsOk());
  EXPECT_EQ(db->counters().commits, 10u);
  EXPECT_EQ(db->counters().syncs, 10u);
}

TEST_P(TransactionTest, SyncsTheCommitsOfManyCallersTogether) {
  const auto db = Fresh();
  // One caller's closure waits until the others are about to call; when they have called as well, they share
  // a sync.
  for (int round = 0; round < 1'000 && db->counters().syncs == db->counters().commits; ++round) {
    std::atomic<int> calling{0};
    AtOnce(8, [&](int thread) {
      const auto wait_and_put = [&](Txn& txn) -> absl::Status {
        while (thread == 0 && calling < 7) std::this_thread::yield();
        return txn.Put("k", "1");
      };
      if (thread != 0) ++calling;
      EXPECT_THAT(db->Update(wait_and_put), IsOk());
    });
  }
  EXPECT_LT(db->counters().syncs, db->counters().commits);
}

TEST_P(TransactionTest, ViewsOneMoment) {
  const auto db = Fresh();
  ASSERT_THAT(Put(*db, "k", "before"), IsOk());
  ASSERT_THAT(db->View([&](ReadTxn& txn) -> absl::Status {
    EXPECT_THAT(Put(*db, "k", "after"), IsOk());
    EXPECT_EQ(TRY(txn.Get("k")).value_or(""), "before");
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(Read(*db, "k"), "after");
}

TEST_P(TransactionTest, RefusesAnUpdateInsideAClosureRatherThanHang) {
  const auto db = Fresh();
  const auto nested = db->Update([&](Txn&) -> absl::Status { return Put(*db, "k", "1"); });
  EXPECT_THAT(nested, Refused(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable));
}

TEST_P(TransactionTest, RunsAPureClosureTwiceWithoutADifference) {
  const auto db = Fresh({.run_twice = true});
  int runs = 0;
  const auto done = db->Update([&](Txn& txn) -> absl::Status {
    ++runs;  // the effect that a closure must not have
    TRY(AddOne(txn, "n"));
    return txn.Emit({.type = "Added", .at = Noon()});
  });
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Read(*db, "n"), "1");
  EXPECT_EQ(db->Changes(0, 0, 10)->size(), 1u);
}

TEST_P(TransactionTest, RefusesEverythingAfterAFailedCommit) {
  const auto fail = std::make_shared<std::atomic<bool>>(false);
  const auto db = Fresh({.fail_next_write = fail});
  ASSERT_THAT(Put(*db, "k", "1"), IsOk());
  *fail = true;
  const auto unavailable = Refused(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable);
  EXPECT_THAT(Put(*db, "k", "2"), unavailable);
  EXPECT_THAT(Put(*db, "k", "3"), unavailable);
  EXPECT_THAT(db->View([](ReadTxn&) -> absl::Status { return absl::OkStatus(); }), unavailable);
  EXPECT_THAT(db->Changes(0, 0, 1), unavailable);
  EXPECT_EQ(db->revision(), 1u);
}

TEST_P(TransactionTest, AnswersNobodyOfAFailedBatchWithSuccess) {
  const auto fail = std::make_shared<std::atomic<bool>>(false);
  const auto db = Fresh({.fail_next_write = fail});
  std::atomic<int> acknowledged{0};
  AtOnce(kThreads, [&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      if (thread == 0 && i == kRounds / 2) *fail = true;
      const absl::Status status = db->Update([](Txn& txn) -> absl::Status {
                                      TRY(AddOne(txn, "n"));
                                      return absl::OkStatus();
                                    }).status();
      if (status.ok()) ++acknowledged;
    }
  });
  EXPECT_EQ(static_cast<uint64_t>(acknowledged), db->counters().commits);
  EXPECT_LT(acknowledged, kThreads * kRounds);
}

// What Submit tells, waited for.
absl::StatusOr<uint64_t> Submitted(Database& db, absl::AnyInvocable<absl::Status(Txn& txn)> fn) {
  std::promise<absl::StatusOr<uint64_t>> told;
  db.Submit(std::move(fn), [&](absl::StatusOr<uint64_t> revision) { told.set_value(std::move(revision)); });
  return told.get_future().get();
}

TEST_P(TransactionTest, TellsOfASubmittedClosureWhatUpdateWouldReturn) {
  const auto db = Fresh();
  ASSERT_OK_AND_ASSIGN(const uint64_t first,
                       Submitted(*db, [](Txn& txn) -> absl::Status { return txn.Put("k", "1"); }));
  EXPECT_EQ(first, db->revision());
  EXPECT_EQ(db->counters().syncs, 1u) << "told after the sync";
  EXPECT_EQ(Read(*db, "k"), "1");
  const absl::Status refusal = Refuse(absl::StatusCode::kFailedPrecondition, Reason::kNotEligible, "no");
  EXPECT_EQ(Submitted(*db,
                      [&](Txn& txn) -> absl::Status {
                        TRY(txn.Put("k", "2"));
                        return refusal;
                      })
                .status(),
            refusal);
  EXPECT_EQ(Read(*db, "k"), "1");
}

TEST_P(TransactionTest, LetsASubmittedClosureBeFollowedByAnother) {
  const auto db = Fresh();
  std::promise<uint64_t> last;
  db->Submit([](Txn& txn) { return AddOne(txn, "n").status(); },
             [&](const absl::StatusOr<uint64_t>& first) {
               ASSERT_THAT(first, IsOk());
               db->Submit(
                   [](Txn& txn) { return AddOne(txn, "n").status(); },
                   [&](const absl::StatusOr<uint64_t>& second) { last.set_value(second.value_or(0)); });
             });
  EXPECT_EQ(last.get_future().get(), 2u);
  EXPECT_EQ(Read(*db, "n"), "2");
}

TEST_P(TransactionTest, LosesNoSubmittedClosureAmongThoseThatWait) {
  const auto db = Fresh();
  std::atomic<int> told{0};
  AtOnce(kThreads, [&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      const auto add = [](Txn& txn) { return AddOne(txn, "n").status(); };
      if (thread % 2 == 0) {
        EXPECT_THAT(db->Update(add), IsOk());
        ++told;
      } else {
        db->Submit(add, [&](const absl::StatusOr<uint64_t>& done) { told += done.ok() ? 1 : 0; });
      }
    }
  });
  EXPECT_THAT(db->Update([](Txn&) -> absl::Status { return absl::OkStatus(); }), IsOk());
  EXPECT_EQ(Read(*db, "n"), std::to_string(kThreads * kRounds));
  while (told < kThreads * kRounds) std::this_thread::yield();
}

// What is called back may write a log line that nobody reads: the store goes on.
TEST_P(TransactionTest, CommitsWhileWhoIsCalledBackDoesNotReturn) {
  std::promise<void> called_back;
  std::promise<void> committed;
  std::promise<bool> in_time;
  const auto db = Fresh();  // goes first, with its threads
  db->Submit([](Txn& txn) -> absl::Status { return txn.Put("k", "1"); },
             [&, done = committed.get_future()](const absl::StatusOr<uint64_t>&) {
               called_back.set_value();
               in_time.set_value(done.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
             });
  called_back.get_future().wait();
  EXPECT_THAT(db->Update([](Txn& txn) -> absl::Status { return txn.Put("k", "2"); }), IsOk());
  committed.set_value();
  EXPECT_TRUE(in_time.get_future().get());
}

TEST_P(TransactionTest, FinishesWhatWasSubmittedBeforeItCloses) {
  auto db = Fresh();
  Database& store = *db;
  std::vector<absl::Status> told;
  store.Submit([](Txn& txn) -> absl::Status { return txn.Put("k", "1"); },
               [&](const absl::StatusOr<uint64_t>& first) {
                 told.push_back(first.status());
                 // The store may be closing by now; one that does not take it says so.
                 store.Submit(
                     [](Txn& txn) -> absl::Status { return txn.Put("k", "2"); },
                     [&](const absl::StatusOr<uint64_t>& second) { told.push_back(second.status()); });
               });
  db.reset();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_THAT(told[0], IsOk());
}

TEST_P(TransactionTest, TellsOfASubmittedClosureThatItsCommitHasFailed) {
  const auto fail = std::make_shared<std::atomic<bool>>(true);
  const auto db = Fresh({.fail_next_write = fail});
  EXPECT_THAT(Submitted(*db, [](Txn& txn) -> absl::Status { return txn.Put("k", "1"); }),
              Refused(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable));
}

}  // namespace
}  // namespace tc::kv
