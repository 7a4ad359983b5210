// The pages that are printed from the code are those that stand in docs/, and the bounds of every policy key
// are kept.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/testing/status.h"
#include "tests/pages/permission_page.h"
#include "tests/pages/policy_page.h"
#include "tests/pages/state_page.h"

namespace tc::pages {
namespace {

using testing::IsOk;
using testing::Violates;

std::string Docs(const std::string& name) {
  const std::ifstream in(absl::StrCat(TC_DOCS, "/", name));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Pages, StandInTheDocumentationAsTheCodePrintsThem) {
  EXPECT_EQ(Docs("policy.md"), PolicyPage()) << "run build/dev/tests/tc_pages docs";
  EXPECT_EQ(Docs("state-machines.md"), StatePage()) << "run build/dev/tests/tc_pages docs";
  EXPECT_EQ(Docs("permissions.md"), PermissionPage()) << "run build/dev/tests/tc_pages docs, and look at it";
}

class EveryPolicyKey : public ::testing::TestWithParam<std::pair<std::string, PolicyKey>> {
 protected:
  absl::StatusOr<PolicyValues> With(int64_t value) const {
    const PolicyKey& key = GetParam().second;
    return ResolvePolicy({key}, "gosuslugi", {{key.name, std::to_string(value)}});
  }
};

std::vector<std::pair<std::string, PolicyKey>> Keys() {
  std::vector<std::pair<std::string, PolicyKey>> keys;
  for (const ServiceKeys& service : AllPolicyKeys()) {
    for (const PolicyKey& key : service.keys) keys.emplace_back(service.service, key);
  }
  return keys;
}

TEST_P(EveryPolicyKey, KeepsItsBoundsInBothProfilesAndNamesItselfWhenTheyAreBroken) {
  const PolicyKey& key = GetParam().second;
  EXPECT_LE(key.min, key.gosuslugi);
  EXPECT_LE(key.gosuslugi, key.max);
  EXPECT_LE(key.min, key.strict);
  EXPECT_LE(key.strict, key.max);
  EXPECT_THAT(With(key.min), IsOk());
  EXPECT_THAT(With(key.max), IsOk());
  for (const int64_t value : {key.min - 1, key.max + 1}) {
    const absl::Status refused = With(value).status();
    EXPECT_THAT(refused, Violates("POLICY_VALUE_OUT_OF_BOUNDS"));
    EXPECT_EQ(ViolationsOf(refused).front().field, key.name);
  }
}

TEST_P(EveryPolicyKey, IsKnownToTheOtherServicesAsSomebodyElses) {
  const auto& [owner, key] = GetParam();
  for (const ServiceKeys& service : AllPolicyKeys()) {
    if (service.service == owner) continue;
    EXPECT_THAT(ResolvePolicy(service.keys, "strict", {{key.name, "1"}}, /*ignore_foreign=*/true), IsOk())
        << service.service;
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryPolicyKey, ::testing::ValuesIn(Keys()), [](const auto& test) {
  std::string name = test.param.second.name;
  for (char& c : name) c = c == '.' ? '_' : c;
  return name;
});

TEST(PolicyKeys, AreNobodysTwice) {
  std::set<std::string> names;
  for (const auto& [service, key] : Keys()) EXPECT_TRUE(names.insert(key.name).second) << key.name;
}

}  // namespace
}  // namespace tc::pages
