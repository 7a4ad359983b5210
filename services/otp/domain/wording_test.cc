#include "services/otp/domain/wording.h"

#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/testing/status.h"
#include "services/otp/domain/code_points.h"

namespace tc::otp {
namespace {

constexpr Locale kLocales[] = {Locale::kRussian, Locale::kEnglish};
constexpr Channel kChannels[] = {Channel::kSms, Channel::kVoice, Channel::kEmail, Channel::kPush};
constexpr char kHost[] = "gosuslugi.example";

std::string LongMask() {
  std::string mask;
  for (int i = 0; i < 64; ++i) mask += "Щ";
  return mask;
}

std::string LongLink() { return "https://" + std::string(kLongestLink - 8, 'h'); }

std::string Code(Purpose purpose, Locale locale, Channel channel, absl::string_view mask,
                 absl::string_view code, absl::string_view host = kHost) {
  return Wording::BuiltIn().CodeText(purpose, locale, channel, mask, code, host).body;
}

std::string Body(Template name, Locale locale, const NoticeFields& fields = {},
                 Channel channel = Channel::kSms) {
  return Wording::BuiltIn().NotificationText(name, locale, channel, fields).body;
}

// What a browser takes out of an SMS: WICG "Origin-bound one-time codes delivered via SMS", 3.2 Parsing.
struct OriginBound {
  std::string host, embedded_host, code;
};

bool IsAsciiWhitespace(char c) { return absl::StrContains("\t\n\f\r ", c); }

std::optional<std::string> TakeMarkedToken(absl::string_view line, size_t& position, char marker) {
  if (position >= line.size() || line[position] != marker) return std::nullopt;
  const size_t begin = ++position;
  while (position < line.size() && !IsAsciiWhitespace(line[position])) ++position;
  if (position == begin) return std::nullopt;
  return std::string(line.substr(begin, position - begin));
}

std::optional<OriginBound> ParseOriginBound(absl::string_view message) {
  const std::vector<std::string> lines = absl::StrSplit(message, absl::ByAnyChar("\r\n"));
  const absl::string_view line = lines.back();
  size_t position = 0;
  OriginBound bound;
  const std::optional<std::string> host = TakeMarkedToken(line, position, '@');
  if (!host.has_value() || position >= line.size() || line[position] != ' ') return std::nullopt;
  const std::optional<std::string> code = TakeMarkedToken(line, ++position, '#');
  if (!code.has_value()) return std::nullopt;
  bound.host = *host;
  bound.code = *code;
  if (position < line.size() && line[position] == ' ') {
    bound.embedded_host = TakeMarkedToken(line, ++position, '%').value_or("");
  }
  return bound;
}

TEST(ParseOriginBound, ReadsWhatTheSpecificationReads) {
  EXPECT_EQ(ParseOriginBound("747723 is your code.\n\n@example.com #747723")->code, "747723");
  EXPECT_EQ(ParseOriginBound("@example.com #747723 %shop.example $future")->embedded_host, "shop.example");
  for (const char* none : {"something @example.com #747723", "#747723 @example.com", "@example.com  #747723",
                           "@example.com code #747723", "@example.com #747723\n", "@ #747723", ""}) {
    EXPECT_FALSE(ParseOriginBound(none).has_value()) << none;
  }
}

class CodeTexts : public ::testing::TestWithParam<std::tuple<Purpose, Locale>> {};

TEST_P(CodeTexts, EndWithTheOriginAndTheCode) {  // OTP-22
  const auto [purpose, locale] = GetParam();
  for (const std::string& mask : {std::string(), std::string("Иван П."), LongMask()}) {
    for (const std::string& host : {std::string(kHost), std::string(kLongestHost, 'h')}) {
      for (const std::string code : {"012345", "0123456789"}) {
        const std::string text = Code(purpose, locale, Channel::kSms, mask, code, host);
        const std::optional<OriginBound> bound = ParseOriginBound(text);
        ASSERT_TRUE(bound.has_value()) << text;
        EXPECT_EQ(bound->host, host);
        EXPECT_EQ(bound->code, code);
        EXPECT_EQ(bound->embedded_host, "");
        EXPECT_TRUE(absl::EndsWith(text, "\n@" + host + " #" + code));
      }
    }
  }
}

TEST_P(CodeTexts, HaveTheOriginLineInAnSmsOnly) {
  const auto [purpose, locale] = GetParam();
  for (const Channel channel : {Channel::kVoice, Channel::kEmail}) {
    const std::string text = Code(purpose, locale, channel, "Иван П.", "012345");
    EXPECT_FALSE(absl::StrContains(text, "@")) << text;
    EXPECT_FALSE(absl::StrContains(text, "\n")) << text;
  }
}

TEST_P(CodeTexts, NameThePrincipalAndForbidTelling) {  // OTP-22
  const auto [purpose, locale] = GetParam();
  for (const Channel channel : {Channel::kSms, Channel::kVoice, Channel::kEmail}) {
    const std::string text = Code(purpose, locale, channel, "Иван П.", "012345");
    EXPECT_THAT(text, ::testing::HasSubstr("Иван П. "));
    EXPECT_THAT(text, ::testing::HasSubstr(locale == Locale::kRussian ? "Никому не сообщайте код."
                                                                      : "Never tell anyone this code."));
  }
}

TEST_P(CodeTexts, FitTwoSegmentsWhateverTheNames) {  // OTP-23
  const auto [purpose, locale] = GetParam();
  const std::string host(kLongestHost, 'h');
  EXPECT_LE(Utf16Units(Code(purpose, locale, Channel::kSms, LongMask(), "0123456789", host)), kSmsUnits);
}

TEST_P(CodeTexts, HoldNoUrlButTheOrigin) {  // OTP-23
  const auto [purpose, locale] = GetParam();
  const std::string text = Code(purpose, locale, Channel::kSms, "Иван П.", "012345");
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("://")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '@'), 1);
}

INSTANTIATE_TEST_SUITE_P(All, CodeTexts,
                         ::testing::Combine(::testing::ValuesIn(AllPurposes()),
                                            ::testing::ValuesIn(kLocales)));

TEST(CodeText, SpeaksDigitByDigitTwice) {
  EXPECT_EQ(Code(Purpose::kRecoveryClaim, Locale::kEnglish, Channel::kVoice, "", "0423"),
            "Your code is: 0, 4, 2, 3. account recovery. Never tell anyone this code. Again: 0, 4, 2, 3.");
}

TEST(CodeText, NamesNobodyWithoutAMask) {
  EXPECT_EQ(Code(Purpose::kSecondFactor, Locale::kRussian, Channel::kSms, "", "123456"),
            "Код 123456: вход в аккаунт. Никому не сообщайте код.\n@gosuslugi.example #123456");
}

TEST(CodeText, CutsALongName) {
  const std::string text =
      Code(Purpose::kSecondFactor, Locale::kRussian, Channel::kEmail, LongMask(), "123456");
  EXPECT_THAT(text, ::testing::HasSubstr("ЩЩ…. "));
  EXPECT_EQ(Utf16Units(text),
            Utf16Units("Код 123456: вход в аккаунт, . Никому не сообщайте код.") + kLongestMask);
}

TEST(CodeText, HasASubjectInMailOnly) {
  const Wording& words = Wording::BuiltIn();
  const auto subject = [&](Channel channel) {
    return words.CodeText(Purpose::kRecoveryClaim, Locale::kEnglish, channel, "", "1", kHost).subject;
  };
  EXPECT_EQ(subject(Channel::kEmail), "Your code");
  EXPECT_EQ(subject(Channel::kSms), "");
}

TEST(NotificationText, FitsTwoSegmentsInEveryTemplateAndLanguage) {  // O6, OTP-23
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

TEST(NotificationText, HoldsNoControlAndNoBidirectionalCharacter) {  // SND-19
  const auto forbidden = [](char32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
  };
  for (const Template name : AllTemplates()) {
    for (const Locale locale : kLocales) {
      for (const Channel channel : kChannels) {
        const std::string text = Body(name, locale, {"Иван П.", "+7 9** ***-**-67", ""}, channel);
        const auto points = CodePoints(text);
        ASSERT_TRUE(points.has_value()) << text;
        EXPECT_TRUE(std::none_of(points->begin(), points->end(), forbidden)) << text;
        EXPECT_FALSE(ParseOriginBound(text).has_value()) << text;
      }
    }
  }
}

TEST(NotificationText, EndsWithALinkWhereARecoveryCanStillBeStopped) {  // NTF-02
  const std::string link = "https://my.example/stop?k=a..b";
  for (const Template name : AllTemplates()) {
    for (const Locale locale : kLocales) {
      const std::string ending = (locale == Locale::kRussian ? " Не вы? " : " Not you? ") + link;
      EXPECT_EQ(absl::EndsWith(Body(name, locale, {"", "", link}), ending), AllowsLink(name));
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

TEST(NotificationText, HasASubjectInMailAndPushOnly) {
  const auto subject = [](Channel channel) {
    return Wording::BuiltIn()
        .NotificationText(Template::kPasswordChanged, Locale::kEnglish, channel, {})
        .subject;
  };
  EXPECT_EQ(subject(Channel::kEmail), "Security notice");
  EXPECT_EQ(subject(Channel::kPush), "Security notice");
  EXPECT_EQ(subject(Channel::kSms), "");
  EXPECT_EQ(subject(Channel::kVoice), "");
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

}  // namespace
}  // namespace tc::otp
