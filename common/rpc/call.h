#pragma once

// Call: everything that a handler may know about who asks and when. The gate has decided it; a handler trusts
// it. A plain value: handler tests make one with common/testing/call.h. Knows no gRPC.

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/base/id.h"

namespace tc::rpc {

// The peer's role, from the URI SAN spiffe://<trust-domain>/<role>/<name> of its certificate.
enum class Role {
  kPortal,
  kService,
  kIdentityProvider,
  kServiceCentre,
  kBank,
  kPost,
  kOperator,
  kMonitor,
  kGateway,
  kAuditor,
};

struct Peer {
  Role role = Role::kMonitor;
  std::string name;  // "recovery", "gosuslugi-web"
};

// The signed-in person, from the verified assertion.
struct Person {
  AccountId account;
  absl::Time auth_time;              // when he last proved himself to the issuer
  std::string session;               // sid
  std::string device;                // empty when unknown
  std::vector<std::string> methods;  // amr
};

struct Call {
  std::string id;      // correlation id, in the log and in INTERNAL errors
  std::string method;  // "trustedcontact.linking.v1.LinkingService/CreateInvitation"
  absl::Time now;      // read once; the only time a handler knows
  absl::Time deadline;
  Peer peer;
  std::optional<Person> person;  // present wherever the method's rules demand a party
  std::string request_id;        // UUID; present wherever the method mutates
  std::string fingerprint;       // keyed hash of the request's bytes
};

}  // namespace tc::rpc
