#include "common/rpc/method.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::rpc {
namespace {

namespace options = trustedcontact::options::v1;

constexpr int kDefaultDeadlineMs = 5000;

std::optional<Role> RoleOf(options::Role role) {
  switch (role) {
    case options::ROLE_PORTAL:
      return Role::kPortal;
    case options::ROLE_SERVICE:
      return Role::kService;
    case options::ROLE_IDENTITY_PROVIDER:
      return Role::kIdentityProvider;
    case options::ROLE_SERVICE_CENTRE:
      return Role::kServiceCentre;
    case options::ROLE_BANK:
      return Role::kBank;
    case options::ROLE_POST:
      return Role::kPost;
    case options::ROLE_OPERATOR:
      return Role::kOperator;
    case options::ROLE_MONITOR:
      return Role::kMonitor;
    case options::ROLE_GATEWAY:
      return Role::kGateway;
    case options::ROLE_AUDITOR:
      return Role::kAuditor;
    default:
      return std::nullopt;
  }
}

absl::Status Defect(const Method& method, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(method.name, ": ", what));
}

bool Fits(const Method::Caller& caller, const Peer& peer) {
  return caller.role == peer.role &&
         (caller.names.empty() ||
          std::find(caller.names.begin(), caller.names.end(), peer.name) != caller.names.end());
}

}  // namespace

obs::Counter& Method::Requests(absl::StatusCode code) const {
  // A code outside the canonical ones can come from a peer only; it counts as UNKNOWN.
  const auto index = static_cast<size_t>(code) < requests_.size() ? static_cast<size_t>(code) : size_t{2};
  obs::Counter* counter = requests_[index].load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &obs::GetCounter(
        "tc_rpc_requests_total", "Calls that ended, by method and status code.",
        {{"method", label}, {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(index))}});
    requests_[index].store(counter, std::memory_order_release);
  }
  return *counter;
}

absl::StatusOr<std::unique_ptr<Method>> ReadMethod(const google::protobuf::MethodDescriptor& descriptor) {
  auto method = std::make_unique<Method>();
  method->descriptor = &descriptor;
  method->name = absl::StrCat(descriptor.service()->full_name(), "/", descriptor.name());
  method->label = absl::StrCat(descriptor.service()->name(), "/", descriptor.name());
  if (!descriptor.options().HasExtension(options::rules))
    return Defect(*method, "has no trustedcontact.options.v1.rules");
  const options::MethodRules& rules = descriptor.options().GetExtension(options::rules);
  if (rules.callers().empty()) return Defect(*method, "its rules let nobody in");
  for (const options::Caller& caller : rules.callers()) {
    const std::optional<Role> role = RoleOf(caller.role());
    if (!role.has_value()) return Defect(*method, "its rules name a caller without a role");
    method->callers.push_back({*role, caller.party() != options::PARTY_UNSPECIFIED,
                               std::vector<std::string>(caller.names().begin(), caller.names().end())});
  }
  method->mutates = rules.mutates();
  method->deadline = absl::Milliseconds(rules.deadline_ms() > 0 ? rules.deadline_ms() : kDefaultDeadlineMs);
  if (method->mutates) {
    method->request_id = descriptor.input_type()->FindFieldByName("request_id");
    if (method->request_id == nullptr || method->request_id->is_repeated() ||
        method->request_id->type() != google::protobuf::FieldDescriptor::TYPE_STRING) {
      return Defect(*method, absl::StrCat("mutates, but ", descriptor.input_type()->name(),
                                          " has no string request_id"));
    }
  }
  absl::StatusOr<SecretFields> secrets = SecretFields::Of(*descriptor.input_type());
  if (!secrets.ok()) return Defect(*method, secrets.status().message());
  method->secrets = *std::move(secrets);
  method->seconds = &obs::GetHistogram("tc_rpc_seconds",
                                       "Seconds from arrival to the answer, waiting for a worker included.",
                                       {{"method", method->label}});
  method->in_flight =
      &obs::GetGauge("tc_rpc_in_flight", "Calls and streams under way.", {{"method", method->label}});
  return method;
}

absl::Status MayPeerCall(const Method& method, const Peer& peer) {
  for (const Method::Caller& caller : method.callers) {
    if (Fits(caller, peer)) return absl::OkStatus();
  }
  return Refuse(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed,
                "this peer may not call this method");
}

absl::Status IsPersonPresent(const Method& method, const Peer& peer, bool signed_in) {
  if (signed_in) return absl::OkStatus();
  for (const Method::Caller& caller : method.callers) {
    if (Fits(caller, peer) && !caller.person) return absl::OkStatus();
  }
  return Refuse(absl::StatusCode::kUnauthenticated, Reason::kPersonRequired,
                "this method acts for a person, and nobody is signed in");
}

}  // namespace tc::rpc
