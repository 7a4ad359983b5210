#include "common/rpc/audit_handlers.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/audit/tree_store.h"
#include "common/base/refusal.h"
#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/call.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::admin::v1;

using testing::HasCode;
using testing::IsOk;
using testing::Violates;

class AuditHandlersTest : public ::testing::Test {
 protected:
  AuditHandlersTest()
      : keys_(crypto::Keyring::ForTest({"audit", "audit-index", "audit-sign"}, random_)),
        ledger_(*audit::TreeLedger::Open(keys_, "identity", random_)),
        database_(kv::InMemory({.ledger = ledger_.get()})),
        signer_(*audit::Signer::Open(keys_, "identity", *database_, "")),
        handlers_(*database_, *ledger_, *signer_, clock_) {}

  void Fill(int entries) {
    for (int n = 0; n < entries; ++n) {
      kv::Event event;
      event.type = "SignedIn";
      event.resource = "accounts/anna";
      event.persons = {"anna"};
      ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Emit(event); }), IsOk());
    }
  }
  pb::ListAuditEntriesResponse List(uint64_t first, int page = 0, bool open = false) {
    pb::ListAuditEntriesRequest in;
    in.set_first_entry(first);
    in.set_page_size(page);
    in.set_open_personal_parts(open);
    return handlers_.ListAuditEntries(call_, in).value();
  }
  pb::AuditEntry Last() {
    audit::pb::AuditEntry last;
    EXPECT_THAT(database_->View([&](kv::ReadTxn& txn) -> absl::Status {
      last = *audit::Decode(*TRY(audit::FindLeaf(txn, TRY(audit::FindHead(txn)).size - 1)));
      return absl::OkStatus();
    }),
                IsOk());
    return last;
  }

  testing::FakeRandom random_;
  testing::FakeClock clock_;
  crypto::Keyring keys_;
  std::unique_ptr<audit::TreeLedger> ledger_;
  std::unique_ptr<kv::Database> database_;
  std::unique_ptr<audit::Signer> signer_;
  AuditHandlers handlers_;
  const Call call_ = testing::FromPeer(Role::kAuditor, "a");
};

TEST_F(AuditHandlersTest, ReadingIsAnEntry) {  // LOG-12
  Fill(3);
  EXPECT_EQ(List(1, 2).entries_size(), 2);
  EXPECT_EQ(Last().type(), "AuditLogRead");
  EXPECT_EQ(Last().number(), 3U);
  EXPECT_EQ(List(0).entries_size(), 4) << "and is read the next time";
  EXPECT_EQ(List(100).entries_size(), 0);
  EXPECT_EQ(Last().number(), 4U) << "who read nothing has read nothing";
}

TEST_F(AuditHandlersTest, OpensPersonalPartsWhenAsked) {
  Fill(1);
  EXPECT_EQ(List(0).entries(0).opened_size(), 0);
  const pb::ListAuditEntriesResponse opened = List(0, 1, true);
  ASSERT_EQ(opened.entries(0).opened_size(), 1);
  EXPECT_EQ(opened.entries(0).opened(0).account(), "accounts/anna");
  EXPECT_EQ(opened.entries(0).opened(0).resource(), "accounts/anna");
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Forget("anna", clock_.Now()); }), IsOk());
  EXPECT_EQ(List(0, 1, true).entries(0).opened_size(), 0);
}

TEST_F(AuditHandlersTest, AReadingTellsWhatWasRead) {
  Fill(3);
  const auto told = [this] {
    std::string text;
    const pb::AuditEntry last = Last();
    for (const pb::AuditAttribute& attribute : last.attributes())
      absl::StrAppend(&text, attribute.name(), "=", attribute.value(), " ");
    return text;
  };
  List(1, 2);
  EXPECT_EQ(told(), "entries=2 first=1 opened=false ");
  List(0, 1, true);
  EXPECT_EQ(told(), "entries=1 first=0 opened=true ");
  pb::ProveAuditEntryRequest in;
  in.set_entry(2);
  ASSERT_THAT(handlers_.ProveAuditEntry(call_, in), IsOk());
  EXPECT_EQ(told(), "entries=1 first=2 opened=false ");
}

TEST_F(AuditHandlersTest, AReadingThatCannotBeEnteredIsRefused) {  // LOG-12
  Fill(3);
  ASSERT_THAT(handlers_.GetAuditCheckpoint(call_, {}), IsOk());
  Call never = call_;
  never.now = absl::InfiniteFuture();  // no entry can have this time
  EXPECT_FALSE(handlers_.ListAuditEntries(never, {}).ok());
  EXPECT_FALSE(handlers_.ProveAuditEntry(never, {}).ok());
}

TEST_F(AuditHandlersTest, APageHasAHundredEntriesAndAtMostFiveHundred) {
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
    kv::Event act;
    act.type = "CodeTried";
    for (int n = 0; n < 600; ++n) TRY(txn.Audit(act));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(List(0).entries_size(), 100);
  EXPECT_EQ(List(0, 501).entries_size(), 500);
  EXPECT_EQ(List(0, 3).entries_size(), 3);
}

TEST_F(AuditHandlersTest, AnAnswerIsNotLargerThanAClientTakes) {
  for (int n = 0; n < 60; ++n) {
    kv::Event act;
    act.type = "CodeTried";
    act.attributes = {{"note", std::string(100 << 10, 'x')}};
    act.persons = {"anna"};
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Audit(act); }), IsOk());
  }
  EXPECT_GT(List(0).entries_size(), 5);
  EXPECT_LT(List(0).ByteSizeLong(), 4U << 20);
  EXPECT_GT(List(0, 0, true).entries_size(), 5);
  EXPECT_LT(List(0, 0, true).ByteSizeLong(), 4U << 20);
}

// Whoever verifies is to see it.
TEST_F(AuditHandlersTest, AnEntryThatIsNoneIsListedAsItIs) {
  Fill(3);
  ASSERT_THAT(
      database_->Update([&](kv::Txn& txn) { return txn.Put(kv::Key("audit-entry").U64(1).bytes(), "none"); }),
      IsOk());
  const pb::ListAuditEntriesResponse out = List(0, 0, true);
  ASSERT_EQ(out.entries_size(), 3);
  EXPECT_EQ(out.entries(1).leaf(), "none");
  EXPECT_EQ(out.entries(2).opened_size(), 1);
  ASSERT_OK_AND_ASSIGN(const pb::AuditLogReport report, handlers_.VerifyAuditLog(call_, {}));
  EXPECT_FALSE(report.intact());
  EXPECT_EQ(report.first_bad_entry(), 1U);
  EXPECT_EQ(report.problem(), "it is no entry");
}

TEST_F(AuditHandlersTest, AnEntryThatIsNotThereHasNoProof) {
  Fill(3);
  const uint64_t older = handlers_.GetAuditCheckpoint(call_, {})->size();
  Fill(3);
  pb::ProveAuditEntryRequest in;
  in.set_entry(1000);
  EXPECT_THAT(handlers_.ProveAuditEntry(call_, in), HasCode(absl::StatusCode::kNotFound));
  in.set_entry(4);
  in.set_tree_size(older);
  EXPECT_THAT(handlers_.ProveAuditEntry(call_, in), Violates("NO_SUCH_CHECKPOINT")) << "it does not cover it";
  in.set_entry(0);
  for (const uint64_t size : {older - 1, older + 1}) {
    in.set_tree_size(size);
    EXPECT_THAT(handlers_.ProveAuditEntry(call_, in), Violates("NO_SUCH_CHECKPOINT")) << size;
  }
  EXPECT_EQ(Last().type(), "SignedIn") << "nothing was read";
}

// Else it could be taken back from whoever holds it.
TEST_F(AuditHandlersTest, NoCheckpointIsGivenOutThatIsNotKept) {
  const testing::TempDir dir;
  const std::string away = dir.path() + ".away";
  const auto signer = *audit::Signer::Open(keys_, "identity", *database_, dir / "checkpoints");
  AuditHandlers handlers(*database_, *ledger_, *signer, clock_);
  Fill(3);
  std::filesystem::rename(dir.path(), away);
  EXPECT_FALSE(handlers.GetAuditCheckpoint(call_, {}).ok());
  pb::ProveAuditEntryRequest in;
  EXPECT_FALSE(handlers.ProveAuditEntry(call_, in).ok());
  in.set_tree_size(3);
  EXPECT_FALSE(handlers.ProveAuditEntry(call_, in).ok());
  std::filesystem::rename(away, dir.path());
  EXPECT_THAT(handlers.ProveAuditEntry(call_, in), IsOk());
}

TEST_F(AuditHandlersTest, RefusesAPageOfNegativeSize) {
  pb::ListAuditEntriesRequest in;
  in.set_page_size(-1);
  EXPECT_THAT(handlers_.ListAuditEntries(call_, in), Violates("PAGE_SIZE_NEGATIVE"));
}

TEST_F(AuditHandlersTest, ProvesFromTheOldestToTheNewestCheckpoint) {
  pb::GetAuditCheckpointRequest since;
  EXPECT_THAT(handlers_.GetAuditCheckpoint(call_, since), HasCode(absl::StatusCode::kNotFound));
  Fill(5);
  ASSERT_OK_AND_ASSIGN(const pb::AuditCheckpoint old, handlers_.GetAuditCheckpoint(call_, since));
  Fill(4);
  since.set_since_size(old.size());
  ASSERT_OK_AND_ASSIGN(const pb::AuditCheckpoint now, handlers_.GetAuditCheckpoint(call_, since));
  EXPECT_EQ(now.size(), 9U);
  const audit::Checkpoint a = *audit::ReadUnverified(old.note());
  const audit::Checkpoint b = *audit::ReadUnverified(now.note());
  EXPECT_TRUE(audit::VerifyConsistency(a.size, b.size, a.root, b.root,
                                       {now.consistency().begin(), now.consistency().end()}));
  EXPECT_EQ(now.verifier_keys(0), signer_->keys().front().Text());
  since.set_since_size(10);
  EXPECT_THAT(handlers_.GetAuditCheckpoint(call_, since), Violates("BEYOND_THE_LOG"));
}

TEST_F(AuditHandlersTest, ProvesAnEntryInTheNewestOrInAnOlderCheckpoint) {  // LOG-10
  Fill(5);
  const uint64_t older = handlers_.GetAuditCheckpoint(call_, {})->size();
  Fill(2);
  for (const uint64_t size : {uint64_t{0}, older}) {
    pb::ProveAuditEntryRequest in;
    in.set_entry(2);
    in.set_tree_size(size);
    ASSERT_OK_AND_ASSIGN(const pb::AuditProof proof, handlers_.ProveAuditEntry(call_, in));
    ASSERT_OK_AND_ASSIGN(const audit::Checkpoint by, audit::Verify(proof.checkpoint(), signer_->keys()));
    EXPECT_TRUE(audit::VerifyInclusion(audit::LeafHash(proof.leaf()), 2, by.size,
                                       {proof.path().begin(), proof.path().end()}, by.root));
    EXPECT_EQ(Last().type(), "AuditLogRead");
    in.set_entry(1000);
    EXPECT_FALSE(handlers_.ProveAuditEntry(call_, in).ok());
    in.set_tree_size(6);
    EXPECT_THAT(handlers_.ProveAuditEntry(call_, in), Violates("NO_SUCH_CHECKPOINT"));
  }
}

TEST_F(AuditHandlersTest, ReportsDamageAndShowsTheLastCheckpointStill) {
  Fill(5);
  const std::string note = handlers_.GetAuditCheckpoint(call_, {})->note();
  ASSERT_OK_AND_ASSIGN(const pb::AuditLogReport whole, handlers_.VerifyAuditLog(call_, {}));
  EXPECT_TRUE(whole.intact());
  EXPECT_EQ(whole.entries(), 5U);
  EXPECT_EQ(whole.root_hash().size(), 64U);
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Delete(kv::Key("audit-head").bytes()); }),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::AuditLogReport report, handlers_.VerifyAuditLog(call_, {}));
  EXPECT_FALSE(report.intact());
  EXPECT_FALSE(report.problem().empty());
  EXPECT_EQ(handlers_.GetAuditCheckpoint(call_, {})->note(), note) << "for the auditor to see";
}

TEST_F(AuditHandlersTest, ACheckThatTakesTooLongSaysWhereToGoOn) {
  Fill(1);
  Call late = call_;
  late.deadline = clock_.Now() - absl::Seconds(1);
  EXPECT_THAT(handlers_.VerifyAuditLog(late, {}), HasCode(absl::StatusCode::kDeadlineExceeded));
}

}  // namespace
}  // namespace tc::rpc
