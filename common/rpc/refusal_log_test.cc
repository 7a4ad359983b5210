#include "common/rpc/refusal_log.h"

#include <optional>
#include <string>

#include "common/audit/tree_ledger.h"
#include "common/audit/tree_store.h"
#include "common/base/refusal.h"
#include "common/kv/ledger.h"
#include "common/kv/rocks_database.h"
#include "common/testing/call.h"
#include "common/testing/moody_ledger.h"
#include "common/testing/status.h"

namespace tc::rpc {
namespace {

using testing::IsOk;

class RefusalLogTest : public ::testing::Test {
 protected:
  RefusalLogTest()
      : keys_(crypto::Keyring::ForTest({"audit", "audit-index"}, random_)),
        ledger_(*audit::TreeLedger::Open(keys_, "otp", random_)),
        database_(kv::InMemory({.ledger = &moody_})) {
    log_.emplace(*database_);
  }

  void Note(const std::string& name, Reason reason = Reason::kRoleNotAllowed,
            const std::string& method = "S/M") {
    Call call = name.empty() ? Call() : testing::FromPeer(Role::kBank, name, now_);
    call.id = "call-1";
    call.now = now_;
    log_->Note(call, method, Refuse(absl::StatusCode::kPermissionDenied, reason, "no"));
  }
  // What is entered, when all that was submitted is through.
  std::vector<audit::pb::AuditEntry> Entries() {
    EXPECT_THAT(database_->Update([](kv::Txn&) { return absl::OkStatus(); }), IsOk());
    std::vector<audit::pb::AuditEntry> entries;
    EXPECT_THAT(database_->View([&](kv::ReadTxn& txn) {
      return audit::VisitLeaves(txn, 0, [&](uint64_t, absl::string_view leaf) {
        entries.push_back(*audit::Decode(leaf));
        return true;
      });
    }),
                IsOk());
    return entries;
  }
  static std::string Of(const audit::pb::AuditEntry& entry, absl::string_view name) {
    for (const auto& attribute : entry.attributes()) {
      if (attribute.name() == name) return attribute.value();
    }
    return "";
  }

  testing::FakeRandom random_;
  crypto::Keyring keys_;
  std::unique_ptr<audit::TreeLedger> ledger_;
  tc::testing::MoodyLedger moody_{*ledger_};
  std::optional<RefusalLog> log_;
  std::unique_ptr<kv::Database> database_;
  absl::Time now_ = testing::Noon();
};

TEST_F(RefusalLogTest, EntersWhoWasRefusedWhatAndWhy) {
  Note("sber");
  const auto entries = Entries();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].type(), "CallRefused");
  EXPECT_EQ(entries[0].peer(), "bank/sber");
  EXPECT_EQ(entries[0].call_id(), "call-1");
  EXPECT_EQ(entries[0].result(), "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Of(entries[0], "method"), "S/M");
  EXPECT_EQ(Of(entries[0], "count"), "1");
}

TEST_F(RefusalLogTest, ACallerWhoIsNotKnownHasNoName) {
  Note("");
  ASSERT_EQ(Entries().size(), 1U);
  EXPECT_EQ(Entries()[0].peer(), "");
}

TEST_F(RefusalLogTest, IdenticalOnesAreOneEntryAMinuteWithTheirCount) {  // LOG-11
  for (int n = 0; n < 100; ++n) Note("sber");
  EXPECT_EQ(Entries().size(), 1U);
  Note("sber", Reason::kRateLimited);
  Note("sber", Reason::kRoleNotAllowed, "S/N");
  Note("vtb");
  EXPECT_EQ(Entries().size(), 4U) << "others are told apart";
  now_ += RefusalLog::kEvery;
  Note("sber");
  ASSERT_EQ(Entries().size(), 5U);
  EXPECT_EQ(Of(Entries()[4], "count"), "100") << "99 that were kept back, and this one";
}

TEST_F(RefusalLogTest, WhatIsKeptBackIsEnteredAlthoughNobodyComesAgain) {
  for (int n = 0; n < 5; ++n) Note("sber");
  log_->Flush(now_ + RefusalLog::kEvery - absl::Milliseconds(1));
  EXPECT_EQ(Entries().size(), 1U);
  log_->Flush(now_ + RefusalLog::kEvery);
  ASSERT_EQ(Entries().size(), 2U);
  EXPECT_EQ(Of(Entries()[1], "count"), "4");
  log_->Flush(now_ + 3 * RefusalLog::kEvery);
  EXPECT_EQ(Entries().size(), 2U);
}

TEST_F(RefusalLogTest, WhatIsKeptBackIsEnteredBeforeTheServiceStops) {
  for (int n = 0; n < 5; ++n) Note("sber");
  Note("vtb");
  log_->FlushAll(now_);
  ASSERT_EQ(Entries().size(), 3U);
  EXPECT_EQ(Entries()[2].peer(), "bank/sber");
  EXPECT_EQ(Of(Entries()[2], "count"), "4");
  log_->FlushAll(now_);
  EXPECT_EQ(Entries().size(), 3U);
}

TEST_F(RefusalLogTest, AFlushIsTheEntryOfItsMinute) {
  for (int n = 0; n < 2; ++n) Note("sber");
  now_ += RefusalLog::kEvery;
  log_->Flush(now_);
  Note("sber");
  EXPECT_EQ(Entries().size(), 2U);
}

TEST_F(RefusalLogTest, ManyKindsAreOneInTheEnd) {
  for (size_t n = 0; n < RefusalLog::kKinds + 500; ++n) Note(absl::StrCat("bank-", n));
  EXPECT_EQ(Entries().size(), RefusalLog::kKinds + 1);
  EXPECT_EQ(Entries().back().peer(), "");
  EXPECT_EQ(Of(Entries().back(), "method"), "");
  EXPECT_EQ(Entries().back().result(), "ROLE_NOT_ALLOWED");
  now_ += RefusalLog::kEvery;
  Note("bank-7");
  EXPECT_EQ(Entries().back().peer(), "bank/bank-7") << "who is told apart already stays so";
}

TEST_F(RefusalLogTest, KindsOfWhichNothingCameForAMinuteMakeRoom) {
  for (size_t n = 0; n < RefusalLog::kKinds; ++n) Note(absl::StrCat("bank-", n));
  now_ += RefusalLog::kEvery;
  log_->Flush(now_);
  Note("sber");
  EXPECT_EQ(Entries().back().peer(), "bank/sber");
}

TEST_F(RefusalLogTest, WhatCannotBeEnteredIsCountedInTheNextOne) {
  moody_.refuses = true;
  for (int n = 0; n < 3; ++n) Note("sber");
  EXPECT_TRUE(Entries().empty());
  moody_.refuses = false;
  // The store tells of what it refused on a thread of its own: some turns may pass.
  int counted = 0;
  for (int turn = 1; turn < 10000 && counted < 3; ++turn) {
    log_->Flush(now_ + turn * RefusalLog::kEvery);
    counted = 0;
    for (const auto& entry : Entries()) counted += std::stoi(Of(entry, "count"));
  }
  EXPECT_EQ(counted, 3);
}

TEST_F(RefusalLogTest, CallsThatEndInAnotherOrderAreStillOneEntry) {
  for (int n = 0; n < 100; ++n) {
    Note("sber");
    now_ -= absl::Milliseconds(1);
  }
  EXPECT_EQ(Entries().size(), 1U);
}

TEST_F(RefusalLogTest, AClockThatWasPutBackKeepsNoEntryAway) {
  Note("sber");
  now_ -= absl::Hours(3);
  Note("sber");
  EXPECT_EQ(Entries().size(), 2U);
  Note("sber");
  now_ -= absl::Hours(1);
  log_->Flush(now_);
  EXPECT_EQ(Entries().size(), 3U);
}

TEST_F(RefusalLogTest, ARefusalWithoutAReasonIsNamedByItsCode) {
  Call call;
  call.now = now_;
  log_->Note(call, "S/M", absl::UnauthenticatedError("no"));
  ASSERT_EQ(Entries().size(), 1U);
  EXPECT_EQ(Entries()[0].result(), "UNAUTHENTICATED");
}

TEST_F(RefusalLogTest, NamesWhoIsTurnedAwayPastTheGateByHisCertificate) {
  const testing::FakeClock clock;
  const std::string domain = "example.org";
  const OnRefused refused = log_->AtTheDoor(domain, clock);
  refused({"spiffe://example.org/bank/sber"}, "handshake", absl::PermissionDeniedError("revoked"));
  refused({"spiffe://elsewhere.org/bank/vtb"}, "unknown", absl::UnimplementedError("no"));
  const auto entries = Entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].peer(), "bank/sber");
  EXPECT_EQ(Of(entries[0], "method"), "handshake");
  EXPECT_EQ(entries[0].result(), "PERMISSION_DENIED");
  EXPECT_EQ(entries[1].peer(), "");
  EXPECT_EQ(entries[1].result(), "UNIMPLEMENTED");
}

TEST_F(RefusalLogTest, WhoIsSignedInIsNotNamedAndNeitherIsWhoeverThisThreadWorksFor) {
  const kv::OriginScope scope({"call-0", "service/linking", "anna"});
  Note("sber");
  ASSERT_EQ(Entries().size(), 1U);
  EXPECT_EQ(Entries()[0].call_id(), "call-1");
  EXPECT_EQ(Entries()[0].persons_size(), 0);
}

}  // namespace
}  // namespace tc::rpc
