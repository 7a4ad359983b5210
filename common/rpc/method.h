#pragma once

// Method: one method's rules, read from its proto options, and the children of its metrics. Immutable after
// ReadMethod but for the counters it looks up; thread-safe.

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/obs/metrics.h"
#include "common/rpc/call.h"
#include "common/rpc/secret_fields.h"

namespace google::protobuf {
class FieldDescriptor;
class MethodDescriptor;
}  // namespace google::protobuf

namespace tc::rpc {

struct Method {
  struct Caller {
    Role role = Role::kMonitor;
    bool person = false;             // somebody must be signed in
    std::vector<std::string> names;  // empty: every name
  };

  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  std::string name;   // "trustedcontact.linking.v1.LinkingService/CreateInvitation"
  std::string label;  // "LinkingService/CreateInvitation", in metrics
  std::vector<Caller> callers;
  bool mutates = false;
  absl::Duration deadline;                                        // what the server grants at most
  const google::protobuf::FieldDescriptor* request_id = nullptr;  // where it mutates
  SecretFields secrets;                                           // of the request
  obs::Histogram* seconds = nullptr;
  obs::Gauge* in_flight = nullptr;

  // tc_rpc_requests_total{method, code}: looked up at the first use of a code.
  obs::Counter& Requests(absl::StatusCode code) const;

 private:
  mutable std::array<std::atomic<obs::Counter*>, 17> requests_{};
};

// FAILED_PRECONDITION, naming the method, when it has no rules, a caller without a role, mutates without a
// string request_id, or takes a request that may contain itself.
absl::StatusOr<std::unique_ptr<Method>> ReadMethod(const google::protobuf::MethodDescriptor& descriptor);

// Whether `peer` may call at all (PERMISSION_DENIED / ROLE_NOT_ALLOWED), and with that person
// (UNAUTHENTICATED / PERSON_REQUIRED).
absl::Status MayPeerCall(const Method& method, const Peer& peer);
absl::Status IsPersonPresent(const Method& method, const Peer& peer, bool signed_in);

}  // namespace tc::rpc
