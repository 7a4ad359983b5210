#include "common/base/policy.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/mistakes.h"
#include "common/base/status.h"

namespace tc {
namespace {

// Of all four services; docs/policy.md lists their keys.
constexpr absl::string_view kSuitePrefixes[] = {"account", "contact",  "eligibility", "link",    "login",
                                                "otp",     "password", "phone",       "recovery"};

bool IsOfTheSuite(absl::string_view prefix) {
  return std::find(std::begin(kSuitePrefixes), std::end(kSuitePrefixes), prefix) != std::end(kSuitePrefixes);
}

std::string Prefix(absl::string_view name) { return std::string(name.substr(0, name.find('.'))); }

}  // namespace

absl::StatusOr<PolicyValues> ResolvePolicy(const std::vector<PolicyKey>& keys, absl::string_view profile,
                                           const std::map<std::string, std::string>& overrides,
                                           bool ignore_foreign) {
  Mistakes mistakes;
  if (profile != "gosuslugi" && profile != "strict") {
    mistakes.Add("policy", "POLICY_PROFILE_UNKNOWN",
                 absl::StrCat("there is no profile \"", profile, "\": gosuslugi or strict"));
  }
  PolicyValues values;
  std::set<std::string> prefixes;
  for (const PolicyKey& key : keys) {
    values[key.name] = profile == "strict" ? key.strict : key.gosuslugi;
    prefixes.insert(Prefix(key.name));
  }
  for (const auto& [name, text] : overrides) {
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&name = name](const PolicyKey& k) { return name == k.name; });
    if (key == keys.end()) {
      const std::string prefix = Prefix(name);
      if (ignore_foreign && prefixes.count(prefix) == 0 && IsOfTheSuite(prefix)) continue;
      mistakes.Add(name, "POLICY_KEY_UNKNOWN", absl::StrCat("there is no key ", name));
      continue;
    }
    int64_t value = 0;
    if (!absl::SimpleAtoi(text, &value)) {
      mistakes.Add(name, "POLICY_VALUE_NOT_A_NUMBER", absl::StrCat(name, " must be a whole number"));
    } else if (value < key->min || value > key->max) {
      mistakes.Add(name, "POLICY_VALUE_OUT_OF_BOUNDS",
                   absl::StrCat(name, " = ", value, " is outside its bounds ", key->min, " to ", key->max));
    } else {
      values[name] = value;
    }
  }
  TRY(mistakes.status("the policy has mistakes"));
  return values;
}

}  // namespace tc
