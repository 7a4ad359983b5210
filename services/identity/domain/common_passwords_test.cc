#include "services/identity/domain/common_passwords.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/identity/domain/password_policy.h"

namespace tc::identity {
namespace {

// The lists of which the tables were made (cmake/dependencies.cmake).
std::vector<std::string> LinesOf(const char* path, const char* comment) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && !absl::StartsWith(line, comment)) lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> LeakedPasswords() { return LinesOf("/usr/share/john/password.lst", "#!"); }

PasswordPolicy PolicyOf(const char* profile) {
  return MakePolicy(*ResolvePolicy(PolicyKeys(), profile, {})).password;
}

// What is wrong with a password besides its being common; whether it is common.
struct Verdict {
  bool fits_otherwise = true;
  bool common = false;
};
Verdict Judge(const std::string& password, const PasswordPolicy& policy) {
  Verdict verdict;
  for (const PasswordViolation& v : CheckPassword(NormalisedPassword(Secret(password)), policy, {})) {
    (v.rule == PasswordRule::kCommon ? verdict.common : verdict.fits_otherwise) =
        v.rule == PasswordRule::kCommon;
  }
  return verdict;
}

// A form of `word` as people make it of a password when rules demand classes; empty when none fits the rules.
std::string Decorated(std::string word, const PasswordPolicy& policy) {
  absl::AsciiStrToLower(&word);
  const auto letter = std::find_if(word.begin(), word.end(), absl::ascii_isalpha);
  if (letter != word.end()) *letter = absl::ascii_toupper(static_cast<unsigned char>(*letter));
  for (const char* end : {"1!", "7!", "!2", "24!", "2024!", "!2024", "1!2!", "2024!?"}) {
    if (Judge(word + end, policy).fits_otherwise) return word + end;
  }
  return "";
}

TEST(CommonPasswords, AreSortedAndMoreThanAHundredThousand) {  // PWD-10, V6.2.4
  for (const absl::Span<const uint64_t> table : {CommonestPasswords(), CommonWords()}) {
    EXPECT_TRUE(std::is_sorted(table.begin(), table.end()));
    EXPECT_EQ(std::adjacent_find(table.begin(), table.end()), table.end());
  }
  EXPECT_GE(CommonestPasswords().size(), 3000U);
  EXPECT_GE(CommonestPasswords().size() + CommonWords().size(), 100000U);
}

TEST(CommonPasswords, AreRefusedInGosuslugiAlsoWhenMadeToFitItsRules) {  // PWD-10: at least 3,000
  const PasswordPolicy policy = PolicyOf("gosuslugi");
  int fitting = 0;
  for (const std::string& word : LeakedPasswords()) {
    EXPECT_TRUE(Judge(word, policy).common) << word;
    const std::string password = Decorated(word, policy);
    if (password.empty() || word.size() < 4) continue;
    fitting += 1;
    EXPECT_TRUE(Judge(password, policy).common) << password;
  }
  EXPECT_GE(fitting, 3000);
}

TEST(CommonPasswords, AreRefusedInStrictAlsoWhenRepeatedToItsLength) {
  const PasswordPolicy policy = PolicyOf("strict");
  int fitting = 0;
  for (const std::string& word : LeakedPasswords()) {
    std::string password = word;
    while (password.size() < 15) password += word;
    EXPECT_TRUE(Judge(password, policy).common) << password;
    fitting += Judge(password, policy).fits_otherwise ? 1 : 0;
  }
  EXPECT_GE(fitting, 3000);
}

TEST(CommonPasswords, AreAllWordsOfTheDictionaries) {
  size_t words = 0;
  for (const std::string& word : LinesOf("/usr/share/dict/cracklib-small", "#")) {
    if (word.size() < 4) continue;
    words += 1;
    EXPECT_TRUE(IsCommonPassword(ListForm(word))) << word;
  }
  for (const std::string& line : LinesOf("/usr/share/hunspell/ru_RU.dic", "#")) {
    const std::string form = ListForm(line.substr(0, line.find('/')));
    if (form.size() < 8) continue;  // four Cyrillic letters
    words += 1;
    EXPECT_TRUE(IsCommonPassword(form)) << form;
  }
  EXPECT_GE(words, 100000U);
}

TEST(CommonPasswords, AreRecognisedAsTypedOnTheOtherLayout) {
  for (const char* form :
       {"gfhjkm", "ghbdtn", "k.,jdm", "cjkysirj", "ljcnjghbvtxfntkmyjcnm", "зфыыцщкв", "йцукен"}) {
    EXPECT_TRUE(IsCommonPassword(form)) << form;
    EXPECT_TRUE(IsCommonPassword(absl::StrCat(form, "24!"))) << form;
  }
}

struct Edge {
  const char* form;
  bool common;
};

TEST(CommonPasswords, AreNotRecognisedUnderMoreThanEightDecorations) {
  for (const Edge& edge : {Edge{"dragon48151623", true},
                           Edge{"48151623dragon", true},
                           Edge{"4815dragon1623", true},
                           Edge{"dragon481516230", false},
                           Edge{"481516230dragon", false},
                           Edge{"48151dragon6230", false},
                           Edge{"d4r8a1g5o1n6", true},
                           Edge{"dragon123456789012", true},
                           Edge{"dragon!!!!!!!!!!!!!!", true},
                           Edge{"dr4g0n", true},
                           Edge{"dr@g0n1!", true},
                           Edge{"dragondragondragon", true},
                           Edge{"dragon7dragon7", true},
                           Edge{"dragonzebraviolin", false},
                           Edge{"wolf7!x9", false},
                           Edge{"wo7lf!x", false},  // four letters with others between them are too few
                           Edge{"dogx7!q", false},
                           Edge{"abcabcabc", true},
                           Edge{"abzabz", true},
                           Edge{"kp7wkp7w", false},
                           Edge{"zk7", true},
                           Edge{"12345zk7", true},
                           Edge{"12345zk7q", false}}) {
    EXPECT_EQ(IsCommonPassword(edge.form), edge.common) << edge.form;
  }
}

TEST(CommonPasswords, AreSeldomSeenInRandomOnes) {
  std::mt19937 random(7);
  const std::string characters = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%&*?";
  int refused = 0;
  for (int i = 0; i < 10000; ++i) {
    std::string password;
    while (password.size() < 9) password += characters[random() % characters.size()];
    refused += IsCommonPassword(password) ? 1 : 0;
  }
  EXPECT_LE(refused, 20);
}

}  // namespace
}  // namespace tc::identity
