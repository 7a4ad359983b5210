#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"
#include "services/otp/domain/wording.h"

namespace tc::otp {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::Violates;

TEST(WordingMake, TakesTheProgramsOwnWords) { EXPECT_THAT(Wording::Make(BuiltInWords(), {}), IsOk()); }

TEST(WordingMake, ReplacesOnlyWhatIsNamed) {
  const absl::StatusOr<Wording> wording = Wording::Make(
      BuiltInWords(), {{Locale::kEnglish, "PASSWORD_CHANGED", "push", "New password."},
                       {Locale::kEnglish, "RECOVERY_STARTED", "linked", "Stop it: {link}"},
                       {Locale::kRussian, "CODE_RECOVERY_CLAIM", "email", "Код {code}{person}."}});
  ASSERT_THAT(wording, IsOk());
  const auto notice = [&](Locale locale, Channel channel) {
    return wording->NotificationText(Template::kPasswordChanged, locale, channel, {}).body;
  };
  EXPECT_EQ(notice(Locale::kEnglish, Channel::kPush), "New password.");
  EXPECT_EQ(notice(Locale::kEnglish, Channel::kEmail),
            "Your password was changed. Not you? Contact support.");
  EXPECT_EQ(notice(Locale::kRussian, Channel::kPush), "Пароль изменён. Это не вы? Обратитесь в поддержку.");
  EXPECT_EQ(wording
                ->NotificationText(Template::kRecoveryStarted, Locale::kEnglish, Channel::kSms,
                                   {"", "", "https://x.example/s"})
                .body,
            "Stop it: https://x.example/s");
  const auto code = [&](Channel channel) {
    return wording->CodeText(Purpose::kRecoveryClaim, Locale::kRussian, channel, "Ян", "12", "h").body;
  };
  EXPECT_EQ(code(Channel::kEmail), "Код 12, Ян.");
  EXPECT_EQ(code(Channel::kSms), "Код 12: восстановление доступа, Ян. Никому не сообщайте код.\n@h #12");
}

TEST(WordingMake, NamesEveryMistakeWithItsPlace) {
  const absl::StatusOr<Wording> wording =
      Wording::Make(BuiltInWords(), {{Locale::kRussian, "RECOVERY_BEGUN", "text", "Начато."},
                                     {Locale::kEnglish, "PASSWORD_CHANGED", "text", "See x.example\n"},
                                     {Locale::kEnglish, "PASSWORD_CHANGED", "push", "Changed."},
                                     {Locale::kEnglish, "PASSWORD_CHANGED", "push", "Changed!"}});
  std::vector<std::string> found;
  for (const FieldViolation& v : ViolationsOf(wording.status())) {
    found.push_back(absl::StrCat(v.field, " ", v.reason));
  }
  EXPECT_THAT(
      found,
      ElementsAre("ru.RECOVERY_BEGUN.text TEMPLATE_UNKNOWN", "en.PASSWORD_CHANGED.text WORDS_MISSING",
                  "en.PASSWORD_CHANGED.text CHARACTER_NOT_ALLOWED",
                  "en.PASSWORD_CHANGED.text ADDRESS_NOT_ALLOWED", "en.PASSWORD_CHANGED.push WORDS_TWICE"));
}

TEST(WordingMake, WantsBothLanguagesWhole) {
  for (size_t i = 0; i < BuiltInWords().size(); i += 13) {
    std::vector<WordingEntry> words = BuiltInWords();
    words.erase(words.begin() + static_cast<int>(i));
    EXPECT_THAT(Wording::Make(words, {}), Violates("WORDS_MISSING")) << BuiltInWords()[i].template_name;
  }
  EXPECT_GE(ViolationsOf(Wording::Make({}, {}).status()).size(), 2 * AllTemplates().size());
}

}  // namespace
}  // namespace tc::otp
