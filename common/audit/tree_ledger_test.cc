#include "common/audit/tree_ledger.h"

#include "absl/strings/match.h"
#include "common/audit/book_testing.h"
#include "common/kv/testing.h"

namespace tc::audit {
namespace {

using testing::HasCode;
using testing::IsOk;

class TreeLedgerTest : public BookTest {};

TEST_F(TreeLedgerTest, EntersEachEventInItsCommit) {  // LOG-01, LOG-07
  const kv::OriginScope scope({"call-1", "portal/web", "bob"});
  Emit(7);
  const pb::AuditEntry entry = Entry(0);
  EXPECT_EQ(entry.type(), "LinkCreated");
  EXPECT_EQ(entry.service(), "linking");
  EXPECT_EQ(entry.resource(), "links/7");
  EXPECT_EQ(entry.peer(), "portal/web");
  EXPECT_EQ(entry.call_id(), "call-1");
  EXPECT_EQ(entry.result(), "OK");
  EXPECT_EQ(entry.revision(), database_->revision());
  EXPECT_TRUE(entry.has_event_index());
  EXPECT_EQ(entry.time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(entry.previous_hash(), "");
  EXPECT_EQ(entry.attributes_size(), 0) << "an act that concerns somebody tells its particulars to him";
  EXPECT_EQ(entry.persons_size(), 2);
}

TEST_F(TreeLedgerTest, GivesEachPersonWhatTellsOfHim) {  // LOG-09
  const kv::OriginScope scope({"call-1", "portal/web", "carol"});
  kv::Event event = LinkCreated(7);
  event.attributes["phone"] = "accounts/bob/phones/1";
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Emit(event); }), IsOk());
  std::vector<pb::AuditPersonalPart> parts;
  bool all = false;
  ASSERT_THAT(database_->View([&](kv::ReadTxn& txn) -> absl::Status {
    parts = TRY(ledger_->OpenParts(txn, Entry(0), all));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_TRUE(all);
  ASSERT_EQ(parts.size(), 3U);
  const auto told = [](const pb::AuditPersonalPart& part) {
    std::string text = absl::StrCat(part.account(), part.signed_in() ? " signed in" : "");
    for (const auto& attribute : part.attributes())
      absl::StrAppend(&text, " ", attribute.name(), "=", attribute.value());
    return text;
  };
  EXPECT_EQ(told(parts[0]), "accounts/alice-7 note=a secret word principal=alice-7");
  EXPECT_EQ(told(parts[1]), "accounts/bob contact=bob phone=accounts/bob/phones/1");
  EXPECT_EQ(told(parts[2]), "accounts/carol signed in");
}

TEST_F(TreeLedgerTest, ANameThatTellsOfAPersonIsSealed) {
  kv::Event act;
  act.type = "AccountCreated";
  act.resource = "accounts/alice";
  act.persons = {"alice"};
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Audit(act); }), IsOk());
  EXPECT_EQ(Entry(0).resource(), "");
  EXPECT_FALSE(absl::StrContains(AllBytes(), "alice"));
}

TEST_F(TreeLedgerTest, AnActWithoutPeopleIsInClear) {
  kv::Event act;
  act.type = "BudgetLow";
  act.resource = "budgets/SMS";
  act.attributes = {{"channel", "SMS"}};
  act.result = "RATE_LIMITED";
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Emit(act); }), IsOk());
  EXPECT_EQ(Entry(0).persons_size(), 0);
  ASSERT_EQ(Entry(0).attributes_size(), 1);
  EXPECT_EQ(Entry(0).attributes(0).value(), "SMS");
  EXPECT_EQ(Entry(0).result(), "RATE_LIMITED");
}

TEST_F(TreeLedgerTest, AnEntryOfWhatWasRefusedOrFailedSaysSo) {
  for (const char* type : {"SignInRefused", "DeliveryFailed", "AccountLocked"}) {
    kv::Event act;
    act.type = type;
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Emit(act); }), IsOk());
  }
  EXPECT_EQ(Entry(0).result(), "REFUSED");
  EXPECT_EQ(Entry(1).result(), "FAILED");
  EXPECT_EQ(Entry(2).result(), "OK");
}

TEST_F(TreeLedgerTest, WhatIsRefusedLeavesNoEntryAndWhatCannotBeEnteredIsRefused) {  // LOG-07
  const absl::Status refused = database_
                                   ->Update([&](kv::Txn& txn) -> absl::Status {
                                     TRY(txn.Emit(LinkCreated(1)));
                                     return absl::AbortedError("no");
                                   })
                                   .status();
  EXPECT_THAT(refused, HasCode(absl::StatusCode::kAborted));
  EXPECT_EQ(Get(HeadKey()), "");

  kv::Event unknown = LinkCreated(2);
  unknown.type = "NotOfTheVocabulary";  // LOG-03
  const absl::Status ignored = database_
                                   ->Update([&](kv::Txn& txn) -> absl::Status {
                                     TRY(txn.Put("effect", "there"));
                                     txn.Emit(unknown).IgnoreError();
                                     return absl::OkStatus();
                                   })
                                   .status();
  EXPECT_THAT(ignored, HasCode(absl::StatusCode::kInternal)) << "also when the closure does not care";
  EXPECT_EQ(Get("effect"), "");
}

TEST_F(TreeLedgerTest, AnActWithoutATimeIsRefused) {
  for (const absl::Time at : {absl::InfinitePast(), absl::InfiniteFuture()}) {
    kv::Event act = LinkCreated(1);
    act.at = at;
    EXPECT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Emit(act); }),
                HasCode(absl::StatusCode::kInternal));
  }
  EXPECT_EQ(Get(HeadKey()), "");
}

TEST_F(TreeLedgerTest, ClosuresThatRunTwiceEnterOnce) {
  kv::TestSwitches twice;
  twice.run_twice = true;
  twice.ledger = ledger_.get();
  database_ = kv::InMemoryForTest(twice);
  signer_ = *Signer::Open(keys_, "linking", *database_, "");
  Fill(5);
  const Report report = Check();
  EXPECT_TRUE(report.intact) << report.problem;
  EXPECT_EQ(report.size, 5U);
}

TEST_F(TreeLedgerTest, ManyEntriesOfOneCommitKeepTheirOrder) {
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
    for (int n = 0; n < 5; ++n) {
      TRY(txn.Emit(LinkCreated(n)));
      kv::Event act;
      act.type = "CodeTried";
      TRY(txn.Audit(act));
    }
    return absl::OkStatus();
  }),
              IsOk());
  const Report report = Check();
  EXPECT_TRUE(report.intact) << report.problem;
  EXPECT_EQ(report.size, 10U);
}

TEST_F(TreeLedgerTest, AnErasedPersonIsGoneAndTheTreeStaysAsItWas) {  // LOG-09, CRY-06
  Fill(4);
  const SignedCheckpoint before = Sign();
  const std::string leaf = Get(EntryKey(0));
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Forget("alice-0", clock_.Now()); }), IsOk());
  Emit(0);  // an entry about him, later
  EXPECT_EQ(Get(EntryKey(0)), leaf);
  const Report report = Check();
  EXPECT_TRUE(report.intact) << report.problem;
  EXPECT_EQ(report.checkpoints, 1U);
  ASSERT_THAT(signer_->SignNow(clock_.Now()), IsOk());

  for (const uint64_t number : {uint64_t{0}, uint64_t{4}, uint64_t{5}}) {
    std::vector<pb::AuditPersonalPart> parts;
    bool all = true;
    ASSERT_THAT(database_->View([&](kv::ReadTxn& txn) -> absl::Status {
      parts = TRY(ledger_->OpenParts(txn, Entry(number), all));
      return absl::OkStatus();
    }),
                IsOk());
    EXPECT_FALSE(all) << number;
    for (const pb::AuditPersonalPart& part : parts) EXPECT_EQ(part.account(), "accounts/bob");
  }
  EXPECT_EQ(Entry(4).type(), "AuditPersonForgotten");
  EXPECT_EQ(Entry(5).persons(0).sealed(), "") << "his key is not made again";
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Forget("alice-0", clock_.Now()); }), IsOk());
  EXPECT_EQ(Get(EntryKey(6)), "") << "entered once";
}

TEST_F(TreeLedgerTest, NothingOfAPersonLiesInTheLogInClear) {
  const kv::OriginScope scope({"call-1", "portal/web", "carol"});
  kv::Event act = LinkCreated(3);
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Audit(act); }), IsOk());
  const std::string bytes = AllBytes();
  for (const char* word : {"alice", "bob", "carol", "secret word"}) {
    EXPECT_FALSE(absl::StrContains(bytes, word)) << word;
  }
}

TEST_F(TreeLedgerTest, APseudonymSaysThatTwoEntriesConcernOnePersonAndNoMore) {
  Fill(2);
  EXPECT_EQ(Entry(0).persons(1).pseudonym(), Entry(1).persons(1).pseudonym());
  EXPECT_NE(Entry(0).persons(0).pseudonym(), Entry(1).persons(0).pseudonym());
  EXPECT_NE(Entry(0).persons(1).sealed(), Entry(1).persons(1).sealed());
}

TEST_F(TreeLedgerTest, ASealedPartOpensInItsOwnEntryOnly) {
  Fill(2);
  pb::AuditEntry moved = Entry(1);
  *moved.mutable_persons(1)->mutable_sealed() = Entry(0).persons(1).sealed();
  bool all = true;
  EXPECT_THAT(database_->View([&](kv::ReadTxn& txn) { return ledger_->OpenParts(txn, moved, all).status(); }),
              HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(TreeLedgerTest, OldPartsOpenAfterARotation) {  // CRY-05
  Fill(1);
  keys_.AddForTest("audit", random_);
  keys_.AddForTest("audit-index", random_);
  Fill(2);
  EXPECT_EQ(PersonKeys::Open(keys_, random_)->PseudonymOf("bob"), Entry(0).persons(1).pseudonym())
      << "also after a restart";
  EXPECT_EQ(Entry(0).persons(1).pseudonym(), Entry(1).persons(1).pseudonym());
  EXPECT_TRUE(Check().intact) << Check().problem;
}

TEST_F(TreeLedgerTest, TheKeyOfPseudonymsIsRememberedByTheStore) {
  ASSERT_THAT(ledger_->Bind(*database_), IsOk());
  keys_.AddForTest("audit-index", random_);
  EXPECT_THAT(ledger_->Bind(*database_), IsOk()) << "a newer one changes nothing";
  keys_.RemoveForTest("audit-index", "k000001");
  const absl::Status refused = ledger_->Bind(*database_);
  EXPECT_THAT(refused, HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_TRUE(absl::StrContains(refused.message(), "put audit-index.k000001 back")) << refused;
}

TEST_F(TreeLedgerTest, AnotherKeyOfTheSameNameIsNotTheKeyOfPseudonyms) {
  ASSERT_THAT(ledger_->Bind(*database_), IsOk());
  testing::FakeRandom other_random(7);
  const auto other = crypto::Keyring::ForTest({"audit", "audit-index"}, other_random);
  EXPECT_THAT((*TreeLedger::Open(other, "linking", random_))->Bind(*database_),
              HasCode(absl::StatusCode::kFailedPrecondition));
}

// A store that is older than the log: entries begin with the first commit under a ledger.
TEST_F(TreeLedgerTest, AnOldStoreBeginsItsLogWithItsNextEvent) {
  std::unique_ptr<TreeLedger> other = *TreeLedger::Open(keys_, "linking", random_);
  for (int n = 0; n < 3; ++n) Emit(n);
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
    for (uint64_t n = 0; n < 3; ++n) {
      TRY(txn.Delete(EntryKey(n)));
      TRY(txn.Delete(NodeKey(0, n)));
    }
    TRY(txn.Delete(NodeKey(1, 0)));
    return txn.Delete(HeadKey());
  }),
              IsOk());
  EXPECT_TRUE(Check().intact);
  Fill(3);
  const Report report = Check();
  EXPECT_TRUE(report.intact) << report.problem;
  EXPECT_EQ(report.size, 3U);
}

TEST(TreeLedger, NamesThePurposeOfAMissingKey) {
  testing::FakeRandom random;
  const crypto::Keyring keys = crypto::Keyring::ForTest({"audit"}, random);
  EXPECT_THAT(TreeLedger::Open(keys, "otp", random), HasCode(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace tc::audit
