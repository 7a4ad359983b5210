#include "tools/tcctl/audit_check.h"

#include "tools/tcctl/audit_log_testing.h"

namespace tc::ctl {
namespace {

using testing::HasCode;
using testing::IsOk;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kPermissionDenied = absl::StatusCode::kPermissionDenied;

class AuditCheckTest : public AuditLogTest {};

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

// Also after it was another: who has the old one, and the store, must not get by with it.
TEST_F(AuditCheckTest, AKeyThatIsGivenTakesThePlaceOfThoseThatAreRemembered) {
  const std::string old = log_.Key();
  ASSERT_THAT(Check(), IsOk());
  log_.Enter(1);
  const pb::AuditCheckpoint under_old = *log_.Checkpoint(5);
  log_.RotateKey();
  log_.Enter(1);
  EXPECT_THAT(Check(), HasCode(kPermissionDenied));
  EXPECT_EQ(memory_.keys, std::vector<std::string>{old});
  EXPECT_THAT(Check({"no key"}), HasCode(absl::StatusCode::kInvalidArgument));
  ASSERT_OK_AND_ASSIGN(const CheckedLog checked, Check({log_.Key()}));
  EXPECT_EQ(checked.key, log_.Key());
  EXPECT_FALSE(checked.trusted_first);
  EXPECT_EQ(memory_.keys, std::vector<std::string>{log_.Key()});
  log_.tamper_checkpoint = [&](pb::AuditCheckpoint& answer) { answer = under_old; };
  EXPECT_THAT(Check(), HasCode(kPermissionDenied));
}

TEST_F(AuditCheckTest, AServiceThatNamesNoKeyIsNotTrusted) {
  log_.tamper_checkpoint = [](pb::AuditCheckpoint& answer) { answer.set_verifier_keys(0, "no key"); };
  EXPECT_THAT(Check(), HasCode(kDataLoss));
  log_.tamper_checkpoint = [](pb::AuditCheckpoint& answer) { answer.clear_verifier_keys(); };
  EXPECT_THAT(Check(), HasCode(kPermissionDenied));
  EXPECT_TRUE(memory_.keys.empty());
}

TEST_F(AuditCheckTest, AMemoryThatItsKeysDidNotSignIsNotBelieved) {
  ASSERT_THAT(Check(), IsOk());
  memory_.keys = {Log(Keys(2)).Key()};
  EXPECT_THAT(Check({log_.Key()}), HasCode(kPermissionDenied));
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
  EXPECT_THAT(Check(), IsDamage("its end was cut off"));
}

// What the service itself says of a size that it does not have.
TEST_F(AuditCheckTest, ALogThatDoesNotReachToWhatIsRememberedIsFound) {
  ASSERT_THAT(Check(), IsOk());
  audit::Checkpoint later = *audit::ReadUnverified(memory_.note);
  later.size = 100;
  memory_.note =
      audit::Sign(later, crypto::PrivateKey::FromSeed(Keys(1).Newest("audit-sign")->bytes.Reveal()).value());
  EXPECT_THAT(Check(), IsDamage("its end was cut off"));
}

TEST_F(AuditCheckTest, AServiceThatDoesNotProveItsGrowthIsFound) {
  ASSERT_THAT(Check(), IsOk());
  log_.Enter(3);
  log_.tamper_checkpoint = [](pb::AuditCheckpoint& answer) { answer.clear_consistency(); };
  EXPECT_THAT(Check(), IsDamage("its history was rewritten"));
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
  EXPECT_THAT(CheckLog(other, memory_, {}, [](uint64_t, uint64_t) {}), HasCode(kDataLoss));
  memory_.keys.push_back(other.Key());
  EXPECT_THAT(CheckLog(other, memory_, {}, [](uint64_t, uint64_t) {}), HasCode(kDataLoss))
      << "although its key is trusted, too";
}

// Between the checkpoint and the entries more may happen, such as the reading itself.
TEST_F(AuditCheckTest, EntriesBehindTheCheckpointAreLeftForTheNextTime) {
  log_.tamper_checkpoint = [this](pb::AuditCheckpoint&) { log_.Enter(4); };
  ASSERT_OK_AND_ASSIGN(const CheckedLog first, Check());
  EXPECT_EQ(first.size, 5U);
  EXPECT_EQ(done_, 5U);
  log_.tamper_checkpoint = nullptr;
  ASSERT_OK_AND_ASSIGN(const CheckedLog second, Check());
  EXPECT_EQ(second.new_entries, 4U);
}

}  // namespace
}  // namespace tc::ctl
