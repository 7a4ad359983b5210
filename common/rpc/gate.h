#pragma once

// Gate: what every call passes before its handler, in fixed order (architecture.md): errors masked → call id → log → metrics →
// life cycle → deadline → who is the peer → may the peer → who is the person → size and syntax → fingerprint.
// Rules come from the proto method options (trustedcontact.options.v1.rules). Thread-safe.

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
#include "common/rpc/authenticator.h"
#include "common/rpc/call.h"

namespace google::protobuf {
class Message;
}
namespace grpc {
class CallbackServerContext;
class Status;
}  // namespace grpc

namespace tc::rpc {

struct Method;  // one method's rules and its metric children

// A call that was let in (status OK), or why not.
struct Admission {
  absl::Status status;
  Call call;
  absl::Time arrived;
};

struct GateOptions {
  int workers = 64;     // handler threads; they wait for the writer and for peers
  int queue = 1024;     // calls waiting for a worker; beyond it RESOURCE_EXHAUSTED / OVERLOADED
  size_t max_request_bytes = 16 * 1024;
};

class Gate {
 public:
  Gate(GateOptions options, std::unique_ptr<Authenticator> authenticator, crypto::KeyedHash fingerprint, const Clock& clock,
       Random& random);
  ~Gate();

  std::map<std::string, const Method*, std::less<>> MethodsOf(absl::string_view service);

  Admission Admit(const Method& method, grpc::CallbackServerContext& context, const google::protobuf::Message& request);
  // Counts, logs, and translates; INTERNAL, UNKNOWN and DATA_LOSS leave as a neutral sentence with the call's id.
  grpc::Status Settle(const Method& method, const Admission& admission, grpc::CallbackServerContext& context,
                      const absl::Status& status);
  grpc::Status Overloaded(const Method& method);

  // Queues `work` for a worker; false when the queue is full or the gate is closed.
  bool TryRun(std::function<void()> work);
  // From now on calls are refused with UNAVAILABLE / SHUTTING_DOWN.
  void Close();
  // Waits until every accepted call has ended.
  void Drain();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tc::rpc
