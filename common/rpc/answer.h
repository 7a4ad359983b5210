#pragma once

// Answer: how a handler answers that does not keep a thread waiting for the disk. It gets an Answer, leaves
// with the store what is to be done after the commit, and returns; what comes after answers. Called once, on
// any thread; the call and the request live until then. One that is dropped answers INTERNAL: a call is never
// left hanging. Not thread-safe.

#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tc::rpc {

template <typename Response>
class Answer {
 public:
  using Send = absl::AnyInvocable<void(absl::StatusOr<Response> answer) &&>;

  explicit Answer(Send send) : send_(std::move(send)) {}
  Answer(Answer&& other) noexcept : send_(std::exchange(other.send_, nullptr)) {}
  Answer& operator=(Answer&&) = delete;
  ~Answer() {
    if (send_ != nullptr) Give(absl::InternalError("the handler has given no answer"));
  }

  void Give(absl::StatusOr<Response> answer) { std::exchange(send_, nullptr)(std::move(answer)); }

 private:
  Send send_;
};

}  // namespace tc::rpc
