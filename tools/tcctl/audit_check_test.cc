#include "tools/tcctl/audit_check.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/audit/signer.h"
#include "common/audit/tree_ledger.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::ctl {
namespace {

namespace pb = trustedcontact::admin::v1;

using testing::HasCode;
using testing::IsOk;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kPermissionDenied = absl::StatusCode::kPermissionDenied;

// A service's log in this process; `tamper` may change what it answers.
class Log final : public LogSource {
 public:
  explicit Log(const crypto::Keyring& keys)
      : keys_(keys),
        ledger_(*audit::TreeLedger::Open(keys_, "linking", random_)),
        database_(kv::InMemory({.ledger = ledger_.get()})),
        signer_(*audit::Signer::Open(keys_, "linking", *database_, "")) {}

  void Enter(int entries) {
    for (int n = 0; n < entries; ++n) {
      kv::Event act;
      act.type = "CodeTried";
      act.resource = absl::StrCat("verifications/", ++entered_);
      act.at = clock_.Now();
      ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Audit(act); }), IsOk());
    }
  }
  absl::StatusOr<pb::AuditCheckpoint> Checkpoint(uint64_t since_size) override {
    const audit::SignedCheckpoint signed_now = TRY(signer_->SignNow(clock_.Now()));
    pb::AuditCheckpoint answer;
    answer.set_note(signed_now.note);
    answer.set_size(signed_now.checkpoint.size);
    answer.add_verifier_keys(Key());
    TRY(Read([&](audit::ReadNode read) -> absl::Status {
      for (const audit::Hash& hash : TRY(audit::ConsistencyProof(since_size, answer.size(), read)))
        answer.add_consistency(hash);
      return absl::OkStatus();
    }));
    if (tamper_checkpoint) tamper_checkpoint(answer);
    return answer;
  }
  absl::StatusOr<pb::ListAuditEntriesResponse> Entries(uint64_t first) override {
    pb::ListAuditEntriesResponse answer;
    TRY(database_->View([&](kv::ReadTxn& txn) {
      return audit::VisitLeaves(txn, first, [&](uint64_t, absl::string_view leaf) {
        answer.add_entries()->set_leaf(std::string(leaf));
        return answer.entries_size() < 3;
      });
    }));
    if (tamper_entries) tamper_entries(first, answer);
    return answer;
  }
  absl::StatusOr<pb::AuditProof> Prove(uint64_t entry) {
    const audit::SignedCheckpoint signed_now = TRY(signer_->SignNow(clock_.Now()));
    pb::AuditProof proof;
    proof.set_entry(entry);
    proof.set_checkpoint(signed_now.note);
    proof.set_leaf(TRY(Entries(entry)).entries(0).leaf());
    TRY(Read([&](audit::ReadNode read) -> absl::Status {
      for (const audit::Hash& hash : TRY(audit::InclusionProof(entry, signed_now.checkpoint.size, read)))
        proof.add_path(hash);
      return absl::OkStatus();
    }));
    return proof;
  }
  std::string Key() const { return signer_->keys().front().Text(); }

  std::function<void(pb::AuditCheckpoint&)> tamper_checkpoint;
  std::function<void(uint64_t, pb::ListAuditEntriesResponse&)> tamper_entries;

 private:
  absl::Status Read(absl::FunctionRef<absl::Status(audit::ReadNode)> use) {
    return database_->View([&](kv::ReadTxn& txn) {
      return use([&](const audit::NodeId& id) { return audit::ReadNodeAt(txn, id); });
    });
  }

  testing::FakeRandom random_;
  testing::FakeClock clock_;
  const crypto::Keyring keys_;
  std::unique_ptr<audit::TreeLedger> ledger_;
  std::unique_ptr<kv::Database> database_;
  std::unique_ptr<audit::Signer> signer_;
  int entered_ = 0;
};

class AuditCheckTest : public ::testing::Test {
 protected:
  static crypto::Keyring Keys(uint64_t seed) {
    testing::FakeRandom random(seed);
    return crypto::Keyring::ForTest({"audit", "audit-index", "audit-sign"}, random);
  }
  AuditCheckTest() { log_.Enter(5); }
  absl::StatusOr<CheckedLog> Check() {
    return CheckLog(log_, memory_, [this](uint64_t done, uint64_t) { done_ = done; });
  }

  Log log_{Keys(1)};
  AuditMemory memory_;
  uint64_t done_ = 0;
};

TEST_F(AuditCheckTest, TrustsTheFirstKeyAndRemembersTheCheckpoint) {
  ASSERT_OK_AND_ASSIGN(const CheckedLog first, Check());
  EXPECT_TRUE(first.trusted_first);
  EXPECT_EQ(first.size, 5U);
  EXPECT_EQ(first.new_entries, 5U);
  EXPECT_EQ(first.key, log_.Key());
  EXPECT_EQ(done_, 5U);
  log_.Enter(2);
  ASSERT_OK_AND_ASSIGN(const CheckedLog second, Check());
  EXPECT_FALSE(second.trusted_first);
  EXPECT_EQ(second.size, 7U);
  EXPECT_EQ(second.new_entries, 2U);
}

TEST_F(AuditCheckTest, APinnedKeyIsTheOnlyOneThatCounts) {
  memory_.keys = {log_.Key()};
  EXPECT_THAT(Check(), IsOk());
  Log other(Keys(2));
  other.Enter(1);
  memory_ = {"", {other.Key()}};
  EXPECT_THAT(Check(), HasCode(kPermissionDenied));
  EXPECT_EQ(memory_.note, "");
}

TEST_F(AuditCheckTest, AnEntryThatTheCheckpointDoesNotSignIsFound) {
  log_.tamper_entries = [](uint64_t first, pb::ListAuditEntriesResponse& answer) {
    if (first != 3) return;
    pb::AuditEntry entry;
    ASSERT_TRUE(entry.ParseFromString(answer.entries(1).leaf()));
    entry.set_peer("operator/mallory");
    answer.mutable_entries(1)->set_leaf(entry.SerializeAsString());
  };
  EXPECT_THAT(Check(), HasCode(kDataLoss));
  EXPECT_EQ(memory_.note, "") << "what is not intact is not remembered";
}

TEST_F(AuditCheckTest, AMissingEntryIsFound) {
  log_.tamper_entries = [](uint64_t first, pb::ListAuditEntriesResponse& answer) {
    if (first == 3) answer.clear_entries();
  };
  EXPECT_THAT(Check(), HasCode(kDataLoss));
}

TEST_F(AuditCheckTest, EntriesInAnotherOrderAreFound) {
  log_.tamper_entries = [](uint64_t, pb::ListAuditEntriesResponse& answer) {
    if (answer.entries_size() > 1) answer.mutable_entries()->SwapElements(0, 1);
  };
  EXPECT_THAT(Check(), HasCode(kDataLoss));
}

TEST_F(AuditCheckTest, ALogThatHasBecomeShorterIsFound) {
  ASSERT_THAT(Check(), IsOk());
  const pb::AuditCheckpoint old = *log_.Checkpoint(0);
  log_.Enter(20);
  ASSERT_THAT(Check(), IsOk());
  log_.tamper_checkpoint = [&](pb::AuditCheckpoint& answer) { answer = old; };
  EXPECT_THAT(Check(), HasCode(kDataLoss));
}

// Whoever has the signing key can sign another history: the remembered checkpoint contradicts it.
TEST_F(AuditCheckTest, AForkUnderTheSameKeyIsFound) {
  ASSERT_THAT(Check(), IsOk());
  const audit::Checkpoint mine = *audit::ReadUnverified(memory_.note);
  const crypto::PrivateKey key =
      crypto::PrivateKey::FromSeed(Keys(1).Newest("audit-sign")->bytes.Reveal()).value();
  // The same log as to its name, with another first entry behind the same signature key.
  audit::Checkpoint forged = mine;
  forged.root = audit::LeafHash("another history");
  memory_.note = audit::Sign(forged, key);
  log_.Enter(3);
  EXPECT_THAT(Check(), HasCode(kDataLoss));
  forged.size =
      2;  // also when the proof of growth is passed over: the entries themselves are held against it
  memory_.note = audit::Sign(forged, key);
  EXPECT_THAT(Check(), HasCode(kDataLoss));
}

TEST_F(AuditCheckTest, ALogInAnotherStoreIsAnotherLog) {
  ASSERT_THAT(Check(), IsOk());
  Log other(Keys(1));
  other.Enter(50);
  EXPECT_FALSE(CheckLog(other, memory_, [](uint64_t, uint64_t) {}).ok());
}

TEST_F(AuditCheckTest, AProofIsCheckedWithoutTheService) {  // LOG-10
  ASSERT_OK_AND_ASSIGN(const pb::AuditProof proof, log_.Prove(2));
  ASSERT_OK_AND_ASSIGN(const pb::AuditEntry entry, CheckProof(proof, {log_.Key()}));
  EXPECT_EQ(entry.resource(), "verifications/3");
  EXPECT_THAT(CheckProof(proof, {}), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckProof(proof, {Log(Keys(2)).Key()}), HasCode(kPermissionDenied));
  pb::AuditProof bad = proof;
  bad.set_entry(3);
  EXPECT_THAT(CheckProof(bad, {log_.Key()}), HasCode(kDataLoss));
  bad = proof;
  bad.mutable_path(0)->at(0) ^= 1;
  EXPECT_THAT(CheckProof(bad, {log_.Key()}), HasCode(kDataLoss));
  bad = proof;
  bad.mutable_leaf()->back() ^= 1;
  EXPECT_THAT(CheckProof(bad, {log_.Key()}), HasCode(kDataLoss));
}

TEST(AuditMemory, IsReadAsItWasWritten) {
  const testing::TempDir dir;
  const std::string file = dir / "deep/er/linking.json";
  ASSERT_OK_AND_ASSIGN(const AuditMemory none, ReadAuditMemory(file));
  EXPECT_TRUE(none.note.empty() && none.keys.empty());
  ASSERT_THAT(WriteAuditMemory(file, {"note\n", {"a", "b"}}), IsOk());
  ASSERT_OK_AND_ASSIGN(const AuditMemory read, ReadAuditMemory(file));
  EXPECT_EQ(read.note, "note\n");
  EXPECT_EQ(read.keys, (std::vector<std::string>{"a", "b"}));
  for (const char* bad :
       {"", "[]", "{}", "{\"checkpoint\": \"\"}", "{\"checkpoint\": \"\", \"keys\": [1]}"}) {
    EXPECT_THAT(ReadAuditMemory(dir.Write("bad", bad)), HasCode(absl::StatusCode::kFailedPrecondition))
        << bad;
  }
}

}  // namespace
}  // namespace tc::ctl
