// The audit log's vocabulary (LOG-03): docs/audit.md shows it, and it has every event that the services tell
// of.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/audit/vocabulary.h"
#include "services/linking/domain/effect.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/verification.h"

namespace tc::pages {
namespace {

std::vector<std::string> LinesOf(const std::string& name) {
  std::ifstream in(absl::StrCat(TC_DOCS, "/", name));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Vocabulary, StandsInTheDocumentation) {
  std::vector<std::string> shown;
  bool inside = false;
  for (const std::string& line : LinesOf("audit.md")) {
    if (inside && line.starts_with("| `")) shown.push_back(line);
    inside = inside || line == "## Vocabulary";
  }
  std::vector<std::string> expected;
  for (const audit::Term& term : audit::Vocabulary()) {
    const std::string result = term.result == "OK" ? "" : absl::StrCat(" (`", term.result, "`)");
    expected.push_back(absl::StrCat("| `", term.type, "` | ", term.services, " | `", term.name, "` | ",
                                    term.meaning, result, " |"));
  }
  EXPECT_EQ(shown, expected);
}

TEST(Vocabulary, HasEachTypeOnce) {
  std::set<std::string> types;
  for (const audit::Term& term : audit::Vocabulary()) {
    EXPECT_TRUE(types.emplace(term.type).second) << term.type;
    EXPECT_TRUE(audit::IsKnown(term.type));
  }
  EXPECT_FALSE(audit::IsKnown(""));
  EXPECT_FALSE(audit::IsKnown("NotOfTheVocabulary"));
}

TEST(Vocabulary, HasEveryEventOfTheTables) {
  const auto known = [](absl::string_view type) { return type.empty() || audit::IsKnown(type); };
  for (const auto effect : linking::kAllEffects) EXPECT_TRUE(known(linking::EventType(effect)));
  for (const auto effect : otp::kAllVerificationEffects) {
    EXPECT_TRUE(known(otp::EventType(effect))) << otp::EventType(effect);
  }
  for (const auto effect : otp::kAllDeliveryEffects) EXPECT_TRUE(known(otp::EventType(effect)));
}

// The sections "Events" name every type in the first column of their tables.
TEST(Vocabulary, HasEveryEventOfTheDocumentation) {
  for (const char* page : {"identity.md", "linking.md", "recovery.md", "otp.md"}) {
    bool inside = false;
    int found = 0;
    for (const std::string& line : LinesOf(page)) {
      if (line.starts_with("#")) inside = line == "## Events";
      if (!inside || !line.starts_with("| `")) continue;
      const std::string first = line.substr(0, line.find('|', 1));
      static const std::regex kType("`([A-Z][A-Za-z]+)`");
      for (std::sregex_iterator it(first.begin(), first.end(), kType), end; it != end; ++it) {
        EXPECT_TRUE(audit::IsKnown((*it)[1].str())) << page << ": " << (*it)[1];
        ++found;
      }
    }
    EXPECT_GT(found, 5) << page;
  }
}

}  // namespace
}  // namespace tc::pages
