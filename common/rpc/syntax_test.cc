#include "common/rpc/syntax.h"

#include <gmock/gmock.h>

#include "trustedcontact/events/v1/events.pb.h"
#include "trustedcontact/type/v1/values.pb.h"

namespace tc::rpc {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ForbiddenText : public ::testing::TestWithParam<const char*> {};
TEST_P(ForbiddenText, IsNotPlain) {
  EXPECT_FALSE(IsPlainText(GetParam()));
  EXPECT_FALSE(IsPlainText(std::string("Иван") + GetParam() + "Петров"));
}
INSTANTIATE_TEST_SUITE_P(Characters, ForbiddenText,
                         ::testing::Values("\r\n", "\t", "\x1b[31m", "\x7f", "\u0085", "\u00ad", "\u061c",
                                           "\u180e", "\u200b", "\u200d", "\u200e", "\u202e", "\u2028",
                                           "\u2060", "\u2066", "\u2069", "\ufeff", "\U000e0041"));

class PlainText : public ::testing::TestWithParam<const char*> {};
TEST_P(PlainText, IsPlain) { EXPECT_TRUE(IsPlainText(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Texts, PlainText,
                         ::testing::Values("", "Иван-Пётр О’Коннор", "a b", "\u00a0", "№ 5 — «да»", "李小龙",
                                           "😀", "\u2010\u2030"));

TEST(IsPlainText, RefusesAnEmbeddedNul) { EXPECT_FALSE(IsPlainText(absl::string_view("a\0b", 3))); }

TEST(SyntaxMistakes, FindsNothingInAnOrdinaryRequest) {
  trustedcontact::events::v1::WatchEventsRequest request;
  request.set_cursor("abc");
  request.add_types("LinkCreated");
  EXPECT_THAT(SyntaxMistakes(request), IsEmpty());
}

TEST(SyntaxMistakes, NamesEveryFieldByItsPath) {
  trustedcontact::events::v1::WatchEventsRequest request;
  request.set_cursor("a\nb");
  request.add_types("Good");
  request.add_types("Bad\u202e");
  EXPECT_THAT(SyntaxMistakes(request), ElementsAre(Field(&FieldViolation::field, "cursor"),
                                                   Field(&FieldViolation::field, "types[1]")));
  EXPECT_THAT(SyntaxMistakes(request), Each(Field(&FieldViolation::reason, "TEXT_CHARACTER_NOT_ALLOWED")));
}

TEST(SyntaxMistakes, LooksIntoMessagesAndMaps) {
  trustedcontact::events::v1::ListEventsResponse message;
  message.add_events();
  (*message.add_events()->mutable_attributes())["key"] = "a\x01";
  EXPECT_THAT(SyntaxMistakes(message),
              ElementsAre(Field(&FieldViolation::field, "events[1].attributes[0].value")));
}

TEST(SyntaxMistakes, RefusesEnumValuesThatAreNone) {
  trustedcontact::type::v1::CodeProgress message;
  message.add_channels(trustedcontact::type::v1::CHANNEL_SMS);
  message.add_channels(static_cast<trustedcontact::type::v1::Channel>(999));
  const std::vector<FieldViolation> mistakes = SyntaxMistakes(message);
  ASSERT_THAT(mistakes, SizeIs(1));
  EXPECT_EQ(mistakes[0].field, "channels[1]");
  EXPECT_EQ(mistakes[0].reason, "ENUM_UNKNOWN");
}

TEST(SyntaxMistakes, RefusesTimesThatAreNone) {
  struct Case {
    int64_t seconds;
    int32_t nanos;
    bool good;
  };
  for (const Case& c : {Case{0, 0, true}, Case{-62135596800, 0, true}, Case{253402300799, 999999999, true},
                        Case{-62135596801, 0, false}, Case{253402300800, 0, false},
                        Case{int64_t{1} << 60, 0, false}, Case{0, -1, false}, Case{0, 1000000000, false}}) {
    trustedcontact::type::v1::CodeProgress message;
    message.mutable_expire_time()->set_seconds(c.seconds);
    message.mutable_expire_time()->set_nanos(c.nanos);
    const std::vector<FieldViolation> mistakes = SyntaxMistakes(message);
    EXPECT_EQ(mistakes.empty(), c.good) << c.seconds << " s " << c.nanos << " ns";
    if (!mistakes.empty()) {
      EXPECT_EQ(mistakes[0].field, "expire_time");
      EXPECT_EQ(mistakes[0].reason, "TIME_INVALID");
    }
  }
}

TEST(SyntaxMistakes, StopsAtFifty) {
  trustedcontact::events::v1::WatchEventsRequest request;
  for (int i = 0; i < 500; ++i) request.add_types("\n");
  EXPECT_THAT(SyntaxMistakes(request), SizeIs(50));
  trustedcontact::events::v1::ListEventsResponse message;
  for (int i = 0; i < 500; ++i) message.add_events()->set_type("\n");
  EXPECT_THAT(SyntaxMistakes(message), SizeIs(50));
}

class NoUuid : public ::testing::TestWithParam<const char*> {};
TEST_P(NoUuid, IsRefused) { EXPECT_FALSE(IsUuid(GetParam())); }
INSTANTIATE_TEST_SUITE_P(
    Texts, NoUuid,
    ::testing::Values("", "42", "00000000-0000-0000-0000-000000000000", "6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a6",
                      "6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a6g", "6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a699",
                      "6f1c7b2e05d0f-4b62-9a1e-2f6d3c4b5a69", "{6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a}"));
TEST(IsUuid, TakesAnyVersionInEitherCase) {
  EXPECT_TRUE(IsUuid("6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a69"));
  EXPECT_TRUE(IsUuid("6F1C7B2E-5D0F-8B62-9A1E-2F6D3C4B5A69"));
}

}  // namespace
}  // namespace tc::rpc
