#include "tests/e2e/raw_call.h"

#include <future>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/refusal.h"
#include "common/rpc/client.h"
#include "tools/tcctl/wire_status.h"

namespace tc::e2e {
namespace {

struct UnderWay {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return "";
  std::string bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

std::string Written(const FieldViolation& v) {
  return absl::StrCat(v.field, " ", v.reason, " ", v.description);
}

}  // namespace

std::string CodeText(grpc::StatusCode code) {
  return absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
}

std::string RawAnswer::Reason() const { return ReasonOf(dev::FromWire(status)).value_or(""); }

std::string RawAnswer::Brief() const {
  return absl::StrCat(CodeText(code()), " ", Reason(), " \"", status.error_message(), "\"");
}

std::string RawAnswer::AllThatIsTold() const {
  const absl::Status told = dev::FromWire(status);
  std::string text = absl::StrCat(CodeText(code()), "\n", status.error_message(), "\n", Reason());
  for (const auto& [key, value] : MetadataOf(told)) {
    if (key != "call_id") absl::StrAppend(&text, "\n", key, "=", value);
  }
  for (const FieldViolation& v : ViolationsOf(told)) absl::StrAppend(&text, "\nfield ", Written(v));
  for (const FieldViolation& v : UnmetOf(told)) absl::StrAppend(&text, "\nunmet ", Written(v));
  if (const auto later = RetryAfterOf(told)) absl::StrAppend(&text, "\nretry ", absl::FormatDuration(*later));
  // What the details hold beyond what was just read would show in their length.
  return absl::StrCat(text, "\n", status.error_details().size(), "\n", body);
}

Line::Line(std::shared_ptr<grpc::Channel> channel, int at_once)
    : stub_(channel), free_(at_once), at_once_(at_once) {
  rpc::KeepCallbackQueue(channel);
}

void Line::Send(const RawCall& call, std::function<void(const RawAnswer&)> done) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return free_ > 0; });
    --free_;
  }
  auto way = std::make_shared<UnderWay>();
  way->context.set_deadline(absl::ToChronoTime(absl::Now() + call.deadline));
  for (const auto& [key, value] : call.metadata) way->context.AddMetadata(key, value);
  way->request = BufferOf(call.body);
  if (call.gzip) way->context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  stub_.UnaryCall(&way->context, call.path, grpc::StubOptions(), &way->request, &way->response,
                  [this, way, done = std::move(done)](const grpc::Status& status) {
                    done(RawAnswer{status, BytesOf(way->response)});
                    const std::lock_guard lock(mutex_);
                    ++free_;
                    changed_.notify_all();
                  });
}

RawAnswer Line::Ask(const RawCall& call) {
  std::promise<RawAnswer> answer;
  Send(call, [&](const RawAnswer& a) { answer.set_value(a); });
  return answer.get_future().get();
}

void Line::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return free_ == at_once_; });
}

}  // namespace tc::e2e
