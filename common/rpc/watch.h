#pragma once

// Watch: one server stream over gRPC's callback API, supplied by a Feed. The gate admits and settles it like
// any call. Every way out ends in exactly one Finish: the end or an error of `next`, the client's leaving,
// the stop of the feed. A stream waits on no worker and takes none of its peer's room for calls; it takes one
// of the places that the feed has, of which no peer gets all (GateOptions::peer_streams). Used by unary.h.

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/rpc/byte_buffer.h"
#include "common/rpc/feed.h"
#include "common/rpc/gate.h"
#include "common/rpc/method.h"

namespace tc::rpc {

template <typename Request, typename Response>
class Watch final : public grpc::ServerWriteReactor<grpc::ByteBuffer>, public Feed::Task {
 public:
  // Opens the stream for an admitted call: what a wrong request is refused with, or its source.
  using Open = std::function<absl::StatusOr<Next<Response>>(const Call& call, const Request& request)>;

  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(Gate& gate, const Method& method, Feed& feed,
                                                           grpc::CallbackServerContext& context,
                                                           grpc::ByteBuffer& body, Open open) {
    auto self = std::shared_ptr<Watch>(new Watch(gate, method, feed, context, body, std::move(open)));
    self->self_ = self;
    if (!self->Receive() || feed.Add(self)) return self.get();
    self->Refused();
    return self.get();
  }

 private:
  Watch(Gate& gate, const Method& method, Feed& feed, grpc::CallbackServerContext& context,
        grpc::ByteBuffer& body, Open open)
      : gate_(gate), method_(method), feed_(feed), context_(context), body_(body), open_(std::move(open)) {}

  // True when the stream may be given to the feed.
  bool Receive() {
    const std::lock_guard lock(mutex_);
    admission_ = gate_.Receive(method_, context_, Room::kStream);
    if (!admission_.status.ok()) End(admission_.status);
    return admission_.status.ok();
  }

  bool Step(bool heartbeat) override {
    const std::lock_guard lock(mutex_);
    if (finished_ || writing_) return false;
    if (cancelled_)
      return End(Refuse(absl::StatusCode::kCancelled, Reason::kDeadlineExceeded, "the client has gone"));
    if (next_ == nullptr) {
      const absl::Status status = Begin();
      if (!status.ok()) return End(status);
    }
    absl::StatusOr<std::optional<Response>> message = next_(heartbeat);
    if (IsEndOfStream(message.status())) return End(absl::OkStatus());
    if (!message.ok()) return End(message.status());
    if (!message->has_value()) return false;
    message_.Clear();
    if (!Write(**message, message_)) return End(absl::InternalError("the message cannot be written"));
    writing_ = true;
    StartWrite(&message_);
    return true;
  }

  absl::Status Begin() {
    gate_.Resume(method_, context_, admission_);
    TRY(admission_.status);
    gate_.Admit(method_, admission_, body_, request_);
    TRY(admission_.status);
    next_ = TRY(open_(admission_.call, request_));
    // The client learns that its stream is open before there is anything to say.
    StartSendInitialMetadata();
    return absl::OkStatus();
  }

  // With mutex_ held.
  bool End(const absl::Status& status) { return Close(gate_.Settle(method_, admission_, context_, status)); }
  bool Close(const grpc::Status& status) {
    finished_ = true;
    body_.Drop(!method_.secrets.empty());
    Finish(status);
    return false;
  }

  void Refused() {
    const std::lock_guard lock(mutex_);
    Close(gate_.Overloaded(method_, admission_));
  }

  void Stop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    if (!finished_ && !writing_) End(ShuttingDown());
  }

  void OnWriteDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      if (finished_) return;
      if (stopped_) {
        End(ShuttingDown());
        return;
      }
      cancelled_ = cancelled_ || !ok;
    }
    feed_.Wake(this);
  }

  void OnCancel() override {
    {
      const std::lock_guard lock(mutex_);
      cancelled_ = true;
    }
    feed_.Wake(this);
  }

  void OnDone() override {
    feed_.Remove(this);
    const std::shared_ptr<Watch> last = std::move(self_);
    const std::lock_guard lock(mutex_);
    method_.secrets.Wipe(request_);
  }

  static absl::Status ShuttingDown() {
    return Refuse(absl::StatusCode::kUnavailable, Reason::kShuttingDown, "the server is stopping");
  }

  Gate& gate_;
  const Method& method_;
  Feed& feed_;
  grpc::CallbackServerContext& context_;
  ByteBufferBody body_;
  const Open open_;
  std::shared_ptr<Watch> self_;  // until OnDone
  std::mutex mutex_;
  Admission admission_;
  Request request_;
  Next<Response> next_;  // null: not begun
  grpc::ByteBuffer message_;
  bool writing_ = false;
  bool finished_ = false;
  bool cancelled_ = false;
  bool stopped_ = false;
};

}  // namespace tc::rpc
