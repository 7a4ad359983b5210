#pragma once

// Watch: one server stream over gRPC's callback API, supplied by a Feed. The gate admits and settles it like
// any call. Every way out ends in exactly one Finish: the end or an error of `next`, the client's leaving,
// the stop of the feed. Include in a service.cc only: it is heavy.

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/rpc/feed.h"
#include "common/rpc/gate.h"

namespace tc::rpc {

template <typename Request, typename Response>
class Watch final : public grpc::ServerWriteReactor<Response>, public Feed::Task {
 public:
  // Opens the stream for an admitted call: what a wrong request is refused with, or its source.
  using Open = std::function<absl::StatusOr<Next<Response>>(const Call& call, const Request& request)>;

  static grpc::ServerWriteReactor<Response>* Start(Gate& gate, const Method& method, Feed& feed,
                                                   grpc::CallbackServerContext* context,
                                                   const Request* request, Open open) {
    auto self = std::shared_ptr<Watch>(new Watch(gate, method, feed, context, request, std::move(open)));
    self->self_ = self;
    if (!feed.Add(self)) self->Refused();
    return self.get();
  }

 private:
  Watch(Gate& gate, const Method& method, Feed& feed, grpc::CallbackServerContext* context,
        const Request* request, Open open)
      : gate_(gate),
        method_(method),
        feed_(feed),
        context_(context),
        request_(request),
        open_(std::move(open)) {}

  bool Step(bool heartbeat) override {
    const std::lock_guard lock(mutex_);
    if (finished_ || writing_) return false;
    if (cancelled_)
      return End(Refuse(absl::StatusCode::kCancelled, Reason::kDeadlineExceeded, "the client has gone"));
    if (!admission_.has_value()) {
      const absl::Status status = Begin();
      if (!status.ok()) return End(status);
    }
    absl::StatusOr<std::optional<Response>> message = next_(heartbeat);
    if (IsEndOfStream(message.status())) return End(absl::OkStatus());
    if (!message.ok()) return End(message.status());
    if (!message->has_value()) return false;
    message_ = **std::move(message);
    writing_ = true;
    this->StartWrite(&message_);
    return true;
  }

  absl::Status Begin() {
    admission_ = gate_.Admit(method_, *context_, *request_);
    TRY(admission_->status);
    next_ = TRY(open_(admission_->call, *request_));
    // The client learns that its stream is open before there is anything to say.
    this->StartSendInitialMetadata();
    return absl::OkStatus();
  }

  // With mutex_ held.
  bool End(const absl::Status& status) {
    finished_ = true;
    this->Finish(admission_.has_value() ? gate_.Settle(method_, *admission_, *context_, status)
                                        : gate_.Overloaded(method_));
    return false;
  }

  void Refused() {
    const std::lock_guard lock(mutex_);
    End(absl::OkStatus());
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
  }

  static absl::Status ShuttingDown() {
    return Refuse(absl::StatusCode::kUnavailable, Reason::kShuttingDown, "the server is stopping");
  }

  Gate& gate_;
  const Method& method_;
  Feed& feed_;
  grpc::CallbackServerContext* const context_;
  const Request* const request_;
  const Open open_;
  std::shared_ptr<Watch> self_;  // until OnDone
  std::mutex mutex_;
  std::optional<Admission> admission_;
  Next<Response> next_;
  Response message_;
  bool writing_ = false;
  bool finished_ = false;
  bool cancelled_ = false;
  bool stopped_ = false;
};

}  // namespace tc::rpc
