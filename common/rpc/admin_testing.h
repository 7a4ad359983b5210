#pragma once

// What operators ask, without gRPC, over a store and key files of its own.

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/crypto/hmac.h"
#include "common/crypto/key_files.h"
#include "common/kv/rocks_database.h"
#include "common/kv/testing.h"
#include "common/rpc/admin_handlers.h"
#include "common/testing/acts.h"
#include "common/testing/call.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::rpc {

namespace pb = trustedcontact::admin::v1;

inline Call FromOperator(absl::Time now = testing::Noon()) {
  return testing::FromPeer(Role::kOperator, "ops", now);
}

class FakeReencryption final : public Reencryption {
 public:
  void Start() override {
    ++started;
    now = {};
    now.running = true;
  }
  ReencryptionProgress progress() const override { return now; }
  std::vector<std::string> purposes() const override { return {"once"}; }
  void End(uint64_t failed) {
    now.running = false;
    now.failed = failed;
    now.ended_at = testing::Noon();
  }

  int started = 0;
  ReencryptionProgress now;
};

// "once.k000001 once.k000002*": the newest with a star; in brackets: not needed.
inline std::string Shown(const pb::KeyInventory& inventory) {
  std::string shown;
  for (const pb::KeyInfo& key : inventory.keys()) {
    const std::string name = absl::StrCat(key.purpose(), ".", key.kid(), key.newest() ? "*" : "");
    absl::StrAppend(&shown, shown.empty() ? "" : " ", key.needed() ? name : absl::StrCat("[", name, "]"));
  }
  return shown;
}

inline PolicyInForce ThePolicy() {
  return {{{"link.removal_delay", 0, 86400, 0, 604800, "Seconds until a removal takes effect."}},
          {{"link.removal_delay", 3600}}};
}

class AdminHandlersTest : public ::testing::Test {
 protected:
  AdminHandlersTest()
      : keys_(KeysIn(key_files_.path(), random_)),
        database_(
            *kv::OpenRocksForTest(dir_.path() + "/data", {.fail_next_write = disk_fails_, .ledger = &acts_})),
        once_(*database_, *crypto::Sealer::Create(keys_, "once", random_)),
        pager_(*crypto::KeyedHash::Create(keys_, "page", "tc/page/v1")),
        backups_(*database_, dir_.path() + "/data-backups"),
        rotation_(keys_, &reencryption_),
        handlers_({"linking", "1.2.3", "dev", testing::Noon(), "strict", ThePolicy()}, *database_, once_,
                  pager_, backups_, rotation_) {}

  static crypto::Keyring KeysIn(const std::string& dir, Random& random) {
    for (const char* purpose : {"once", "page"}) {
      if (!crypto::EnsureKey(dir, purpose, random).ok()) std::abort();
    }
    return *crypto::Keyring::Open(dir);
  }
  std::string Inventory() { return Shown(*handlers_.GetKeyInventory(FromOperator(), {})); }
  absl::StatusOr<pb::KeyInventory> Reload(const Call& call = FromOperator()) {
    return handlers_.ReloadKeys(call, {});
  }
  void AddKey(const std::string& purpose) {
    ASSERT_THAT(crypto::AddKey(key_files_.path(), purpose, random_), testing::IsOk());
  }

  void Enqueue(const std::string& kind, bool dead) {
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
      kv::OutboxRow row;
      row.kind = kind;
      row.payload = "secret payload";
      return txn.Enqueue(row);
    }),
                testing::IsOk());
    if (!dead) return;
    kv::OutboxRow row = database_->ListOutbox("", 500)->back();
    row.dead = true;
    row.attempts = 7;
    row.last_error = "refused";
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) { return kv::RescheduleOutboxRow(txn, row); }),
                testing::IsOk());
  }
  std::string NameOfLast() { return absl::StrCat("outbox/", database_->ListOutbox("", 500)->back().id); }

  absl::StatusOr<pb::OutboxEntry> Retry(const std::string& name, const Call& call = FromOperator()) {
    pb::RetryOutboxEntryRequest request;
    request.set_name(name);
    return handlers_.RetryOutboxEntry(call, request);
  }

  // What operators have ordered, as the audit log has it.
  std::vector<std::string> Entered() { return testing::Acts::Of(*database_); }

  testing::TempDir dir_;
  testing::TempDir key_files_;
  testing::Acts acts_;
  const std::shared_ptr<std::atomic<bool>> disk_fails_ = std::make_shared<std::atomic<bool>>(false);
  testing::FakeRandom random_;
  crypto::Keyring keys_;
  std::unique_ptr<kv::Database> database_;
  Once once_;
  Pager pager_;
  Backups backups_;
  FakeReencryption reencryption_;
  Rotation rotation_;
  AdminHandlers handlers_;
};

}  // namespace tc::rpc
