#pragma once

// KeyRotation: after a rotation, wraps people's keys anew and writes every account's records and indexes
// under today's keys, some accounts a commit, while the service serves (CRY-05). Thread-safe.

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/env/clock.h"
#include "common/rpc/reencryption.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

class KeyRotation final : public rpc::Reencryption {
 public:
  // Both outlive it.
  KeyRotation(const Desk& desk, const Clock& clock);
  ~KeyRotation() override;  // a pass under way ends after its present commit

  void Start() override;
  rpc::ReencryptionProgress progress() const override;
  std::vector<std::string> purposes() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One commit: indexes the next `limit` accounts behind `cursor` anew; gives how many it looked at. An empty
// cursor begins a pass and is what the pass ends with.
struct Reindexed {
  size_t accounts = 0;
  size_t failed = 0;  // unreadable ones, left as they are
};
absl::StatusOr<Reindexed> ReindexSome(const Desk& desk, size_t limit, std::string& cursor);

}  // namespace tc::identity
