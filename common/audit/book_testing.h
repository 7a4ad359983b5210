#pragma once

// A store in memory with an audit log, and ways to tamper with it.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/audit/signer.h"
#include "common/audit/tree_ledger.h"
#include "common/audit/verify.h"
#include "common/crypto/keyring.h"
#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc::audit {

class BookTest : public ::testing::Test {
 protected:
  BookTest()
      : keys_(crypto::Keyring::ForTest({"audit", "audit-index", "audit-sign"}, random_)),
        ledger_(*TreeLedger::Open(keys_, "linking", random_)),
        database_(kv::InMemory({.ledger = ledger_.get()})),
        signer_(*Signer::Open(keys_, "linking", *database_, "")) {}

  kv::Event LinkCreated(int n) const {
    kv::Event event;
    event.type = "LinkCreated";
    event.resource = absl::StrCat("links/", n);
    event.attributes = {
        {"principal", absl::StrCat("alice-", n)}, {"contact", "bob"}, {"note", "a secret word"}};
    event.at = clock_.Now();
    event.persons = {absl::StrCat("alice-", n), "bob"};
    return event;
  }
  void Emit(int n) {
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Emit(LinkCreated(n)); }), testing::IsOk());
  }
  void Enter(const char* type = "ServiceStarted") {
    kv::Event act;
    act.type = type;
    act.at = clock_.Now();
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Audit(act); }), testing::IsOk());
  }
  void Fill(int entries) {
    for (int n = 0; n < entries; ++n) Emit(n);
  }
  SignedCheckpoint Sign() { return signer_->SignNow(clock_.Now()).value(); }

  Report Check(uint64_t first = 0) {
    const VerifyParts parts{*database_, *ledger_, signer_->keys(), clock_};
    return VerifyLog(parts, first, absl::InfiniteFuture()).value();
  }

  // Raw records.
  static std::string EntryKey(uint64_t n) { return kv::Key("audit-entry").U64(n).bytes(); }
  static std::string NodeKey(uint64_t level, uint64_t index) {
    return kv::Key("audit-node").U64(level).U64(index).bytes();
  }
  static std::string NoteKey(uint64_t size) { return kv::Key("audit-checkpoint").U64(size).bytes(); }
  static std::string HeadKey() { return kv::Key("audit-head").bytes(); }
  std::string Get(const std::string& key) {
    std::string value;
    (void)database_->View([&](kv::ReadTxn& txn) -> absl::Status {
      value = TRY(txn.Get(key)).value_or("");
      return absl::OkStatus();
    });
    return value;
  }
  void Put(const std::string& key, const std::string& value) {
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Put(key, value); }), testing::IsOk());
  }
  void Delete(const std::string& key) {
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return txn.Delete(key); }), testing::IsOk());
  }
  pb::AuditEntry Entry(uint64_t n) { return Decode(Get(EntryKey(n))).value(); }
  // Everything that the store holds, keys and values.
  std::string AllBytes() {
    std::string bytes;
    (void)database_->View([&](kv::ReadTxn& txn) {
      return txn.Scan("", "\xff", [&](absl::string_view key, absl::string_view value) {
        absl::StrAppend(&bytes, key, value);
        return true;
      });
    });
    return bytes;
  }

  // Makes head and nodes fit the first `size` of these leaves, as somebody would who owns the database.
  void Recompute(const std::vector<std::string>& leaves) {
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
      TRY(txn.Delete(HeadKey()));
      for (uint64_t n = 0; TRY(txn.Get(EntryKey(n))).has_value(); ++n) TRY(txn.Delete(EntryKey(n)));
      for (const std::string& leaf : leaves) TRY(AppendLeaf(txn, TRY(FindHead(txn)), leaf));
      return absl::OkStatus();
    }),
                testing::IsOk());
  }

  testing::FakeRandom random_;
  testing::FakeClock clock_;
  crypto::Keyring keys_;
  std::unique_ptr<TreeLedger> ledger_;
  std::unique_ptr<kv::Database> database_;
  std::unique_ptr<Signer> signer_;
};

}  // namespace tc::audit
