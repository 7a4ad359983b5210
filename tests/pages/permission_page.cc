#include "tests/pages/permission_page.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "trustedcontact/admin/v1/admin.pb.h"
#include "trustedcontact/events/v1/events.pb.h"
#include "trustedcontact/identity/v1/identity.pb.h"
#include "trustedcontact/linking/v1/linking.pb.h"
#include "trustedcontact/options/v1/options.pb.h"
#include "trustedcontact/otp/v1/otp.pb.h"
#include "trustedcontact/recovery/v1/recovery.pb.h"

namespace tc::pages {
namespace {

namespace options = trustedcontact::options::v1;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr int kUsualDeadlineMs = 5000;

constexpr char kHead[] =
    "# Permissions\n\n"
    "Who may call what. A row lets one kind of caller in: a peer of this role, by the URI SAN of its client "
    "certificate (`spiffe://<trust domain>/<role>/<name>`), of one of these\nnames, with this person signed "
    "in. What has no row is PERMISSION_DENIED / ROLE_NOT_ALLOWED before a byte of the request is read; a row "
    "whose person is missing is\nUNAUTHENTICATED / PERSON_REQUIRED. Whose object it is, is asked after that: "
    "somebody else's is NOT_FOUND, as one that does not exist.\n\n"
    "*Writes*: the call changes something and must carry a `request_id`. *Time*: how long the server "
    "works on it at most.\n\n"
    "This page is printed from the options of the methods (`tests/pages`), which the gate enforces; a test "
    "compares it, and another (`tests/e2e/permissions_test.cc`) tries every\nrole at every method of the "
    "running programs and takes this page for the truth. A change of it is a change of who may do what.\n";

std::string RoleOf(const options::Caller& caller) {
  const absl::string_view name = options::Role_Name(caller.role());
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(name, "ROLE_")), {{"_", "-"}});
}

std::string PersonOf(const options::Caller& caller) {
  switch (caller.party()) {
    case options::PARTY_OWNER:
      return "the owner";
    case options::PARTY_PRINCIPAL:
      return "the principal";
    case options::PARTY_CONTACT:
      return "the contact";
    case options::PARTY_EITHER:
      return "the principal or the contact";
    default:
      return "nobody";
  }
}

std::string Rows(const MethodDescriptor& method) {
  const options::MethodRules& rules = method.options().GetExtension(options::rules);
  const int deadline_ms = rules.deadline_ms() > 0 ? rules.deadline_ms() : kUsualDeadlineMs;
  std::string rows;
  for (const options::Caller& caller : rules.callers()) {
    absl::StrAppend(&rows, "| `", method.name(), "` | ", RoleOf(caller), " | ",
                    caller.names().empty() ? "any" : absl::StrJoin(caller.names(), ", "), " | ",
                    PersonOf(caller), " | ", rules.mutates() ? "yes" : "no", " | ",
                    method.server_streaming() ? "stream" : absl::StrCat(deadline_ms / 1000, " s"), " |\n");
  }
  return rows;
}

template <typename Request>
const ServiceDescriptor* Api(const char* name) {
  return Request::descriptor()->file()->FindServiceByName(name);
}

}  // namespace

std::vector<ServedApi> AllApis() {
  namespace tcv = trustedcontact;
  return {{Api<tcv::identity::v1::GetAccountRequest>("IdentityService"), "identity"},
          {Api<tcv::linking::v1::GetGuardRequest>("LinkingService"), "linking"},
          {Api<tcv::recovery::v1::GetRecoveryRequest>("RecoveryService"), "recovery"},
          {Api<tcv::otp::v1::GetVerificationRequest>("OtpService"), "otp"},
          {Api<tcv::otp::v1::GetDeliveryRequest>("DeliveryService"), "otp"},
          {Api<tcv::events::v1::ListEventsRequest>("EventService"), "all four"},
          {Api<tcv::admin::v1::GetPolicyRequest>("AdminService"), "all four"}};
}

std::string PermissionPage() {
  std::string out = kHead;
  for (const ServedApi& served : AllApis()) {
    absl::StrAppend(&out, "\n## ", served.api->full_name(), "\n\nServed by ", served.programs,
                    ".\n\n| method | role | name | signed in | writes | time |\n|---|---|---|---|---|---|\n");
    for (int i = 0; i < served.api->method_count(); ++i) out += Rows(*served.api->method(i));
  }
  return out;
}

}  // namespace tc::pages
