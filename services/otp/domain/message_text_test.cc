#include "services/otp/domain/message_text.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/testing/status.h"

namespace tc::otp {
namespace {

using testing::IsOk;
using testing::Violates;

constexpr Purpose kPurposes[] = {Purpose::kPhoneBinding, Purpose::kEmailBinding, Purpose::kRecoveryClaim,
                                 Purpose::kRecoveryApproval, Purpose::kSecondFactor};
constexpr char kHost[] = "gosuslugi.example";

std::string LongMask() {
  std::string mask;
  for (int i = 0; i < 64; ++i) mask += "Щ";
  return mask;
}

struct OriginBound {
  std::string host, code;
};
// The parser of the "origin-bound one-time codes" text (WICG sms-one-time-codes, Parsing): the last line,
// "@host #code".
std::optional<OriginBound> ParseOriginBound(const std::string& message) {
  const std::vector<std::string> lines = absl::StrSplit(message, '\n');
  const std::vector<std::string> parts = absl::StrSplit(lines.back(), ' ');
  if (parts.size() != 2 || parts[0].size() < 2 || parts[0][0] != '@' || parts[1].size() < 2 ||
      parts[1][0] != '#')
    return std::nullopt;
  return OriginBound{parts[0].substr(1), parts[1].substr(1)};
}

class CodeTexts : public ::testing::TestWithParam<std::tuple<Purpose, Locale>> {};

TEST_P(CodeTexts, EndWithTheOriginAndTheCode) {  // OTP-22
  const auto [purpose, locale] = GetParam();
  const std::string text = CodeText(purpose, locale, Channel::kSms, "Иван П.", "012345", kHost).body;
  const std::optional<OriginBound> bound = ParseOriginBound(text);
  ASSERT_TRUE(bound.has_value()) << text;
  EXPECT_EQ(bound->host, kHost);
  EXPECT_EQ(bound->code, "012345");
  EXPECT_THAT(text, ::testing::HasSubstr("\n@gosuslugi.example #012345"));
}

TEST_P(CodeTexts, NameThePrincipalAndForbidTelling) {  // OTP-22
  const auto [purpose, locale] = GetParam();
  for (const Channel channel : {Channel::kSms, Channel::kVoice, Channel::kEmail}) {
    const std::string text = CodeText(purpose, locale, channel, "Иван П.", "012345", kHost).body;
    EXPECT_THAT(text, ::testing::HasSubstr("Иван П. "));
    EXPECT_THAT(text, ::testing::HasSubstr(locale == Locale::kRussian ? "Никому не сообщайте код."
                                                                      : "Never tell anyone this code."));
  }
}

TEST_P(CodeTexts, FitTwoSegmentsWhateverTheNames) {  // OTP-23
  const auto [purpose, locale] = GetParam();
  const std::string host(kLongestHost, 'h');
  EXPECT_LE(Utf16Units(CodeText(purpose, locale, Channel::kSms, LongMask(), "0123456789", host).body),
            kSmsUnits);
}

TEST_P(CodeTexts, HoldNoUrlButTheOrigin) {  // OTP-23
  const auto [purpose, locale] = GetParam();
  const std::string text = CodeText(purpose, locale, Channel::kSms, "Иван П.", "012345", kHost).body;
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("://")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '@'), 1);
}

INSTANTIATE_TEST_SUITE_P(All, CodeTexts,
                         ::testing::Combine(::testing::ValuesIn(kPurposes),
                                            ::testing::Values(Locale::kRussian, Locale::kEnglish)));

TEST(CodeText, SpeaksDigitByDigitTwice) {
  const std::string text =
      CodeText(Purpose::kRecoveryClaim, Locale::kEnglish, Channel::kVoice, "", "0423", kHost).body;
  EXPECT_EQ(text,
            "Your code is: 0, 4, 2, 3. account recovery. Never tell anyone this code. Again: 0, 4, 2, 3.");
}

TEST(CodeText, NamesNobodyWithoutAMask) {
  EXPECT_EQ(CodeText(Purpose::kSecondFactor, Locale::kRussian, Channel::kSms, "", "123456", kHost).body,
            "Код 123456: вход в аккаунт. Никому не сообщайте код.\n@gosuslugi.example #123456");
}

TEST(CodeText, CutsALongName) {
  const std::string text =
      CodeText(Purpose::kSecondFactor, Locale::kRussian, Channel::kEmail, LongMask(), "123456", kHost).body;
  EXPECT_THAT(text, ::testing::HasSubstr("ЩЩ…. "));
  EXPECT_EQ(Utf16Units(text),
            Utf16Units("Код 123456: вход в аккаунт, . Никому не сообщайте код.") + kLongestMask);
}

constexpr Locale kLocales[] = {Locale::kRussian, Locale::kEnglish};

std::string Body(Template name, Locale locale, const NoticeFields& fields = {},
                 Channel channel = Channel::kSms) {
  return NotificationText(name, locale, channel, fields).body;
}

std::string LongLink() { return "https://" + std::string(kLongestLink - 8, 'h'); }

TEST(NotificationText, FitsTwoSegmentsInEveryTemplateAndLanguage) {  // O6
  for (const Template name : AllTemplates()) {
    for (const Locale locale : kLocales) {
      for (const std::string& link : {std::string(), LongLink()}) {
        const std::string text = Body(name, locale, {LongMask(), std::string(64, '9'), link});
        EXPECT_LE(Utf16Units(text), kSmsUnits) << text;
        EXPECT_GT(text.size(), 10u);
        EXPECT_FALSE(absl::StrContains(text, "{")) << text;
      }
      EXPECT_FALSE(absl::StrContains(Body(name, locale), "{"));
    }
  }
}

TEST(NotificationText, EndsWithALinkWhereARecoveryCanStillBeStopped) {  // NTF-02
  const std::string link = "https://my.example/stop?k=a..b";
  for (const Template name : AllTemplates()) {
    const bool may = name == Template::kRecoveryStarted || name == Template::kRecoveryApproved ||
                     name == Template::kRecoveryHeld || name == Template::kRecoveryInPerson;
    EXPECT_EQ(AllowsLink(name), may) << TemplateName(name);
    for (const Locale locale : kLocales) {
      const std::string ending = (locale == Locale::kRussian ? " Не вы? " : " Not you? ") + link;
      EXPECT_EQ(absl::EndsWith(Body(name, locale, {"", "", link}), ending), may);
      EXPECT_FALSE(absl::StrContains(Body(name, locale, {"", "", link}, Channel::kVoice), "://"));
    }
  }
  EXPECT_EQ(Body(Template::kRecoveryStarted, Locale::kEnglish, {"", "", link}),
            "Account recovery started. Not you? https://my.example/stop?k=a..b");
}

TEST(NotificationText, SaysWhoseSideAStepOfTheLinkConcerns) {
  EXPECT_EQ(Body(Template::kContactRemovalPending, Locale::kEnglish, {"Ivan P.", "", ""}),
            "The trusted contact will be removed: Ivan P. Until then the contact still confirms requests.");
  EXPECT_EQ(Body(Template::kRecoveryFraud, Locale::kRussian, {"Иван П.", "", ""}),
            "Ваш пароль просит мошенник, сообщил доверенный контакт: Иван П. Аккаунт временно отключён.");
}

TEST(NotificationText, HasASubjectInMailOnly) {
  EXPECT_EQ(NotificationText(Template::kPasswordChanged, Locale::kEnglish, Channel::kEmail, {}).subject,
            "Security notice");
  EXPECT_EQ(NotificationText(Template::kPasswordChanged, Locale::kEnglish, Channel::kSms, {}).subject, "");
}

TEST(NotificationText, FillsMasksIn) {
  EXPECT_EQ(Body(Template::kPhoneChanged, Locale::kEnglish, {"", "+7 9** ***-**-67", ""}),
            "Your phone was changed: +7 9** ***-**-67. Not you? Contact support.");
  EXPECT_EQ(Body(Template::kPrincipalLinked, Locale::kRussian, {"Иван П.", "", ""}),
            "Вы стали доверенным контактом: Иван П.");
  EXPECT_EQ(Body(Template::kPhoneChangeScheduled, Locale::kEnglish, {"", "+7 9** ***-**-67", ""}),
            "Your phone changes in 24 hours: +7 9** ***-**-67. Not you? Cancel it in your account.");
}

TEST(NotificationText, TellsWhatToDoAboutAChangeThatSomebodyElseMade) {
  for (const Template name :
       {Template::kRecoveryStarted, Template::kRecoveryApproved, Template::kRecoveryCompleted,
        Template::kPasswordChanged, Template::kPhoneChanged, Template::kEmailChanged,
        Template::kSignInNewDevice, Template::kSecondFactorChanged, Template::kPhoneChangeScheduled,
        Template::kAccountDeleted, Template::kPersonalDataChanged, Template::kInvitationSent,
        Template::kActionConfirmed}) {
    EXPECT_THAT(Body(name, Locale::kRussian), ::testing::HasSubstr("Это не вы? "));
    EXPECT_THAT(Body(name, Locale::kEnglish), ::testing::HasSubstr("Not you? "));
  }
}

TEST(Templates, OfInvitationsNeverGoToAPhone) {  // SND-07
  EXPECT_FALSE(Allows(Template::kInvitationReceived, Channel::kSms));
  EXPECT_FALSE(Allows(Template::kInvitationReceived, Channel::kVoice));
  EXPECT_TRUE(Allows(Template::kInvitationReceived, Channel::kEmail));
  EXPECT_TRUE(Allows(Template::kRecoveryStarted, Channel::kSms));
}

TEST(ParseMask, TakesNamesAndNothingThatCouldBeALinkOrANewLine) {
  EXPECT_THAT(ParseMask("Анна-Мария Д’Артаньян П.", "f"), IsOk());
  EXPECT_THAT(ParseMask("Jürgen O'Neill *", "f"), IsOk());
  EXPECT_THAT(ParseMask("", "f"), IsOk());
  for (const char* bad :
       {"a@b", "a/b", "call 8", "a\nb", "\xd0", "\xf0\x9f\x98\x80", "a#b", "a:b", "\xe2\x80\xae"}) {
    EXPECT_THAT(ParseMask(bad, "f"), Violates("MASK_INVALID")) << bad;
  }
  EXPECT_THAT(ParseMask(LongMask(), "f"), IsOk());
  EXPECT_THAT(ParseMask(LongMask() + "Щ", "f"), Violates("MASK_INVALID"));
}

TEST(ParseMaskedAddress, TakesWhatMasksAreMadeOf) {
  EXPECT_THAT(ParseMaskedAddress("+7 9** ***-**-67", "f"), IsOk());
  EXPECT_THAT(ParseMaskedAddress("i***@e***.ru", "f"), IsOk());
  EXPECT_THAT(ParseMaskedAddress("https://x", "f"), Violates("MASK_INVALID"));
  EXPECT_THAT(ParseMaskedAddress(std::string(65, '*'), "f"), Violates("MASK_INVALID"));
}

TEST(ParseOriginHost, TakesAHostOnly) {
  EXPECT_THAT(ParseOriginHost("gosuslugi.example"), IsOk());
  for (const char* bad : {"", "https://x", "a b", ".ru", "ru.", "a/b", "abcdefghijklmnopqrstuvwxy"}) {
    EXPECT_THAT(ParseOriginHost(bad), Violates("HOST_INVALID")) << bad;
  }
}

TEST(Utf16Units, CountsSurrogatesTwice) { EXPECT_EQ(Utf16Units("aЩ\xf0\x9f\x98\x80"), 4u); }

}  // namespace
}  // namespace tc::otp
