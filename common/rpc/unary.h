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

  // On a worker: whatever writes, asks another service, computes a password's hash or reads many records.
  template <typename Request, typename Response, typename Object>
  Reactor* Serve(const char* method, Context* context, const Request* request, Response* response,
                 Object& object, absl::StatusOr<Response> (Object::*handler)(const Call&, const Request&)) {
    Reactor* reactor = context->DefaultReactor();
    const Method& rules = Rules(method);
    const auto arrived = std::chrono::steady_clock::now();
    auto run = [this, reactor, context, request, response, &rules, &object, handler, arrived] {
      Run(rules, arrived, reactor, context, request, response, object, handler);
    };
    if (!gate_.TryRun(std::move(run))) reactor->Finish(gate_.Overloaded(rules));
    return reactor;
  }

  // On gRPC's own thread, at once: the way to a worker and back costs more than the look-up. Only for
  // handlers that read a few records of this service's store and nothing else; gRPC has two such threads at
  // least, and whoever waits on one keeps all calls waiting.
  template <typename Request, typename Response, typename Object>
  Reactor* ServeLookup(const char* method, Context* context, const Request* request, Response* response,
                       Object& object,
                       absl::StatusOr<Response> (Object::*handler)(const Call&, const Request&)) {
    Reactor* reactor = context->DefaultReactor();
    Run(Rules(method), std::chrono::steady_clock::now(), reactor, context, request, response, object,
        handler);
    return reactor;
  }

  // For the streams of the service (common/rpc/watch.h). `method` is a name of the service.
  const Method& Rules(const char* method) const { return *methods_.find(method)->second; }

 private:
  template <typename Request, typename Response, typename Object>
  void Run(const Method& rules, std::chrono::steady_clock::time_point arrived, Reactor* reactor,
           Context* context, const Request* request, Response* response, Object& object,
           absl::StatusOr<Response> (Object::*handler)(const Call&, const Request&)) {
    const Admission admission = gate_.Admit(rules, *context, *request, arrived);
    absl::Status status = admission.status;
    if (status.ok()) {
      const CallScope scope(admission.call.id);
      absl::StatusOr<Response> answer = (object.*handler)(admission.call, *request);
      status = answer.status();
      if (status.ok()) *response = *std::move(answer);
    }
    reactor->Finish(gate_.Settle(rules, admission, *context, status));
  }

  Gate& gate_;
  std::map<std::string, const Method*, std::less<>> methods_;
};

}  // namespace tc::rpc
