#include "tools/tcctl/spool.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"
#include "tools/tcctl/dev_suite.h"

namespace tc::dev {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

struct CodeCase {
  const char* text;
  const char* code;
};
class CodeOfTest : public ::testing::TestWithParam<CodeCase> {};

TEST_P(CodeOfTest, ReadsTheLastLineOfAnSmsAndTheHeadOfAMail) {
  EXPECT_EQ(CodeOf(GetParam().text), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(, CodeOfTest,
                         ::testing::Values(CodeCase{"Code 123456.\n@gosuslugi.ru #123456", "123456"},
                                           CodeCase{"Code\n@host #001234\n", "001234"},
                                           CodeCase{"@host #12a4", ""},
                                           CodeCase{"@host #123456\nand more", ""}, CodeCase{"@host", ""},
                                           CodeCase{"Code 654321: x\n@host #123456", "123456"},
                                           CodeCase{"Code 001234: adding your e-mail. Never tell.", "001234"},
                                           CodeCase{"Код 123456: привязка почты.", "123456"},
                                           CodeCase{"Code of honour: none", ""}, CodeCase{"Code 123456", ""},
                                           CodeCase{"You are now a trusted contact.", ""}, CodeCase{"", ""}));

class SpoolTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& to, const std::string& text, int second) {
    const std::string path = absl::StrCat(directory_.path(), "/", name);
    std::ofstream(path) << R"({"channel":"sms","to":")" << to << R"(","text":")" << text << "\"}";
    const auto time = std::filesystem::file_time_type::clock::now() + std::chrono::seconds(second - 100);
    std::filesystem::last_write_time(path, time);
  }

  TemporaryDir directory_;
  Spool spool_{directory_.path()};
};

TEST_F(SpoolTest, ShowsAnInboxOldestFirst) {
  Write("a.json", "+79161234567", "second", 2);
  Write("b.json", "+79161234567", "first", 1);
  Write("c.json", "+79160000000", "somebody else's", 3);
  EXPECT_THAT(spool_.Inbox("+79161234567"),
              ElementsAre(Field(&Message::text, "first"), Field(&Message::text, "second")));
}

TEST_F(SpoolTest, ShowsEverybodysMessages) {
  Write("a.json", "+79161234567", "one", 1);
  Write("b.json", "+79160000000", "two", 2);
  EXPECT_EQ(spool_.Inbox("").size(), 2u);
}

TEST_F(SpoolTest, PassesOverWhatIsNotWritten) {
  Write("a.json.tmp", "+79161234567", "a draft", 1);
  EXPECT_TRUE(spool_.Inbox("+79161234567").empty());
}

TEST_F(SpoolTest, FindsTheNewestCodeBehindANotice) {
  Write("a.json", "+79161234567", R"(Code\n@host #111111)", 1);
  Write("b.json", "+79161234567", R"(Code\n@host #222222)", 2);
  Write("c.json", "+79161234567", "A notice.", 3);
  EXPECT_EQ(spool_.AwaitCode("+79161234567", 0).value(), "222222");
}

TEST_F(SpoolTest, DoesNotTakeAnOldCodeForANewOne) {
  Write("a.json", "+79161234567", R"(Code\n@host #111111)", 1);
  EXPECT_THAT(spool_.AwaitCode("+79161234567", 1, absl::ZeroDuration()),
              testing::HasCode(absl::StatusCode::kDeadlineExceeded));
}

}  // namespace
}  // namespace tc::dev
