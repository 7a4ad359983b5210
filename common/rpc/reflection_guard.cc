#include "common/rpc/reflection_guard.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "common/rpc/arrival.h"

namespace tc::rpc {
namespace {

using May = std::function<bool(const std::vector<std::string>&)>;

class Guard final : public grpc::experimental::Interceptor {
 public:
  Guard(grpc::ServerContextBase& context, const May& may) : context_(context), may_(may) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using grpc::experimental::InterceptionHookPoints;
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA) &&
        !may_(PeerUrisOf(context_))) {
      context_.TryCancel();
    }
    methods->Proceed();
  }

 private:
  grpc::ServerContextBase& context_;
  const May& may_;
};

class Guards final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Guards(May may) : may_(std::move(may)) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override {
    if (!absl::StartsWith(info->method(), "/grpc.reflection.")) return nullptr;
    return new Guard(*info->server_context(), may_);
  }

 private:
  const May may_;
};

}  // namespace

void GuardReflection(grpc::ServerBuilder& builder, const May& may) {
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> creators;
  creators.push_back(std::make_unique<Guards>(may));
  builder.experimental().SetInterceptorCreators(std::move(creators));
}

}  // namespace tc::rpc
