#include "tools/tcctl/json_call.h"

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/reflection.h"
#include "tools/tcctl/wire_status.h"

namespace tc::ctl {

namespace pb = google::protobuf;

namespace {

absl::Status ParseRequest(const std::string& json, pb::Message& request) {
  const auto status = pb::util::JsonStringToMessage(json.empty() ? "{}" : json, &request);
  if (!status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("the JSON is not a ", request.GetDescriptor()->full_name(),
                                                   ": ", std::string(status.message())));
  }
  dev::FillRequestId(request);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ToJson(const pb::Message& message) {
  pb::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = pb::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return absl::InternalError(std::string(status.message()));
  return json;
}

grpc::ByteBuffer Bytes(const pb::Message& message) {
  const std::string text = message.SerializeAsString();
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

absl::StatusOr<std::string> Text(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return absl::InternalError("the answer cannot be read");
  std::string text;
  for (const grpc::Slice& slice : slices)
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

// One exchange on a completion queue of its own: a unary call is a stream of one answer.
class Exchange {
 public:
  Exchange(const JsonCall& call, const std::string& path) : stub_(call.channel) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + call.timeout));
    if (!call.authorization.empty()) context_.AddMetadata("authorization", call.authorization);
    stream_ = stub_.PrepareCall(&context_, path, &queue_);
  }

  absl::Status Run(const grpc::ByteBuffer& request,
                   const std::function<absl::Status(const grpc::ByteBuffer&)>& each) {
    stream_->StartCall(Tag());
    if (Next()) {
      stream_->WriteLast(request, {}, Tag());
      Next();
    }
    absl::Status local;
    grpc::ByteBuffer answer;
    while (stream_->Read(&answer, Tag()), Next()) {
      local = each(answer);
      if (!local.ok()) context_.TryCancel();
    }
    grpc::Status status;
    stream_->Finish(&status, Tag());
    Next();
    return local.ok() ? dev::FromWire(status) : local;
  }

 private:
  void* Tag() { return this; }
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
};

}  // namespace

absl::Status Run(const JsonCall& call, const std::function<void(const std::string& json)>& print) {
  ReflectedSchema schema(call.channel);
  const pb::MethodDescriptor* method = TRY(schema.FindMethod(call.service, call.method));
  pb::DynamicMessageFactory factory;
  const std::unique_ptr<pb::Message> request(factory.GetPrototype(method->input_type())->New());
  const std::unique_ptr<pb::Message> response(factory.GetPrototype(method->output_type())->New());
  TRY(ParseRequest(call.json, *request));
  Exchange exchange(call, absl::StrCat("/", method->service()->full_name(), "/", method->name()));
  return exchange.Run(Bytes(*request), [&](const grpc::ByteBuffer& buffer) -> absl::Status {
    if (!response->ParseFromString(TRY(Text(buffer))))
      return absl::InternalError("the answer does not decode");
    print(TRY(ToJson(*response)));
    return absl::OkStatus();
  });
}

}  // namespace tc::ctl
