#include "common/kv/ledger.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/base/status.h"
#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/status.h"

namespace tc::kv {
namespace {

using testing::HasCode;
using testing::IsOk;

// Writes a line for each act under a table of its own.
class Lines final : public Ledger {
 public:
  absl::Status Append(Txn& txn, const Event& act, std::optional<uint32_t> event_index) override {
    if (refuses) return absl::UnavailableError("the ledger refuses");
    const Origin& origin = txn.origin();
    return txn.Put(Key("line").U64(txn.revision()).Str(act.type).bytes(),
                   absl::StrCat(origin.call_id, " ", origin.peer, " ", origin.person, " ",
                                event_index.has_value() ? absl::StrCat(*event_index) : "none"));
  }
  absl::Status Forget(Txn& txn, absl::string_view person, absl::Time) override {
    return txn.Put(Key("forgotten").Str(person).bytes(), "");
  }
  std::atomic<bool> refuses{false};
};

class LedgerTest : public ::testing::Test {
 protected:
  static absl::Status Emit(Txn& txn, const char* type) {
    Event event;
    event.type = type;
    return txn.Emit(std::move(event));
  }
  std::vector<std::string> Written() {
    std::vector<std::string> lines;
    EXPECT_THAT(database_->View([&](ReadTxn& txn) {
      return txn.Scan(Key("line").bytes(), Key("line").End(), [&](absl::string_view, absl::string_view line) {
        lines.emplace_back(line);
        return true;
      });
    }),
                IsOk());
    return lines;
  }

  Lines ledger_;
  std::unique_ptr<Database> database_ = InMemory({.ledger = &ledger_});
};

TEST_F(LedgerTest, IsToldOfEventsAndOfActsWithTheirOrigin) {  // LOG-07
  const OriginScope scope({"call-1", "portal/web", "anna"});
  ASSERT_THAT(database_->Update([](Txn& txn) -> absl::Status {
    TRY(Emit(txn, "A"));
    Event act;
    act.type = "B";
    TRY(txn.Audit(act));
    return Emit(txn, "C");
  }),
              IsOk());
  EXPECT_EQ(Written(), (std::vector<std::string>{"call-1 portal/web anna 0", "call-1 portal/web anna none",
                                                 "call-1 portal/web anna 1"}));
  EXPECT_EQ(database_->Changes(0, 0, 10)->size(), 2U) << "followers see events only";
}

TEST_F(LedgerTest, WhatItRefusesIsNotCommitted) {
  ledger_.refuses = true;
  EXPECT_THAT(database_->Update([](Txn& txn) -> absl::Status {
    TRY(txn.Put("effect", ""));
    Emit(txn, "A").IgnoreError();
    return absl::OkStatus();
  }),
              HasCode(absl::StatusCode::kUnavailable));
  EXPECT_EQ(database_->revision(), 0U);
}

TEST_F(LedgerTest, ASubmittedClosureHasTheOriginOfWhoSubmittedItAndSoHasWhatFollows) {
  absl::Notification done;
  {
    const OriginScope scope({"call-2", "portal/web", ""});
    database_->Submit([](Txn& txn) { return Emit(txn, "A"); },
                      [&](const absl::StatusOr<uint64_t>&) {
                        database_->Submit([](Txn& txn) { return Emit(txn, "B"); },
                                          [&](const absl::StatusOr<uint64_t>&) { done.Notify(); });
                      });
  }
  done.WaitForNotification();
  EXPECT_EQ(Written(), (std::vector<std::string>{"call-2 portal/web  0", "call-2 portal/web  0"}));
}

TEST_F(LedgerTest, ManyCallersAtOnceKeepTheirOrigins) {
  std::vector<std::thread> callers;
  for (int n = 0; n < 8; ++n) {
    callers.emplace_back([&, n] {
      const OriginScope scope({absl::StrCat("call-", n), absl::StrCat("peer/", n), ""});
      for (int i = 0; i < 20; ++i) {
        EXPECT_THAT(database_->Update([](Txn& txn) { return Emit(txn, "A"); }), IsOk());
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  std::map<std::string, int> seen;
  for (const std::string& line : Written()) ++seen[line];
  EXPECT_EQ(seen.size(), 8U);
  for (const auto& [line, times] : seen) EXPECT_EQ(times, 20) << line;
}

TEST_F(LedgerTest, ForgetsAPersonWhenItIsTold) {
  ASSERT_THAT(database_->Update([](Txn& txn) { return txn.Forget("anna", absl::Time()); }), IsOk());
  ASSERT_THAT(database_->View([](ReadTxn& txn) -> absl::Status {
    EXPECT_TRUE(TRY(txn.Get(Key("forgotten").Str("anna").bytes())).has_value());
    return absl::OkStatus();
  }),
              IsOk());
}

TEST(Ledger, IsNotNeeded) {
  const std::unique_ptr<Database> database = InMemory();
  EXPECT_THAT(database->Update([](Txn& txn) -> absl::Status {
    TRY(txn.Audit(Event()));
    return txn.Forget("anna", absl::Time());
  }),
              IsOk());
  EXPECT_EQ(database->revision(), 0U);
}

TEST(OriginScope, IsPutBackWhenItEnds) {
  EXPECT_EQ(CurrentOrigin().call_id, "");
  {
    const OriginScope outer({"outer", "", ""});
    {
      const OriginScope inner({"inner", "", ""});
      EXPECT_EQ(CurrentOrigin().call_id, "inner");
    }
    EXPECT_EQ(CurrentOrigin().call_id, "outer");
    std::thread([] { EXPECT_EQ(CurrentOrigin().call_id, ""); }).join();
  }
  EXPECT_EQ(CurrentOrigin().call_id, "");
}

}  // namespace
}  // namespace tc::kv
