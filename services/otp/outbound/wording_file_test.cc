#include "services/otp/outbound/wording_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"

namespace tc::otp {
namespace {

using testing::HasCode;
using testing::IsOk;

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WordingFile : public ::testing::Test {
 protected:
  WordingFile() { std::filesystem::create_directories(directory_); }
  ~WordingFile() override { std::filesystem::remove_all(directory_); }

  void Write(const std::string& name, const std::string& content) {
    std::ofstream(directory_ + "/" + name) << content;
  }
  absl::StatusOr<Wording> Open() const { return OpenWording(directory_); }
  // "place REASON" of every mistake.
  std::vector<std::string> Mistakes() const {
    std::vector<std::string> mistakes;
    for (const FieldViolation& v : ViolationsOf(Open().status())) {
      mistakes.push_back(absl::StrCat(v.field, " ", v.reason));
    }
    return mistakes;
  }
  static std::string PasswordChanged(const absl::StatusOr<Wording>& wording, Locale locale) {
    return wording->NotificationText(Template::kPasswordChanged, locale, Channel::kSms, {}).body;
  }

  const std::string directory_ =
      absl::StrCat(::testing::TempDir(), "wording-",
                   ::testing::UnitTest::GetInstance()->current_test_info()->name(), "-", ::getpid());
};

TEST_F(WordingFile, ReplacesOnlyWhatItNames) {
  Write("ru.json", R"({"PASSWORD_CHANGED": {"text": "Новый пароль. Звоните 8 800 100-70-10."}})");
  const absl::StatusOr<Wording> wording = Open();
  ASSERT_THAT(wording, IsOk());
  EXPECT_EQ(PasswordChanged(wording, Locale::kRussian), "Новый пароль. Звоните 8 800 100-70-10.");
  EXPECT_EQ(PasswordChanged(wording, Locale::kEnglish),
            "Your password was changed. Not you? Contact support.");
  EXPECT_EQ(wording->NotificationText(Template::kAccountFrozen, Locale::kRussian, Channel::kSms, {}).body,
            "Аккаунт временно отключён.");
}

TEST_F(WordingFile, TakesBothLanguagesAndPassesHiddenFilesOver) {
  Write("ru.json", R"({"PASSWORD_CHANGED": {"text": "Новый пароль."}})");
  Write("en.json", R"({"PASSWORD_CHANGED": {"text": "New password."}})");
  Write("..data", "the volume's own");
  Write(".ru.json.swp", "an editor's own");
  const absl::StatusOr<Wording> wording = Open();
  ASSERT_THAT(wording, IsOk());
  EXPECT_EQ(PasswordChanged(wording, Locale::kRussian), "Новый пароль.");
  EXPECT_EQ(PasswordChanged(wording, Locale::kEnglish), "New password.");
}

TEST_F(WordingFile, IsNotNeeded) {
  const absl::StatusOr<Wording> wording = OpenWording("");
  ASSERT_THAT(wording, IsOk());
  EXPECT_EQ(PasswordChanged(wording, Locale::kEnglish),
            "Your password was changed. Not you? Contact support.");
}

TEST_F(WordingFile, IsRefusedWhenThereIsNone) {
  EXPECT_THAT(Mistakes(), ElementsAre(absl::StrCat(directory_, " FILE_MISSING")));
  const absl::StatusOr<Wording> absent = OpenWording(directory_ + "/absent");
  EXPECT_THAT(absent, HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(ViolationsOf(absent.status()).at(0).reason, "DIRECTORY_UNREADABLE");
}

TEST_F(WordingFile, ThatIsUnknownIsRefused) {
  Write("ru.json", "{}");
  Write("de.json", "{}");
  Write("ru.json.bak", "{}");
  EXPECT_THAT(Mistakes(), ElementsAre("de.json FILE_UNKNOWN", "ru.json.bak FILE_UNKNOWN"));
}

TEST_F(WordingFile, IsAnObjectOfObjectsOfTexts) {
  struct Case {
    const char *content, *mistake;
  };
  for (const Case& c : std::vector<Case>{
           {"", "ru.json FILE_UNREADABLE"},
           {"[]", "ru.json OBJECT_NEEDED"},
           {"\"text\"", "ru.json OBJECT_NEEDED"},
           {R"({"PASSWORD_CHANGED": )", "ru.json JSON_INVALID"},
           {"{\"PASSWORD_CHANGED\": {\"text\": \"\xd0\"}}", "ru.json JSON_INVALID"},  // not UTF-8
           {R"({"PASSWORD_CHANGED": 1e999})", "ru.json JSON_INVALID"},
           {R"({"PASSWORD_CHANGED": "Новый."})", "ru.PASSWORD_CHANGED OBJECT_NEEDED"},
           {R"({"PASSWORD_CHANGED": {"text": 7}})", "ru.PASSWORD_CHANGED.text TEXT_NEEDED"},
           {R"({"PASSWORD_CHANGED": {"text": null}})", "ru.PASSWORD_CHANGED.text TEXT_NEEDED"},
           {R"({"PASSWORD_CHANGED": {"text": "а", "text": "б"}})", "ru.json NAME_TWICE"},
           {R"({"PASSWORD_CHANGED": {}, "PASSWORD_CHANGED": {}})", "ru.json NAME_TWICE"},
           {R"({"PASSWORD_CHANGED": {"sms": "а"}})", "ru.PASSWORD_CHANGED.sms FIELD_UNKNOWN"},
           {R"({"PASSWORD_CHANGE": {"text": "а"}})", "ru.PASSWORD_CHANGE.text TEMPLATE_UNKNOWN"},
           {R"({"PASSWORD_CHANGED": {"text": "а\nб"}})", "ru.PASSWORD_CHANGED.text CHARACTER_NOT_ALLOWED"},
           {R"({"PASSWORD_CHANGED": {"text": "а\u202eб"}})",
            "ru.PASSWORD_CHANGED.text CHARACTER_NOT_ALLOWED"},
       }) {
    Write("ru.json", c.content);
    EXPECT_THAT(Mistakes(), ElementsAre(c.mistake)) << c.content;
  }
}

TEST_F(WordingFile, IsNotReadWithoutEnd) {
  Write("ru.json", "{\"PASSWORD_CHANGED\": {\"text\": \"" + std::string(1 << 20, 'a') + "\"}}");
  EXPECT_THAT(Mistakes(), ElementsAre("ru.json FILE_UNREADABLE"));
}

TEST_F(WordingFile, TellsAllItsMistakesAtOnce) {
  Write("de.json", "{}");
  Write("en.json", R"({"PASSWORD_CHANGED": 7, "ACCOUNT_FROZEN": {"text": "See x.example"}})");
  Write("ru.json", R"({"CODE_RECOVERY_CLAIM": {"text": "Код {code}.", "push": "Код."}})");
  const absl::StatusOr<Wording> wording = Open();
  EXPECT_THAT(wording, HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(wording.status().message()), HasSubstr(directory_));
  EXPECT_THAT(Mistakes(), ElementsAre("de.json FILE_UNKNOWN", "en.PASSWORD_CHANGED OBJECT_NEEDED",
                                      "en.ACCOUNT_FROZEN.text ADDRESS_NOT_ALLOWED",
                                      "ru.CODE_RECOVERY_CLAIM.push FIELD_UNKNOWN",
                                      "ru.CODE_RECOVERY_CLAIM.text PLACEHOLDER_MISSING"));
}

TEST(WordingExample, IsTaken) {
  const absl::StatusOr<Wording> wording = OpenWording(TC_DEPLOY "/templates.example");
  ASSERT_THAT(wording, IsOk());
  const Text text = wording->CodeText(Purpose::kRecoveryApproval, Locale::kRussian, Channel::kSms, "Иван П.",
                                      "402918", "gosuslugi.example");
  EXPECT_EQ(text.body,
            "402918: вы возвращаете доступ, Иван П. Код не говорите никому.\n@gosuslugi.example #402918");
}

}  // namespace
}  // namespace tc::otp
