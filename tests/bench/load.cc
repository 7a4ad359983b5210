#include "tests/bench/load.h"

#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace tc::bench {

namespace {

using Steady = std::chrono::steady_clock;

// One call in flight; used again for the next one.
struct Slot {
  size_t number = 0;
  Steady::time_point sent;
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer response;
  grpc::Status status;
};

class Runner {
 public:
  Runner(const std::shared_ptr<grpc::Channel>& channel, const Load& load) : stub_(channel), load_(load) {}

  Measured Run() {
    start_ = Steady::now();
    count_from_ = start_ + absl::ToChronoNanoseconds(load_.warm_up);
    end_ = count_from_ + absl::ToChronoNanoseconds(load_.measure);
    last_ = count_from_;
    std::vector<Slot> slots(static_cast<size_t>(load_.in_flight));
    for (Slot& slot : slots) Send(slot);
    void* tag = nullptr;
    bool ok = false;
    while (under_way_ > 0 && queue_.Next(&tag, &ok)) {
      Slot& slot = *static_cast<Slot*>(tag);
      --under_way_;
      Take(slot);
      Send(slot);
    }
    return Result();
  }

 private:
  void Send(Slot& slot) {
    const Steady::time_point now = Steady::now();
    const Operation* operation = now < end_ ? load_.operation(next_) : nullptr;
    if (operation == nullptr) return;
    slot.number = next_++;
    slot.context = std::make_unique<grpc::ClientContext>();
    slot.context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    slot.context->AddMetadata(
        "authorization", operation->authorization.empty() ? load_.authorization : operation->authorization);
    slot.sent = now;
    slot.reader = stub_.PrepareUnaryCall(slot.context.get(), load_.method, operation->request, &queue_);
    slot.reader->StartCall();
    slot.reader->Finish(&slot.response, &slot.status, &slot);
    ++under_way_;
  }

  void Take(Slot& slot) {
    const Steady::time_point now = Steady::now();
    ++result_.answered;
    if (!slot.status.ok() && result_.errors++ == 0) result_.first_error = slot.status.error_message();
    if (load_.answer && slot.status.ok()) load_.answer(slot.number, slot.response);
    if (slot.sent < count_from_) return;
    latencies_.push_back(std::chrono::duration<double, std::micro>(now - slot.sent).count());
    last_ = now;
  }

  Measured Result() {
    result_.calls = latencies_.size();
    if (latencies_.empty()) return result_;
    std::sort(latencies_.begin(), latencies_.end());
    result_.seconds = std::chrono::duration<double>(last_ - count_from_).count();
    result_.per_second = static_cast<double>(latencies_.size()) / result_.seconds;
    result_.p50_us = latencies_[latencies_.size() / 2];
    result_.p99_us = latencies_[latencies_.size() * 99 / 100];
    return result_;
  }

  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  const Load& load_;
  Steady::time_point start_, count_from_, end_, last_;
  size_t next_ = 0;
  int under_way_ = 0;
  std::vector<double> latencies_;
  Measured result_;
};

}  // namespace

Measured Run(const std::shared_ptr<grpc::Channel>& channel, const Load& load) {
  return Runner(channel, load).Run();
}

std::string ToText(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return "";
  std::string text;
  for (const grpc::Slice& slice : slices)
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

}  // namespace tc::bench
