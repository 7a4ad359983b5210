// Attacks on the audit log by somebody who can write the database, and what finds each (LOG-04, LOG-05).

#include "common/audit/book_testing.h"
#include "common/audit/chain.h"

namespace tc::audit {
namespace {

using testing::HasCode;
using testing::IsOk;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

class TamperingTest : public BookTest {
 protected:
  TamperingTest() {
    Fill(6);
    Enter();
    Sign();
    Fill(4);
    Sign();
  }
  std::vector<std::string> Leaves() {
    std::vector<std::string> leaves;
    for (uint64_t n = 0; !Get(EntryKey(n)).empty(); ++n) leaves.push_back(Get(EntryKey(n)));
    return leaves;
  }
  // The keys of the events' records, in order.
  std::vector<std::string> Events() {
    std::vector<std::string> keys;
    (void)database_->View([&](kv::ReadTxn& txn) {
      return txn.Scan("\x01", "\x02", [&](absl::string_view key, absl::string_view value) {
        if (value.find("LinkCreated") != absl::string_view::npos) keys.emplace_back(key);
        return true;
      });
    });
    return keys;
  }
  // The leaves with their numbers and previous hashes made to fit.
  static std::vector<std::string> Renumbered(const std::vector<std::string>& leaves) {
    std::vector<std::string> made;
    for (const std::string& leaf : leaves) {
      pb::AuditEntry entry = *Decode(leaf);
      entry.set_number(made.size());
      entry.set_previous_hash(made.empty() ? "" : LeafHash(made.back()));
      made.push_back(Encode(entry));
    }
    return made;
  }
};

TEST_F(TamperingTest, AnUntouchedLogIsIntact) {
  const Report report = Check();
  EXPECT_TRUE(report.intact) << report.problem;
  EXPECT_EQ(report.size, 11U);
  EXPECT_EQ(report.entries, 11U);
  EXPECT_EQ(report.checkpoints, 2U);
  for (uint64_t first = 1; first <= 12; ++first) {
    const Report rest = Check(first);
    EXPECT_TRUE(rest.intact) << first << rest.problem;
    EXPECT_EQ(rest.root, report.root);
  }
}

TEST_F(TamperingTest, AFlippedBitOfAnyByteOfAnEntryIsFound) {
  const std::string leaf = Get(EntryKey(3));
  for (size_t i = 0; i < leaf.size(); ++i) {
    std::string bad = leaf;
    bad[i] ^= 1;
    Put(EntryKey(3), bad);
    const Report report = Check();
    EXPECT_FALSE(report.intact) << i;
    EXPECT_EQ(report.first_bad, 3U) << i << report.problem;
  }
  Put(EntryKey(3), leaf);
  EXPECT_TRUE(Check().intact);
}

TEST_F(TamperingTest, AMissingEntryIsFound) {
  Delete(EntryKey(4));
  EXPECT_EQ(Check().first_bad, 4U);
  EXPECT_EQ(Check().problem, "it is missing");
}

TEST_F(TamperingTest, TwoEntriesInAnotherOrderAreFound) {
  const std::string second = Get(EntryKey(2));
  Put(EntryKey(2), Get(EntryKey(3)));
  Put(EntryKey(3), second);
  EXPECT_EQ(Check().first_bad, 2U);
}

TEST_F(TamperingTest, AnEntryThatWasPutInTheMiddleIsFound) {
  std::vector<std::string> leaves = Leaves();
  leaves.insert(leaves.begin() + 2, leaves[2]);
  Recompute(Renumbered(leaves));
  EXPECT_FALSE(Check().intact);
}

TEST_F(TamperingTest, AnEndThatWasCutOffIsFoundByTheCheckpoint) {
  std::vector<std::string> leaves = Leaves();
  leaves.pop_back();
  Recompute(leaves);
  const Report report = Check();
  EXPECT_FALSE(report.intact);
  EXPECT_EQ(report.first_bad, 10U);
  EXPECT_EQ(report.problem, "the log is shorter than its checkpoint of 11 entries");
}

TEST_F(TamperingTest, AnEndThatWasCutOffWithItsCheckpointsIsFoundByItsEvents) {
  std::vector<std::string> leaves = Leaves();
  leaves.pop_back();
  Recompute(leaves);
  Delete(NoteKey(11));
  EXPECT_EQ(Check().problem, "an event has no entry");
}

TEST_F(TamperingTest, AnEndThatWasCutOffBehindTheLastCheckpointIsFoundByWhatIsLeft) {
  Emit(12);
  const std::string head = Get(HeadKey());
  Emit(13);
  Put(HeadKey(), head);
  EXPECT_EQ(Check().problem, "there are entries behind the end");
}

TEST_F(TamperingTest, ANodeThatWasChangedIsFound) {
  for (const auto& [level, index] :
       std::vector<std::pair<uint64_t, uint64_t>>{{0, 5}, {1, 2}, {2, 1}, {3, 0}}) {
    const std::string node = Get(NodeKey(level, index));
    ASSERT_FALSE(node.empty());
    std::string bad = node;
    bad[0] ^= 1;
    Put(NodeKey(level, index), bad);
    EXPECT_FALSE(Check().intact) << level << "/" << index;
    Put(NodeKey(level, index), node);
  }
  EXPECT_TRUE(Check().intact);
}

TEST_F(TamperingTest, AHistoryThatWasWrittenAnewIsFoundByItsCheckpoints) {
  std::vector<std::string> leaves = Leaves();
  pb::AuditEntry entry = *Decode(leaves[6]);  // without an event
  entry.set_peer("operator/mallory");
  leaves[6] = Encode(entry);
  Recompute(Renumbered(leaves));
  const Report report = Check();
  EXPECT_FALSE(report.intact);
  EXPECT_NE(report.problem.find("signs another tree"), std::string::npos) << report.problem;
}

// Also one whose writer has the signing key, if a checkpoint was kept outside.
TEST_F(TamperingTest, AForkWithSignaturesIsFoundByACheckpointThatWasKept) {
  const SignedCheckpoint kept = Sign();
  std::vector<std::string> leaves = Leaves();
  pb::AuditEntry entry = *Decode(leaves[6]);
  entry.set_peer("operator/mallory");
  leaves[6] = Encode(entry);
  Recompute(Renumbered(leaves));
  Delete(NoteKey(7));
  Delete(NoteKey(11));
  Emit(20);
  std::unique_ptr<Signer> anew = *Signer::Open(keys_, "linking", *database_, "");
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint forged, anew->SignNow(clock_.Now()));
  EXPECT_TRUE(Check().intact) << "nothing inside contradicts it";
  (void)database_->View([&](kv::ReadTxn& txn) -> absl::Status {
    const auto read = [&](const NodeId& id) { return ReadNodeAt(txn, id); };
    const std::vector<Hash> proof = TRY(ConsistencyProof(kept.checkpoint.size, forged.checkpoint.size, read));
    EXPECT_FALSE(VerifyConsistency(kept.checkpoint.size, forged.checkpoint.size, kept.checkpoint.root,
                                   forged.checkpoint.root, proof));
    return absl::OkStatus();
  });
  EXPECT_THAT(signer_->SignNow(clock_.Now()), HasCode(kDataLoss))
      << "the process remembers what it has signed";
}

TEST_F(TamperingTest, AForgedCheckpointIsFound) {
  const crypto::PrivateKey other = crypto::PrivateKey::Generate();
  const Checkpoint real = *ReadUnverified(Get(NoteKey(11)));
  Put(NoteKey(11), audit::Sign(real, other));
  EXPECT_NE(Check().problem.find("not genuine"), std::string::npos) << Check().problem;
}

TEST_F(TamperingTest, AFlippedBitOfAnyByteOfACheckpointIsFound) {
  for (const uint64_t size : {uint64_t{7}, uint64_t{11}}) {
    const std::string note = Get(NoteKey(size));
    for (size_t i = 0; i < note.size(); ++i) {
      std::string bad = note;
      bad[i] ^= 1;
      // The signature of an older one is vouched for by the one behind it.
      const bool vouched = size == 7 && i > note.find("\n\n") + 1;
      Put(NoteKey(size), bad);
      if (!vouched) {
        EXPECT_FALSE(Check().intact) << size << ": " << i;
      }
    }
    Put(NoteKey(size), note);
  }
}

// Only the newest has nobody but its own signature, however far behind the entries under check it lies.
TEST_F(TamperingTest, AnOlderCheckpointUnderAKeyThatIsGoneIsVouchedForByOneFarAway) {
  keys_.AddForTest("audit-sign", random_);
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
    kv::Event act;
    act.type = "CodeTried";
    for (int n = 0; n < 5000; ++n) TRY(txn.Audit(act));
    return absl::OkStatus();
  }),
              IsOk());
  Sign();
  keys_.RemoveForTest("audit-sign", "k000001");
  const Report report = Check();
  EXPECT_TRUE(report.intact) << report.problem;
  EXPECT_EQ(report.checkpoints, 3U);
  EXPECT_EQ(report.entries, 5011U);
  const Report rest = Check(3000);
  EXPECT_TRUE(rest.intact) << rest.problem;
  EXPECT_EQ(rest.checkpoints, 1U);
  const std::string newest = Get(NoteKey(5011));
  Put(NoteKey(5011), audit::Sign(*ReadUnverified(newest), crypto::PrivateKey::Generate()));
  EXPECT_NE(Check().problem.find("not genuine"), std::string::npos) << Check().problem;
  EXPECT_EQ(Check().first_bad, 5011U);
}

TEST_F(TamperingTest, AnOlderCheckpointThatWasRemovedIsFoundByTheNextOne) {
  Delete(NoteKey(7));
  EXPECT_NE(Check().problem.find("does not follow"), std::string::npos) << Check().problem;
}

TEST_F(TamperingTest, AnEventThatTellsSomethingElseIsFound) {
  const std::string key = Events().front();
  const std::string value = Get(key);
  std::string bad = value;
  bad[bad.find("bob")] = 'r';
  Put(key, bad);
  EXPECT_EQ(Check().problem, "its event tells something else");
  Put(key, value);
  Delete(key);
  EXPECT_EQ(Check().first_bad, 0U);
}

TEST_F(TamperingTest, AnEventThatWasRemovedIsFoundAtItsEntry) {
  Emit(50);
  Emit(50);  // tells the same
  const std::vector<std::string> events = Events();
  Delete(events[events.size() - 2]);
  EXPECT_EQ(Check().first_bad, 11U);
  Delete(events.back());
  Delete(events[events.size() - 3]);
  EXPECT_EQ(Check().first_bad, 10U);
  EXPECT_EQ(Check().problem, "its event is missing");
}

TEST_F(TamperingTest, AHeadOfAnotherLastEntryIsFound) {
  std::string head = Get(HeadKey());
  head.back() ^= 1;
  Put(HeadKey(), head);
  EXPECT_EQ(Check().problem, "the head of the log is of another last entry");
}

TEST_F(TamperingTest, AnEntryOfAnotherServiceIsFound) {
  std::vector<std::string> leaves = Leaves();
  pb::AuditEntry entry = *Decode(leaves[6]);
  entry.set_service("otp");
  leaves[6] = Encode(entry);
  Recompute(Renumbered(leaves));
  Delete(NoteKey(7));
  Delete(NoteKey(11));
  EXPECT_EQ(Check().problem, "it is of another service");
}

TEST_F(TamperingTest, APersonsKeyThatWasTakenAwayIsFound) {
  const std::string key = kv::Key("audit-person").Str(Entry(0).persons(0).pseudonym()).bytes();
  ASSERT_FALSE(Get(key).empty());
  Delete(key);
  EXPECT_NE(Check().problem.find("key is missing"), std::string::npos) << Check().problem;
}

TEST_F(TamperingTest, NothingIsSignedThatContradictsTheLastCheckpoint) {  // LOG-05
  std::vector<std::string> leaves = Leaves();
  leaves.pop_back();
  Recompute(leaves);
  EXPECT_THAT(signer_->SignNow(clock_.Now()), HasCode(kDataLoss));
  clock_.Advance(Signer::kEvery);
  EXPECT_THAT(signer_->SignWhenDue(clock_.Now()), HasCode(kDataLoss)) << "also by itself";
  for (int n = 0; n < 3; ++n) Emit(30 + n);
  EXPECT_THAT(signer_->SignNow(clock_.Now()), HasCode(kDataLoss)) << "longer again, and another one";
  EXPECT_THAT((*Signer::Open(keys_, "linking", *database_, ""))->SignNow(clock_.Now()), HasCode(kDataLoss))
      << "also after a restart";
}

TEST_F(TamperingTest, NothingIsSignedBehindAnEntryThatIsNone) {
  Emit(20);
  const std::string leaf = Get(EntryKey(11));
  std::string bad = leaf;
  bad[bad.find("links/20")] ^= 1;
  Put(EntryKey(11), bad);
  EXPECT_THAT(signer_->SignNow(clock_.Now()), HasCode(kDataLoss));
  Put(EntryKey(11), leaf);
  EXPECT_THAT(signer_->SignNow(clock_.Now()), IsOk());
}

}  // namespace
}  // namespace tc::audit
