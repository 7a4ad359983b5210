#pragma once

// The one adapter over gRPC's callback API. A service's binding is three lines a method:
//
//   Reactor* AcceptInvitation(Context* context, const pb::AcceptInvitationRequest* in, pb::Link* out)
//   override {
//     return methods_.Serve("AcceptInvitation", context, in, out, handlers_, &Handlers::AcceptInvitation);
//   }
//
// A handler has one of two forms:
//
//   absl::StatusOr<Response> Handlers::X(const rpc::Call&, const Request&)       waits for all that it needs
//   void Handlers::X(const rpc::Call&, const Request&, rpc::Answer<Response>)    answers later (answer.h)
//
// The second is for methods that many call at once: no thread waits for its commit.
// Include in rpc/service.cc only: it is heavy.

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/answer.h"
#include "common/rpc/call.h"
#include "common/rpc/gate.h"
#include "common/rpc/trace.h"

namespace tc::rpc {

using Reactor = grpc::ServerUnaryReactor;
using Context = grpc::CallbackServerContext;

class Methods {
 public:
  template <typename Object, typename Request, typename Response>
  using Handler = absl::StatusOr<Response> (Object::*)(const Call&, const Request&);
  template <typename Object, typename Request, typename Response>
  using LaterHandler = void (Object::*)(const Call&, const Request&, Answer<Response>);

  // Reads the rules of every method of `service` ("trustedcontact.linking.v1.LinkingService") from the proto
  // options; aborts when one has none: an unguarded method must not start.
  Methods(Gate& gate, absl::string_view service) : gate_(gate), methods_(gate.MethodsOf(service)) {}

  // On a worker: whatever waits for the store, asks another service, computes a password's hash or reads many
  // records.
  template <typename Request, typename Response, typename Object>
  Reactor* Serve(const char* method, Context* context, const Request* request, Response* response,
                 Object& object, Handler<Object, Request, Response> handler) {
    auto underway = std::make_shared<Underway<Response>>(gate_, Rules(method), context, response);
    auto run = [underway, request, &object, handler] { Run(*underway, *request, object, handler); };
    if (!gate_.TryRun(std::move(run))) underway->Refuse();
    return underway->reactor;
  }

  // On gRPC's own thread, at once: the way to a worker and back costs more than the work. Only for handlers
  // that never wait: they read a few records of this service's store, or leave word with it, or with a peer,
  // and answer later. gRPC has two such threads at least, and whoever waits on one keeps all calls waiting.
  template <typename Request, typename Response, typename Object>
  Reactor* ServeAtOnce(const char* method, Context* context, const Request* request, Response* response,
                       Object& object, Handler<Object, Request, Response> handler) {
    Underway<Response> underway(gate_, Rules(method), context, response);
    Run(underway, *request, object, handler);
    return underway.reactor;
  }
  template <typename Request, typename Response, typename Object>
  Reactor* ServeAtOnce(const char* method, Context* context, const Request* request, Response* response,
                       Object& object, LaterHandler<Object, Request, Response> handler) {
    auto underway = std::make_shared<Underway<Response>>(gate_, Rules(method), context, response);
    if (underway->Enter()) Run(underway, *request, object, handler);
    return underway->reactor;
  }

  // For the streams of the service (common/rpc/watch.h). `method` is a name of the service.
  const Method& Rules(const char* method) const { return *methods_.find(method)->second; }

 private:
  // A call between its arrival and its one Finish.
  template <typename Response>
  struct Underway {
    Underway(Gate& g, const Method& m, Context* c, Response* r)
        : gate(g), rules(m), context(c), response(r), reactor(c->DefaultReactor()) {}
    ~Underway() {
      if (entered) gate.Leave();
    }

    bool Enter() {
      entered = gate.Enter();
      if (!entered) Refuse();
      return entered;
    }
    void Refuse() { reactor->Finish(gate.Overloaded(rules)); }

    // True when the handler may begin.
    template <typename Request>
    bool Admit(const Request& request) {
      admission = gate.Admit(rules, *context, request, arrived);
      if (!admission.status.ok()) End(admission.status);
      return admission.status.ok();
    }
    void End(absl::StatusOr<Response> answer) {
      if (answer.ok()) *response = *std::move(answer);
      reactor->Finish(gate.Settle(rules, admission, *context, answer.status()));
    }

    Gate& gate;
    const Method& rules;
    Context* const context;
    Response* const response;
    Reactor* const reactor;
    const std::chrono::steady_clock::time_point arrived = std::chrono::steady_clock::now();
    Admission admission;
    bool entered = false;
  };

  template <typename Request, typename Response, typename Object>
  static void Run(Underway<Response>& underway, const Request& request, Object& object,
                  Handler<Object, Request, Response> handler) {
    if (!underway.Admit(request)) return;
    const CallScope scope(underway.admission.call.id);
    underway.End((object.*handler)(underway.admission.call, request));
  }

  template <typename Request, typename Response, typename Object>
  static void Run(std::shared_ptr<Underway<Response>> underway, const Request& request, Object& object,
                  LaterHandler<Object, Request, Response> handler) {
    if (!underway->Admit(request)) return;
    const Call& call = underway->admission.call;
    const CallScope scope(call.id);
    Answer<Response> answer([underway](absl::StatusOr<Response> a) { underway->End(std::move(a)); });
    (object.*handler)(call, request, std::move(answer));
  }

  Gate& gate_;
  std::map<std::string, const Method*, std::less<>> methods_;
};

}  // namespace tc::rpc
