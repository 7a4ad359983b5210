#include "tools/tcctl/reflection.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tools/tcctl/wire_status.h"

namespace tc::ctl {

namespace reflection = grpc::reflection::v1alpha;
namespace pb = google::protobuf;

// Remembers every file that came; the pool asks for each once.
class ReflectedSchema::Database final : public pb::DescriptorDatabase {
 public:
  explicit Database(std::shared_ptr<grpc::Channel> channel) : stub_(channel) {}

  absl::StatusOr<reflection::ServerReflectionResponse> Ask(
      const reflection::ServerReflectionRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    const auto stream = stub_.ServerReflectionInfo(&context);
    reflection::ServerReflectionResponse response;
    const bool answered = stream->Write(request) && stream->Read(&response);
    stream->WritesDone();
    if (!answered) {
      const absl::Status status = dev::FromWire(stream->Finish());
      return status.ok() ? absl::UnavailableError("the server ended the reflection stream") : status;
    }
    return response;
  }

  bool FindFileByName(const std::string& name, pb::FileDescriptorProto* output) override {
    if (known_.FindFileByName(name, output)) return true;
    reflection::ServerReflectionRequest request;
    request.set_file_by_filename(name);
    Learn(request);
    return known_.FindFileByName(name, output);
  }

  bool FindFileContainingSymbol(const std::string& name, pb::FileDescriptorProto* output) override {
    if (known_.FindFileContainingSymbol(name, output)) return true;
    reflection::ServerReflectionRequest request;
    request.set_file_containing_symbol(name);
    Learn(request);
    return known_.FindFileContainingSymbol(name, output);
  }

  // Options of ours are read by the server; here they may stay unknown fields.
  bool FindFileContainingExtension(const std::string&, int, pb::FileDescriptorProto*) override {
    return false;
  }

 private:
  void Learn(const reflection::ServerReflectionRequest& request) {
    const absl::StatusOr<reflection::ServerReflectionResponse> response = Ask(request);
    if (!response.ok()) return;
    for (const std::string& bytes : response->file_descriptor_response().file_descriptor_proto()) {
      pb::FileDescriptorProto file;
      pb::FileDescriptorProto ignored;
      if (file.ParseFromString(bytes) && !known_.FindFileByName(file.name(), &ignored)) known_.Add(file);
    }
  }

  reflection::ServerReflection::Stub stub_;
  pb::SimpleDescriptorDatabase known_;
};

ReflectedSchema::ReflectedSchema(std::shared_ptr<grpc::Channel> channel)
    : database_(std::make_unique<Database>(std::move(channel))), pool_(database_.get()) {}

ReflectedSchema::~ReflectedSchema() = default;

absl::StatusOr<std::vector<std::string>> ReflectedSchema::Services() {
  reflection::ServerReflectionRequest request;
  request.set_list_services("");
  const reflection::ServerReflectionResponse response = TRY(database_->Ask(request));
  std::vector<std::string> names;
  for (const auto& service : response.list_services_response().service()) names.push_back(service.name());
  return names;
}

std::vector<std::string> ReflectedSchema::Methods(absl::string_view service) {
  std::vector<std::string> names;
  const pb::ServiceDescriptor* found = pool_.FindServiceByName(std::string(service));
  for (int i = 0; found != nullptr && i < found->method_count(); ++i)
    names.push_back(found->method(i)->name());
  return names;
}

absl::StatusOr<const pb::MethodDescriptor*> ReflectedSchema::FindMethod(absl::string_view service,
                                                                        absl::string_view method) {
  const std::vector<std::string> names = TRY(Services());
  const pb::ServiceDescriptor* found = nullptr;
  for (const std::string& name : names) {
    if (name == service || absl::EndsWith(name, absl::StrCat(".", service)))
      found = pool_.FindServiceByName(name);
  }
  if (found == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("the server has no service ", service, "; it has: ", absl::StrJoin(names, ", ")));
  }
  const pb::MethodDescriptor* descriptor = found->FindMethodByName(std::string(method));
  if (descriptor == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(found->name(), " has no method ", method, "; it has: ",
                                                   absl::StrJoin(Methods(found->full_name()), ", ")));
  }
  return descriptor;
}

absl::StatusOr<std::string> ReflectedSchema::Describe(absl::string_view full_name) {
  const std::string name(full_name);
  if (const auto* service = pool_.FindServiceByName(name)) return service->DebugString();
  if (const auto* message = pool_.FindMessageTypeByName(name)) return message->DebugString();
  if (const auto* kind = pool_.FindEnumTypeByName(name)) return kind->DebugString();
  if (const auto* method = pool_.FindMethodByName(name)) return method->DebugString();
  return absl::InvalidArgumentError(absl::StrCat("the server knows no service, message or enum ", name));
}

}  // namespace tc::ctl
