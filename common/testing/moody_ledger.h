#pragma once

// MoodyLedger: refuses for as long as it is told to, as a full disk would, for tests of what must not happen
// without an entry. Thread-safe.

#include <atomic>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/kv/ledger.h"

namespace tc::testing {

class MoodyLedger final : public kv::Ledger {
 public:
  explicit MoodyLedger(kv::Ledger& real) : real_(real) {}
  absl::Status Append(kv::Txn& txn, const kv::Event& act, std::optional<uint32_t> event_index) override {
    return refuses ? absl::UnavailableError("not now") : real_.Append(txn, act, event_index);
  }
  absl::Status Forget(kv::Txn& txn, absl::string_view person, absl::Time now) override {
    return real_.Forget(txn, person, now);
  }
  std::atomic<bool> refuses{false};

 private:
  kv::Ledger& real_;
};

}  // namespace tc::testing
