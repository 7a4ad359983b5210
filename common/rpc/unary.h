#pragma once

// ServiceBuilder: the one adapter over gRPC's callback API. A service is bound by a line a method:
//
//   rpc::ServiceBuilder service(gate, "trustedcontact.linking.v1.LinkingService");
//   service.Serve("CreateInvitation", handlers, &Handlers::CreateInvitation);
//   service.ServeAtOnce("GetGuard", handlers, &Handlers::GetGuard);
//   return service.Build();
//
// A handler has one of two forms:
//
//   absl::StatusOr<Response> Handlers::X(const rpc::Call&, const Request&)       waits for all that it needs
//   void Handlers::X(const rpc::Call&, const Request&, rpc::Answer<Response>)    answers later (answer.h)
//
// The second is for methods that many call at once: no thread waits for its commit. gRPC hands over the
// request's bytes; the gate has them parsed once it has let the caller in. While a handler runs, the origin
// of its thread (common/kv/origin.h) is the call, and when the call has ended, what its request told in
// confidence is overwritten. Include in rpc/service.cc only: it is heavy.

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/origin.h"
#include "common/rpc/answer.h"
#include "common/rpc/call.h"
#include "common/rpc/underway.h"
#include "common/rpc/watch.h"

namespace tc::rpc {

class ServiceBuilder {
 public:
  template <typename Object, typename Request, typename Response>
  using Handler = absl::StatusOr<Response> (Object::*)(const Call&, const Request&);
  template <typename Object, typename Request, typename Response>
  using LaterHandler = void (Object::*)(const Call&, const Request&, Answer<Response>);

  // Reads the rules of every method of `service` from the proto options. This, the binding and Build abort
  // with a message that names the method when one has no rules, is bound twice, by a handler of other types,
  // or not at all: what is not guarded must not start.
  ServiceBuilder(Gate& gate, absl::string_view service);
  ~ServiceBuilder();

  // On a worker: whatever waits for the store, asks another service, computes a password's hash or reads many
  // records. Objects must outlive the service.
  template <typename Object, typename Request, typename Response>
  void Serve(const char* method, Object& object, Handler<Object, Request, Response> handler) {
    Serve<Request, Response>(method, [&object, handler](const Call& call, const Request& request) {
      return (object.*handler)(call, request);
    });
  }
  // The same with anything that can be called with (const Call&, const Request&).
  template <typename Request, typename Response, typename Handle>
  void Serve(const char* method, Handle handle) {
    const Method& rules = Bind(method, *Request::descriptor(), *Response::descriptor());
    Add(rules,
        [&gate = gate_, &rules, handle](Context* context, grpc::ByteBuffer& body, grpc::ByteBuffer& answer) {
          auto call = std::make_shared<Of<Request>>(gate, rules, *context, body, answer);
          if (call->Receive(Room::kTaken)) {
            call->Queue([call, handle] {
              if (call->Resume()) Run(*call, handle);
            });
          }
          return call->reactor();
        });
  }

  // On gRPC's own thread, at once: the way to a worker and back costs more than the work. Only for handlers
  // that never wait: they read a few records of this service's store, or leave word with it, or with a peer,
  // and answer later. gRPC has two such threads at least, and whoever waits on one keeps all calls waiting.
  template <typename Object, typename Request, typename Response>
  void ServeAtOnce(const char* method, Object& object, Handler<Object, Request, Response> handler) {
    const Method& rules = Bind(method, *Request::descriptor(), *Response::descriptor());
    Add(rules, [&gate = gate_, &rules, &object, handler](Context* context, grpc::ByteBuffer& body,
                                                         grpc::ByteBuffer& answer) {
      Of<Request> call(gate, rules, *context, body, answer);
      if (call.Receive(Room::kNone)) {
        Run(call, [&](const Call& c, const Request& request) { return (object.*handler)(c, request); });
      }
      return call.reactor();
    });
  }
  template <typename Object, typename Request, typename Response>
  void ServeAtOnce(const char* method, Object& object, LaterHandler<Object, Request, Response> handler) {
    const Method& rules = Bind(method, *Request::descriptor(), *Response::descriptor());
    Add(rules, [&gate = gate_, &rules, &object, handler](Context* context, grpc::ByteBuffer& body,
                                                         grpc::ByteBuffer& answer) {
      auto call = std::make_shared<Of<Request>>(gate, rules, *context, body, answer);
      if (call->Receive(Room::kTaken) && call->Enter()) RunLater(call, object, handler);
      return call->reactor();
    });
  }

  // A server stream, supplied by `feed` (watch.h), which must outlive the service.
  template <typename Request, typename Response>
  void Stream(const char* method, Feed& feed, typename Watch<Request, Response>::Open open) {
    const Method& rules = Bind(method, *Request::descriptor(), *Response::descriptor(), true);
    AddStream(rules, [&gate = gate_, &rules, &feed, open = std::move(open)](Context* context,
                                                                            grpc::ByteBuffer& body) {
      return Watch<Request, Response>::Start(gate, rules, feed, *context, body, open);
    });
  }

  // The method is not there for callers: UNIMPLEMENTED.
  void NotServed(const char* method);
  // Neither is any that is not bound yet. For the partial services of tests: a real one names what it leaves
  // out.
  void NothingElse();

  // Once.
  std::shared_ptr<grpc::Service> Build();

 private:
  class RawService;
  using Unary = std::function<Reactor*(Context*, grpc::ByteBuffer& body, grpc::ByteBuffer& answer)>;
  using Streamer =
      std::function<grpc::ServerWriteReactor<grpc::ByteBuffer>*(Context*, grpc::ByteBuffer& body)>;

  template <typename Request>
  struct Of final : Underway {
    using Underway::Underway;
    ~Of() { rules().secrets.Wipe(request); }
    Request request;
  };

  template <typename Request, typename Handle>
  static void Run(Of<Request>& call, const Handle& handle) {
    if (!call.Admit(call.request)) return;
    const kv::OriginScope scope(call.origin());
    call.End(handle(call.call(), call.request));
  }

  template <typename Object, typename Request, typename Response>
  static void RunLater(std::shared_ptr<Of<Request>> call, Object& object,
                       LaterHandler<Object, Request, Response> handler) {
    if (!call->Admit(call->request)) return;
    const kv::OriginScope scope(call->origin());
    Answer<Response> answer([call](absl::StatusOr<Response> a) { call->End(std::move(a)); });
    (object.*handler)(call->call(), call->request, std::move(answer));
  }

  const Method& Bind(const char* method, const google::protobuf::Descriptor& request,
                     const google::protobuf::Descriptor& response, bool streams = false);
  void Add(const Method& rules, Unary unary);
  void AddStream(const Method& rules, Streamer streamer);

  Gate& gate_;
  const std::string name_;
  std::map<std::string, const Method*, std::less<>> unbound_;
  std::shared_ptr<RawService> service_;
};

}  // namespace tc::rpc
