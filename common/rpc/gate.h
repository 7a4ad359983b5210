#pragma once

// Gate: what every call passes before its handler, in fixed order (ARCHITECTURE.md): errors masked → call id
// → log → metrics → life cycle → deadline → who is the peer → how often → may the peer → how much at once
// (Receive, on the thread that the call came on) → who is the person → how often he → size of the bytes →
// the message in them → syntax → request id → fingerprint (Admit, also on a worker). Not a byte of the
// request is read before its caller is known and let in. Rules come from the proto method options
// (trustedcontact.options.v1.rules). Thread-safe.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/hmac.h"
#include "common/env/clock.h"
#include "common/env/random.h"
#include "common/rpc/arrival.h"
#include "common/rpc/body.h"
#include "common/rpc/call.h"
#include "common/rpc/rate.h"

namespace google::protobuf {
class Message;
class ServiceDescriptor;
}  // namespace google::protobuf
namespace grpc {
class CallbackServerContext;
class Status;
}  // namespace grpc

namespace tc::rpc {

struct Method;  // one method's rules and its metric children

// What a call takes of that which others may need: a worker, a place in their queue, a place among the calls
// that answer later; or a place among the streams of its method. What is answered at once takes nothing, so
// it is answered whatever waits.
enum class Room { kNone, kTaken, kStream };

// A call on its way: let in so far (status OK), or why not.
struct Admission {
  absl::Status status;
  Call call;           // whole after Admit
  std::string caller;  // "portal/gosuslugi-web"; empty until the peer is known
  Credentials credentials;
  SteadyTime arrived;
  bool tell_id = false;      // the client has sent a call id: it wants to know ours
  Room takes = Room::kNone;  // counted among what its peer has under way
};

struct GateOptions {
  int workers = 64;  // handler threads; they wait for the writer and for peers
  int queue = 1024;  // calls waiting for a worker; beyond it RESOURCE_EXHAUSTED / OVERLOADED
  size_t max_request_bytes = 16 * 1024;
  // Of each peer, services excepted (API-13, C-W 74). Beyond it RESOURCE_EXHAUSTED / RATE_LIMITED.
  Rate peer_rate = {10000, 10000};
  // Of each person who is signed in, by whichever peers he calls (API-13).
  Rate person_rate = {10, 20};
  // Calls of one peer that take room at a time, beyond it RESOURCE_EXHAUSTED / OVERLOADED; 0: three quarters
  // of workers and queue, so that others find room beside any one peer.
  int peer_in_flight = 0;
  // Streams of one method that one peer may have open at a time, beyond it OVERLOADED: three quarters of what
  // a feed supplies (feed.h), so that those who follow find room beside any one peer.
  int peer_streams = 192;
  bool open = true;  // false: nobody is let in before Open
  // Told, as a call is settled, of each that was answered PERMISSION_DENIED or UNAUTHENTICATED, or refused by
  // a limit of what callers may do; what is not known of the call yet is empty. May be empty. Must not wait:
  // it runs on the thread that answers.
  std::function<void(const Call&, const Method&, const absl::Status&)> on_refusal = nullptr;
};

class Gate {
 public:
  Gate(GateOptions options, std::unique_ptr<Authenticator> authenticator, crypto::KeyedHash fingerprint,
       const Clock& clock, Random& random);
  ~Gate();

  // The methods of a service of the generated pool, by their short names. Aborts with a message that names
  // the method when one has no rules: an unguarded method must not start.
  std::map<std::string, const Method*, std::less<>> MethodsOf(absl::string_view service);
  std::map<std::string, const Method*, std::less<>> MethodsOf(
      const google::protobuf::ServiceDescriptor& service);

  // The call has come. Each Receive is followed by one Settle or Overloaded, whatever it found.
  Admission Receive(const Method& method, const grpc::CallbackServerContext& context, Room room);
  Admission Receive(const Method& method, Arrival arrival, Room room,
                    SteadyTime arrived = std::chrono::steady_clock::now());
  // For a call that has waited since: is it still wanted? Its handler's time begins anew. Tells in
  // admission.status.
  void Resume(const Method& method, const grpc::CallbackServerContext& context, Admission& admission);
  void Resume(const Method& method, const Arrival& arrival, Admission& admission);
  // For a call that was let in so far: may its handler begin? Reads `body` into `request`, and drops it.
  // Tells in admission.status.
  void Admit(const Method& method, Admission& admission, Body& body, google::protobuf::Message& request);
  // Counts, logs, and translates; INTERNAL, UNKNOWN and DATA_LOSS leave as a neutral sentence with the call's
  // id. The trailing metadata "tc-call-id" tells the id of a call that failed, and of one that came with such
  // metadata: a header that differs in every answer costs a tenth of a look-up.
  grpc::Status Settle(const Method& method, const Admission& admission, grpc::CallbackServerContext& context,
                      const absl::Status& status);
  grpc::Status Settle(const Method& method, const Admission& admission, const absl::Status& status);
  // Instead, for a call that TryRun or Enter did not take: SHUTTING_DOWN when the gate is closed, else
  // OVERLOADED. Counted, not logged.
  grpc::Status Overloaded(const Method& method, const Admission& admission);

  // Queues `work` for a worker; false when the queue is full or the gate is closed.
  bool TryRun(std::function<void()> work);
  // For a call that ends without a worker: true, and one Leave when it has ended; false when too many such
  // calls are under way or the gate is closed.
  bool Enter();
  void Leave();
  // Calls are let in, unless the gate is closed; before they were refused as after Close.
  void Open();
  // From now on calls are refused with UNAVAILABLE / SHUTTING_DOWN.
  void Close();
  // Waits until every accepted call has ended; false when `at_most` passed first.
  bool Drain(absl::Duration at_most = absl::InfiniteDuration());

  const Clock& clock() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tc::rpc
