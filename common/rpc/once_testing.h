#pragma once

// A mutation that counts itself, over a store in memory.

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/rpc/once.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc::rpc {

class OnceTest : public ::testing::Test {
 protected:
  OnceTest() : once_(*db_, sealer()) {}

  crypto::Sealer sealer() { return *crypto::Sealer::Create(keys_, "once", random_); }

  // A mutation that counts itself and answers with the count.
  absl::StatusOr<std::string> CountIn(const Once& once, const Call& call) {
    const google::protobuf::StringValue answer = TRY(once.Run<google::protobuf::StringValue>(
        call, [&](kv::Txn& txn) -> absl::StatusOr<google::protobuf::StringValue> {
          ++decisions_;
          const std::string count = TRY(txn.Get("n")).value_or("") + "I";
          TRY(txn.Put("n", count));
          google::protobuf::StringValue made;
          made.set_value("answer " + count);
          return made;
        }));
    return answer.value();
  }
  absl::StatusOr<std::string> Count(const Call& call) { return CountIn(once_, call); }
  std::string Counted() {
    std::string count;
    EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) -> absl::Status {
      count = TRY(txn.Get("n")).value_or("");
      return absl::OkStatus();
    }),
                testing::IsOk());
    return count;
  }
  // Every key and value of the store.
  std::vector<std::pair<std::string, std::string>> Everything() {
    std::vector<std::pair<std::string, std::string>> rows;
    EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) -> absl::Status {
      return txn.Scan("", "\xff", [&](absl::string_view key, absl::string_view value) {
        rows.emplace_back(std::string(key), std::string(value));
        return true;
      });
    }),
                testing::IsOk());
    return rows;
  }
  static bool IsRecord(const std::string& key) {
    std::string table;
    return kv::KeyReader(key).Str(table) && table == "once";
  }
  size_t Records() {
    size_t n = 0;
    for (const auto& [key, value] : Everything()) n += IsRecord(key) ? 1 : 0;
    return n;
  }

  testing::FakeRandom random_;
  crypto::Keyring keys_ = crypto::Keyring::ForTest({"once"}, random_);
  std::unique_ptr<kv::Database> db_ = kv::InMemory();
  Once once_;
  std::atomic<int> decisions_{0};
};

}  // namespace tc::rpc
