#pragma once

// Underway: a call between its arrival and its one Finish. Of its steps each tells whether the call goes on;
// when it does not, it has been answered. Used by unary.h; not thread-safe.

#include <grpcpp/grpcpp.h>

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/origin.h"
#include "common/rpc/byte_buffer.h"
#include "common/rpc/gate.h"
#include "common/rpc/method.h"

namespace tc::rpc {

using Reactor = grpc::ServerUnaryReactor;
using Context = grpc::CallbackServerContext;

// Whom the handler of the call works for.
kv::Origin OriginOf(const Admission& admission);

class Underway {
 public:
  Underway(Gate& gate, const Method& rules, Context& context, grpc::ByteBuffer& body,
           grpc::ByteBuffer& answer);
  ~Underway();
  Underway(const Underway&) = delete;
  Underway& operator=(const Underway&) = delete;

  bool Receive(Room room);
  // Has a worker do `work`, which begins with Resume.
  void Queue(std::function<void()> work);
  bool Resume();
  // For a call that ends without a worker.
  bool Enter();
  bool Admit(google::protobuf::Message& request);

  template <typename Response>
  void End(const absl::StatusOr<Response>& answer) {
    Finish(answer.status(), answer.ok() ? &*answer : nullptr);
  }

  const Method& rules() const { return rules_; }
  const Call& call() const { return admission_.call; }
  kv::Origin origin() const { return OriginOf(admission_); }
  Reactor* reactor() const { return reactor_; }

 private:
  // True when the call goes on.
  bool Proceed();
  void Refuse();
  void Finish(absl::Status status, const google::protobuf::Message* answer);
  // gRPC's buffers and context are gone soon after.
  void Send(const grpc::Status& status);

  Gate& gate_;
  const Method& rules_;
  Context& context_;
  ByteBufferBody body_;
  grpc::ByteBuffer& answer_;
  Reactor* const reactor_;
  Admission admission_;
  bool entered_ = false;
};

}  // namespace tc::rpc
