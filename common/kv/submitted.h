#pragma once

// Submitted: an operation that nobody waits for. Belongs to itself: it is gone when it has told its outcome.
// Private to common/kv.

#include <functional>
#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "common/kv/database.h"
#include "common/kv/writer.h"

namespace tc::kv {

class Submitted {
 public:
  Submitted(absl::AnyInvocable<absl::Status(Txn& txn)> fn, Done done)
      : fn_(std::move(fn)),
        done_(std::move(done)),
        origin_(CurrentOrigin()),
        operation{run_, &origin_, absl::OkStatus(), 0, [this] { Tell(); }} {}

 private:
  void Tell() {
    const std::unique_ptr<Submitted> self(this);
    const OriginScope scope(std::move(origin_));  // what follows is done on the same behalf
    absl::Status status = std::move(operation.status);
    if (status.ok()) {
      std::move(done_)(operation.revision);
    } else {
      std::move(done_)(std::move(status));
    }
  }

  absl::AnyInvocable<absl::Status(Txn& txn)> fn_;
  // What an UpdateFn refers to is const.
  const std::function<absl::Status(Txn& txn)> run_ = [this](Txn& txn) { return fn_(txn); };
  Done done_;
  Origin origin_;

 public:
  Writer::Operation operation;
};

}  // namespace tc::kv
