#pragma once

// A service's audit log in this process, for whoever checks one from outside, and ways to tamper with what it
// answers.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/audit/signer.h"
#include "common/audit/tree_ledger.h"
#include "common/audit/tree_store.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "tools/tcctl/audit_check.h"

namespace tc::ctl {

namespace pb = trustedcontact::admin::v1;

MATCHER_P(IsDamage, words, "") {
  *result_listener << arg.status();
  return absl::IsDataLoss(arg.status()) && absl::StrContains(arg.status().message(), words);
}

// A service's log in this process; `tamper` may change what it answers.
class Log final : public LogSource {
 public:
  explicit Log(const crypto::Keyring& keys)
      : keys_(keys),
        ledger_(*audit::TreeLedger::Open(keys_, "linking", random_)),
        database_(kv::InMemory({.ledger = ledger_.get()})),
        signer_(*audit::Signer::Open(keys_, "linking", *database_, "")) {}

  void Enter(int entries, const char* type = "CodeTried") {
    for (int n = 0; n < entries; ++n) {
      kv::Event act;
      act.type = type;
      act.resource = absl::StrCat("verifications/", ++entered_);
      act.at = clock_.Now();
      ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Audit(act); }), testing::IsOk());
    }
  }
  absl::StatusOr<pb::AuditCheckpoint> Checkpoint(uint64_t since_size) override {
    const audit::SignedCheckpoint signed_now = TRY(signer_->SignNow(clock_.Now()));
    if (since_size > signed_now.checkpoint.size) return InvalidField("since_size", "BEYOND_THE_LOG", "");
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
  void RotateKey() { keys_.AddForTest("audit-sign", random_); }
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
  crypto::Keyring keys_;
  std::unique_ptr<audit::TreeLedger> ledger_;
  std::unique_ptr<kv::Database> database_;
  std::unique_ptr<audit::Signer> signer_;
  int entered_ = 0;
};

class AuditLogTest : public ::testing::Test {
 protected:
  static crypto::Keyring Keys(uint64_t seed) {
    testing::FakeRandom random(seed);
    return crypto::Keyring::ForTest({"audit", "audit-index", "audit-sign"}, random);
  }
  AuditLogTest() { log_.Enter(5); }
  absl::StatusOr<CheckedLog> Check(const std::vector<std::string>& keys = {}) {
    return CheckLog(log_, memory_, keys, [this](uint64_t done, uint64_t) { done_ = done; });
  }

  Log log_{Keys(1)};
  AuditMemory memory_;
  uint64_t done_ = 0;
};

}  // namespace tc::ctl
