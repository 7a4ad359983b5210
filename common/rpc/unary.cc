#include "common/rpc/unary.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>

#include <cstdio>
#include <cstdlib>
#include <deque>

#include "absl/strings/str_cat.h"

namespace tc::rpc {
namespace {

using grpc::ByteBuffer;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;

[[noreturn]] void Die(absl::string_view service, absl::string_view method, absl::string_view why) {
  std::fprintf(stderr, "fatal: %s\n", absl::StrCat(service, "/", method, ": ", why).c_str());
  std::abort();
}

// gRPC gives the request's bytes as const, but they are this call's own.
ByteBuffer& Own(const ByteBuffer* body) { return const_cast<ByteBuffer&>(*body); }

}  // namespace

// As generated code binds a method of which it shall not parse the messages.
class ServiceBuilder::RawService final : public grpc::Service {
 public:
  void Add(const std::string& method, RpcMethod::RpcType type, grpc::internal::MethodHandler* handler) {
    // gRPC keeps the pointer.
    names_.push_back(absl::StrCat("/", method));
    auto bound = std::make_unique<RpcServiceMethod>(names_.back().c_str(), type, handler);
    bound->SetServerApiType(RpcServiceMethod::ApiType::RAW_CALL_BACK);
    AddMethod(bound.release());
  }

 private:
  std::deque<std::string> names_;
};

ServiceBuilder::ServiceBuilder(Gate& gate, absl::string_view service)
    : gate_(gate),
      name_(service),
      unbound_(gate.MethodsOf(service)),
      service_(std::make_shared<RawService>()) {}

ServiceBuilder::~ServiceBuilder() = default;

const Method& ServiceBuilder::Bind(const char* method, const google::protobuf::Descriptor& request,
                                   const google::protobuf::Descriptor& response, bool streams) {
  const auto found = unbound_.find(method);
  if (found == unbound_.end()) Die(name_, method, "is no method, or bound already");
  const Method& rules = *found->second;
  if (rules.descriptor->input_type() != &request || rules.descriptor->output_type() != &response ||
      rules.descriptor->server_streaming() != streams || rules.descriptor->client_streaming())
    Die(name_, method, "its handler takes or gives something else");
  unbound_.erase(found);
  return rules;
}

void ServiceBuilder::Add(const Method& rules, Unary unary) {
  service_->Add(rules.name, RpcMethod::NORMAL_RPC,
                new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
                    [unary = std::move(unary)](Context* context, const ByteBuffer* body, ByteBuffer* answer) {
                      return unary(context, Own(body), *answer);
                    }));
}

void ServiceBuilder::AddStream(const Method& rules, Streamer streamer) {
  service_->Add(rules.name, RpcMethod::SERVER_STREAMING,
                new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
                    [streamer = std::move(streamer)](Context* context, const ByteBuffer* body) {
                      return streamer(context, Own(body));
                    }));
}

void ServiceBuilder::NotServed(const char* method) {
  if (unbound_.erase(method) == 0) Die(name_, method, "is no method, or bound already");
}

void ServiceBuilder::NothingElse() { unbound_.clear(); }

std::shared_ptr<grpc::Service> ServiceBuilder::Build() {
  if (!unbound_.empty()) Die(name_, unbound_.begin()->first, "has no handler");
  return std::move(service_);
}

}  // namespace tc::rpc
