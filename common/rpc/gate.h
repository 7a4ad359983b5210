#pragma once

// Gate: what every call passes before its handler, in fixed order (ARCHITECTURE.md): errors masked → call id
// → log → metrics → life cycle → deadline → who is the peer → may the peer → who is the person → size and
// syntax → fingerprint. Rules come from the proto method options (trustedcontact.options.v1.rules).
// Thread-safe.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/hmac.h"
#include "common/env/clock.h"
#include "common/env/random.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/call.h"

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

// What the transport tells about a call, without gRPC's types.
struct Arrival {
  Credentials credentials;
  std::optional<absl::Duration> remaining;  // of the client's deadline; nullopt: it set none
  bool cancelled = false;
  std::string call_id;  // that the client sent; believed of services only, others are told ours
};

// A call that was let in (status OK), or why not.
struct Admission {
  absl::Status status;
  Call call;
  std::chrono::steady_clock::time_point arrived;
  bool tell_id = false;  // the client has sent a call id: it wants to know ours
};

struct GateOptions {
  int workers = 64;  // handler threads; they wait for the writer and for peers
  int queue = 1024;  // calls waiting for a worker; beyond it RESOURCE_EXHAUSTED / OVERLOADED
  size_t max_request_bytes = 16 * 1024;
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

  // Each Admit is followed by one Settle, whatever Admit found. `arrived`: when the call came, before it
  // waited for a worker.
  Admission Admit(const Method& method, grpc::CallbackServerContext& context,
                  const google::protobuf::Message& request,
                  std::chrono::steady_clock::time_point arrived = std::chrono::steady_clock::now());
  Admission Admit(const Method& method, const Arrival& arrival, const google::protobuf::Message& request);
  // Counts, logs, and translates; INTERNAL, UNKNOWN and DATA_LOSS leave as a neutral sentence with the call's
  // id. The trailing metadata "tc-call-id" tells the id of a call that failed, and of one that came with such
  // metadata: a header that differs in every answer costs a tenth of a look-up.
  grpc::Status Settle(const Method& method, const Admission& admission, grpc::CallbackServerContext& context,
                      const absl::Status& status);
  grpc::Status Settle(const Method& method, const Admission& admission, const absl::Status& status);
  // For a call that TryRun or Enter did not take: SHUTTING_DOWN when the gate is closed, else OVERLOADED.
  // Counted, not logged.
  grpc::Status Overloaded(const Method& method);

  // Queues `work` for a worker; false when the queue is full or the gate is closed.
  bool TryRun(std::function<void()> work);
  // For a call that ends without a worker: true, and one Leave when it has ended; false when too many such
  // calls are under way or the gate is closed.
  bool Enter();
  void Leave();
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
