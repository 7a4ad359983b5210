#include "services/otp/domain/wording_rules.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"
#include "services/otp/domain/code_points.h"
#include "services/otp/domain/wording.h"

namespace tc::otp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;

std::vector<std::string> Reasons(absl::string_view name, absl::string_view field, absl::string_view words) {
  std::vector<std::string> reasons;
  for (const WordingMistake& mistake : CheckWords(name, field, words)) reasons.push_back(mistake.reason);
  return reasons;
}

constexpr char kClaim[] = "CODE_RECOVERY_CLAIM";
constexpr char kNotice[] = "RECOVERY_STARTED";

TEST(WordingRules, TakeWordsOfAnOperatorsOwn) {
  for (const auto& [name, field, words] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {kClaim, "text", "{code} — код для восстановления{person}. Не говорите его никому, даже нам!"},
           {kClaim, "voice", "Код: {spelt}. Восстановление{person}. Ещё раз: {spelt}."},
           {kClaim, "email", "«Госуслуги», № 1: код {code}{person}…"},
           {kClaim, "subject", "Код для входа"},
           {kNotice, "text", "Ваш доступ восстанавливают{person}{address}. Звоните 8 800 100-70-10."},
           {kNotice, "linked", "Восстановление. Остановить: {link}"},
           {kNotice, "push", "It’s started: call 8 (800) 100-70-10, 24/7."},
           {"INVITATION_RECEIVED", "email", "Вас приглашают{person}."},
       }) {
    EXPECT_THAT(Reasons(name, field, words), IsEmpty()) << words;
  }
}

TEST(WordingRules, KnowTheTemplatesAndTheWaysTheyGo) {
  EXPECT_THAT(Reasons("RECOVERY_BEGUN", "text", "Начато."), ElementsAre("TEMPLATE_UNKNOWN"));
  EXPECT_THAT(Reasons("UNSPECIFIED", "text", "Начато."), ElementsAre("TEMPLATE_UNKNOWN"));
  for (const auto& [name, field] : std::vector<std::pair<std::string, std::string>>{
           {kNotice, "sms"},
           {kNotice, "Text"},
           {kNotice, ""},
           {kClaim, "push"},                     // no code goes by push
           {"CODE_RECOVERY_APPROVAL", "email"},  // nor the contact's by e-mail (O4)
           {"CODE_RECOVERY_APPROVAL", "subject"},
           {"CODE_EMAIL_BINDING", "voice"},
           {"INVITATION_RECEIVED", "voice"},  // SND-07
           {"PASSWORD_CHANGED", "linked"},    // NTF-02
           {kClaim, "linked"},
       }) {
    EXPECT_THAT(Reasons(name, field, "x"), ElementsAre("FIELD_UNKNOWN")) << name << "." << field;
  }
}

TEST(WordingRules, WantEachPlaceholderAsOftenAsItIsNeeded) {
  struct Case {
    std::string name, field, words, reason;
  };
  for (const Case& c : std::vector<Case>{
           {kClaim, "text", "Код для входа{person}.", "PLACEHOLDER_MISSING"},
           {kClaim, "text", "Код {code}.", "PLACEHOLDER_MISSING"},  // OTP-22: the masked principal
           {kClaim, "text", "{code}, {code}{person}.", "PLACEHOLDER_REPEATED"},
           {kClaim, "text", "{code}{person}, {spelt}.", "PLACEHOLDER_UNKNOWN"},
           {kClaim, "text", "{code}{person}{address}.", "PLACEHOLDER_UNKNOWN"},
           {kClaim, "voice", "Код {spelt}, {code}{person}.", "PLACEHOLDER_UNKNOWN"},
           {kClaim, "voice", "Код{person}.", "PLACEHOLDER_MISSING"},
           {kClaim, "voice", "{spelt}, {spelt}, {spelt}, {spelt}{person}", "PLACEHOLDER_REPEATED"},
           {kClaim, "subject", "Код {code}", "PLACEHOLDER_UNKNOWN"},  // shown on a locked screen
           {kNotice, "text", "Код {code}", "PLACEHOLDER_UNKNOWN"},
           {kNotice, "text", "Начато: {link}", "PLACEHOLDER_UNKNOWN"},
           {kNotice, "voice", "Начато: {link}", "PLACEHOLDER_UNKNOWN"},
           {kNotice, "text", "{person}{person}", "PLACEHOLDER_REPEATED"},
           {kNotice, "text", "Начато{Person}.", "PLACEHOLDER_UNKNOWN"},
           {kNotice, "text", "Начато{}.", "PLACEHOLDER_UNKNOWN"},
           {kNotice, "text", "Начато{person.", "PLACEHOLDER_UNKNOWN"},
           {kNotice, "text", "Начато}.", "PLACEHOLDER_UNKNOWN"},
           {kNotice, "linked", "Начато.", "PLACEHOLDER_MISSING"},
           {kNotice, "linked", "Начато{person}. {link}", "PLACEHOLDER_UNKNOWN"},
           {kNotice, "linked", "Сюда: {link}. Скорее!", "PLACEHOLDER_POSITION"},
           {kNotice, "linked", "Сюда:{link}", "PLACEHOLDER_POSITION"},
           {kClaim, "text", "Код 8{code}{person}.", "PLACEHOLDER_POSITION"},
           {kClaim, "text", "Код {code}й{person}.", "PLACEHOLDER_POSITION"},
           {kClaim, "text", "Код {person}{code}.", "PLACEHOLDER_POSITION"},
           {kClaim, "text", "Код {code}{person}7.", "PLACEHOLDER_POSITION"},
           {kClaim, "voice", "Код 8{spelt}{person}.", "PLACEHOLDER_POSITION"},
       }) {
    EXPECT_THAT(Reasons(c.name, c.field, c.words), ElementsAre(c.reason)) << c.words;
  }
}

TEST(WordingRules, LetNoWordsLookLikeAnAddressOrTheLastLine) {  // OTP-22, OTP-23
  for (const char* words :
       {"Начато. @evil", "Начато #012345", "Начато: HTTPS", "Начато: ftp://x", "Начато: gosuslugi.ru",
        "Начато: госуслуги.рф", "Начато: WWW.x", "Начато: 10.0.0.1", "Начато{person}.ru",
        "gosuslugi.{address}ru", "ht{person}tps", "т.е. начато"}) {
    EXPECT_THAT(Reasons(kNotice, "text", words), ElementsAre("ADDRESS_NOT_ALLOWED")) << words;
    EXPECT_THAT(Reasons(kNotice, "email", words), ElementsAre("ADDRESS_NOT_ALLOWED")) << words;
  }
  EXPECT_THAT(Reasons(kNotice, "subject", "x.ru"), ElementsAre("ADDRESS_NOT_ALLOWED"));
  EXPECT_THAT(Reasons(kClaim, "text", "x.{code}{person}"), ElementsAre("ADDRESS_NOT_ALLOWED"));
  EXPECT_THAT(Reasons(kNotice, "text", "Начато... «Нет.» Да.—Нет. 8"), IsEmpty());
}

TEST(WordingRules, LetNoHiddenCharacterThrough) {  // SND-19
  for (const char* bad : {"a\nb",
                          "a\rb",
                          "a\tb",
                          "a\x01z",
                          "a\x7fz",
                          "a\xc2\x85z",
                          "a\xc2\xa0z",
                          "a\xc2\xadz",
                          "a\xd2\x83z",
                          "a\xd8\x9cz",
                          "a\xe2\x80\x8bz",
                          "a\xe2\x80\x8ez",
                          "a\xe2\x80\x8fz",
                          "a\xe2\x80\xa8z",
                          "a\xe2\x80\xaez",
                          "a\xe2\x81\xa6z",
                          "a\xe2\x81\xa9z",
                          "a\xef\xbb\xbfz",
                          "a\xf0\x9f\x98\x80z",
                          "a\xf3\xa0\x80\x81z"}) {
    EXPECT_THAT(Reasons(kNotice, "text", bad), ElementsAre("CHARACTER_NOT_ALLOWED"))
        << ::testing::PrintToString(bad);
  }
  for (const char* broken : {"\xd0", "\xc1\x81", "\xed\xa0\x80"}) {
    EXPECT_THAT(Reasons(kNotice, "text", broken), ElementsAre("CHARACTER_NOT_ALLOWED"));
  }
  EXPECT_THAT(CheckWords(kNotice, "text", "да\xe2\x80\xae")[0].description,
              ::testing::HasSubstr("U+202e at character 3"));
}

TEST(WordingRules, TakeNoControlCharacterInAnySpelling) {  // SND-19: every byte, and every pair of a sequence
  for (int first = 0; first < 256; ++first) {
    for (int second = first < 0xc0 ? 'b' : 0; second < (first < 0xc0 ? 'c' : 256); ++second) {
      const std::string words = {'a', static_cast<char>(first), static_cast<char>(second), 'z'};
      if (!CheckWords(kNotice, "email", words).empty()) continue;
      const auto points = CodePoints(words);
      ASSERT_TRUE(points.has_value());
      EXPECT_TRUE(std::all_of(points->begin(), points->end(),
                              [](char32_t c) { return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c <= 0xa0); }))
          << first << " " << second;
    }
  }
}

TEST(WordingRules, WantWords) {
  for (const char* none : {"", " ", " Начато.", "Начато. "}) {
    EXPECT_THAT(Reasons(kNotice, "text", none), ElementsAre("WORDS_MISSING")) << none;
  }
}

std::string Words(size_t units, absl::string_view placeholders) {
  std::string words;
  for (size_t i = 0; i < units; ++i) words += "ж";
  return absl::StrCat(words, " ", placeholders);
}

// What is left of 134 when everything else is as long as can be.
TEST(WordingRules, LeaveRoomForTheLongestValues) {  // OTP-23
  const size_t mask = 2 + kLongestMask, origin = 4 + kLongestHost + kLongestCode;
  struct Case {
    std::string name, field, placeholders;
    size_t room;
  };
  for (const Case& c : std::vector<Case>{
           {kClaim, "text", "{code}{person}", kSmsUnits - 1 - kLongestCode - mask - origin},
           {kNotice, "text", "", kSmsUnits},
           {kNotice, "text", "{person}{address}", kSmsUnits - 1 - 2 * mask},
           {kNotice, "linked", "{link}", kSmsUnits - 1 - kLongestLink},
           {kNotice, "email", "", kLongestWords},
           {kNotice, "subject", "", kLongestSubject},
           {kClaim, "voice", "{spelt}{person}", kLongestWords - 1 - (3 * kLongestCode - 2) - mask},
       }) {
    const auto fitted = [&](size_t units) {
      return c.placeholders.empty() ? std::string(units, 'z') : Words(units, c.placeholders);
    };
    EXPECT_THAT(Reasons(c.name, c.field, fitted(c.room)), IsEmpty()) << c.name << "." << c.field;
    EXPECT_THAT(Reasons(c.name, c.field, fitted(c.room + 1)), ElementsAre("TEXT_TOO_LONG"))
        << c.name << "." << c.field;
  }
}

// The rule and the text agree: what just passes fills two segments to the last unit.
TEST(WordingRules, CountWhatReallyIsSent) {
  const size_t room = kSmsUnits - 1 - kLongestCode - (2 + kLongestMask) - (4 + kLongestHost + kLongestCode);
  const absl::StatusOr<Wording> wording =
      Wording::Make(BuiltInWords(), {{Locale::kRussian, kClaim, "text", Words(room, "{code}{person}")}});
  ASSERT_THAT(wording, IsOk());
  const Text text =
      wording->CodeText(Purpose::kRecoveryClaim, Locale::kRussian, Channel::kSms, std::string(64, 'x'),
                        std::string(kLongestCode, '0'), std::string(kLongestHost, 'h'));
  EXPECT_EQ(Utf16Units(text.body), kSmsUnits);
}

}  // namespace
}  // namespace tc::otp
