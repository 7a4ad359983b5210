#pragma once

// The one adapter over gRPC's callback API. A service's binding is three lines a method:
//
//   Reactor* AcceptInvitation(Context* context, const pb::AcceptInvitationRequest* in, pb::Link* out)
//   override {
//     return methods_.Serve("AcceptInvitation", context, in, out, handlers_, &Handlers::AcceptInvitation);
//   }
//
// The handler has the form  absl::StatusOr<Response> Handlers::X(const rpc::Call&, const Request&).
// Include in rpc/service.cc only: it is heavy.

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/call.h"
#include "common/rpc/gate.h"
#include "common/rpc/trace.h"

namespace tc::rpc {

using Reactor = grpc::ServerUnaryReactor;
using Context = grpc::CallbackServerContext;

class Methods {
 public:
  // Reads the rules of every method of `service` ("trustedcontact.linking.v1.LinkingService") from the proto
  // options; aborts when one has none: an unguarded method must not start.
  Methods(Gate& gate, absl::string_view service) : gate_(gate), methods_(gate.MethodsOf(service)) {}

  template <typename Request, typename Response, typename Object>
  Reactor* Serve(const char* method, Context* context, const Request* request, Response* response,
                 Object& object, absl::StatusOr<Response> (Object::*handler)(const Call&, const Request&)) {
    Reactor* reactor = context->DefaultReactor();
    const Method& rules = Rules(method);
    const auto arrived = std::chrono::steady_clock::now();
    auto run = [this, reactor, context, request, response, &rules, &object, handler, arrived] {
      const Admission admission = gate_.Admit(rules, *context, *request, arrived);
      absl::Status status = admission.status;
      if (status.ok()) {
        const CallScope scope(admission.call.id);
        absl::StatusOr<Response> answer = (object.*handler)(admission.call, *request);
        status = answer.status();
        if (status.ok()) *response = *std::move(answer);
      }
      reactor->Finish(gate_.Settle(rules, admission, *context, status));
    };
    if (!gate_.TryRun(std::move(run))) reactor->Finish(gate_.Overloaded(rules));
    return reactor;
  }

  // For the streams of the service (common/rpc/watch.h). `method` is a name of the service.
  const Method& Rules(const char* method) const { return *methods_.find(method)->second; }

 private:
  Gate& gate_;
  std::map<std::string, const Method*, std::less<>> methods_;
};

}  // namespace tc::rpc
