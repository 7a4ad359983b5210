#include "tests/pages/policy_page.h"

#include "absl/strings/str_cat.h"
#include "services/identity/domain/policy.h"
#include "services/linking/domain/policy.h"
#include "services/otp/domain/policy.h"
#include "services/recovery/domain/policy.h"

namespace tc::pages {
namespace {

constexpr char kHead[] =
    "# Policy\n\n"
    "Every number that a rule uses is a key with a value in two profiles and bounds that no configuration "
    "can leave. `--policy gosuslugi` (the default) "
    "has what the users of\nthe Russian state portal see; `--policy strict` adds waiting times and second "
    "proofs. `--set KEY=VALUE` (repeated) changes one "
    "value. A key that no service has, a value\nthat is no whole number, or one outside its bounds stops the "
    "start with a message that names the key. "
    "Durations are seconds; 0 and 1 are off and on.\n\n"
    "One set of flags serves all four services: each takes its own keys. `AdminService.GetPolicy` (roles "
    "operator, monitor) shows what is in force, with "
    "bounds and meaning:\n\n"
    "```sh\ntcctl call linking/AdminService/GetPolicy --role operator/me\n```\n\n"
    "A recovery keeps the policy it was started under (`RecoverySummary.policy`); everything else takes "
    "effect with the restart of the service. This "
    "page is printed from the\nservices' own tables (`tests/pages`), and a test compares it.\n";

}  // namespace

std::vector<ServiceKeys> AllPolicyKeys() {
  return {{"identity", identity::PolicyKeys()},
          {"linking", linking::PolicyKeys()},
          {"recovery", recovery::PolicyKeys()},
          {"otp", otp::PolicyKeys()}};
}

std::string PolicyPage() {
  std::string out = kHead;
  for (const ServiceKeys& service : AllPolicyKeys()) {
    absl::StrAppend(&out, "\n## ", service.service,
                    "\n\n| key | gosuslugi | strict | bounds | meaning |\n|---|---|---|---|---|\n");
    for (const PolicyKey& key : service.keys) {
      absl::StrAppend(&out, "| `", key.name, "` | ", key.gosuslugi, " | ", key.strict, " | ", key.min, " – ",
                      key.max, " | ", key.meaning, " |\n");
    }
  }
  return out;
}

}  // namespace tc::pages
