#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "common/testing/status.h"
#include "services/identity/domain/password_policy.h"
#include "services/identity/domain/password_table_testing.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

PasswordPolicy PolicyOf(const char* profile) {
  return MakePolicy(*ResolvePolicy(PolicyKeys(), profile, {})).password;
}

std::string RulesOf(const std::string& password, const PasswordPolicy& policy) {
  Account account = GoodAccount("vanya-77");
  account.email = Email::FromTrusted("ivpetrov@example.org");
  const PersonalWords personal = PersonalWordsOf(account, {BoundPhone(account)});
  std::vector<std::string> rules;
  for (const PasswordViolation& v : CheckPassword(NormalisedPassword(Secret(password)), policy, personal)) {
    EXPECT_FALSE(v.sentence.empty());
    rules.emplace_back(RuleName(v.rule).substr(9));
  }
  return absl::StrJoin(rules, " ");
}

TEST(PasswordTable, IsJudgedByTheProfileGosuslugi) {
  const PasswordPolicy policy = PolicyOf("gosuslugi");
  for (const PasswordRow& row : PasswordRows())
    EXPECT_EQ(RulesOf(row.password, policy), row.gosuslugi) << row.password;
}

TEST(PasswordTable, IsJudgedByTheProfileStrict) {
  const PasswordPolicy policy = PolicyOf("strict");
  for (const PasswordRow& row : PasswordRows())
    EXPECT_EQ(RulesOf(row.password, policy), row.strict) << row.password;
}

TEST(PasswordTable, HasMoreThanAHundredAndFiftyDifferentPasswords) {
  std::set<std::string> different;
  for (const PasswordRow& row : PasswordRows()) different.insert(row.password);
  EXPECT_EQ(different.size(), PasswordRows().size());
  EXPECT_GE(different.size(), 150U);
}

TEST(PasswordTable, BreaksEachRuleInEachProfileThatHasIt) {
  for (int i = 1; i <= 12; ++i) {
    const auto rule = static_cast<PasswordRule>(i);
    const std::string name(RuleName(rule).substr(9));
    const auto broken = [&](const char* PasswordRow::*profile) {
      return std::count_if(PasswordRows().begin(), PasswordRows().end(), [&](const PasswordRow& row) {
        return (" " + std::string(row.*profile) + " ").find(" " + name + " ") != std::string::npos;
      });
    };
    if (rule == PasswordRule::kTooLong) continue;  // see CountsUpToTheMostAndRefusesOneMore
    EXPECT_GT(broken(&PasswordRow::gosuslugi), 0) << name;
    const bool everywhere =
        rule == PasswordRule::kTooShort || rule == PasswordRule::kControl || rule == PasswordRule::kCommon;
    EXPECT_EQ(broken(&PasswordRow::strict) > 0, everywhere) << name;
  }
}

}  // namespace
}  // namespace tc::identity
