#include "common/obs/log.h"

#include <unistd.h>

#include <thread>
#include <type_traits>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/base/phone.h"
#include "common/base/secret.h"
#include "common/testing/status.h"
#include "nlohmann/json.hpp"

namespace tc::obs {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A secret cannot become a field, however it is written down: the compiler says no.
template <typename T>
concept Loggable = requires(T value) {
  Info("message", {{"field", value}});
};
template <typename T>
concept LoggableAsMessage = requires(T value) {
  Info(value);
};
static_assert(Loggable<std::string>);
static_assert(LoggableAsMessage<absl::string_view>);
static_assert(!Loggable<Secret>);
static_assert(!Loggable<Phone>);
static_assert(!LoggableAsMessage<Secret>);
static_assert(!std::is_constructible_v<Field, const char*, Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, absl::string_view>);

class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    SetSink([this](absl::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override {
    SetSink(nullptr);
    SetLevel(Level::kInfo);
  }

  json Only() {
    EXPECT_THAT(lines_, SizeIs(1));
    return json::parse(lines_.at(0), nullptr, false);
  }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
  Info("recovery approved", {{"recovery", "r-1"}, {"attempts", "3"}});
  EXPECT_TRUE(absl::EndsWith(lines_.at(0), "}\n"));
  const json line = Only();
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["msg"], "recovery approved");
  EXPECT_EQ(line["recovery"], "r-1");
  EXPECT_EQ(line["attempts"], "3");
  EXPECT_EQ(line.size(), 5u);
}

TEST_F(LogTest, KeepsTheOrderOfTheFields) {
  Info("m", {{"z", "1"}, {"a", "2"}});
  EXPECT_THAT(lines_.at(0), HasSubstr(R"("level":"info","msg":"m","z":"1","a":"2"})"));
}

TEST_F(LogTest, StampsTheTimeInUtc) {
  const absl::Time before = absl::Now();
  Info("m");
  absl::Time stamp;
  std::string error;
  const std::string text = Only()["ts"];
  EXPECT_THAT(text,
              ::testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z"));
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &stamp, &error)) << error;
  EXPECT_GE(stamp, before - absl::Milliseconds(1));
  EXPECT_LE(stamp, absl::Now());
}

struct Hostile {
  const char* name;
  std::string text;
  const char* written;
};

class HostileText : public LogTest, public ::testing::WithParamInterface<Hostile> {};

TEST_P(HostileText, StaysInsideItsField) {
  Info(GetParam().text, {{"field", GetParam().text}, {"last", "1"}});
  EXPECT_THAT(lines_.at(0),
              HasSubstr(absl::StrCat("\"field\":\"", GetParam().written, "\",\"last\":\"1\"}\n")));
  EXPECT_THAT(lines_.at(0), HasSubstr(absl::StrCat("\"msg\":\"", GetParam().written, "\",")));
  EXPECT_EQ(lines_.at(0).find('\n'), lines_.at(0).size() - 1) << "one line";
  for (const char c : lines_.at(0)) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  EXPECT_EQ(Only().size(), 5u) << "no field was smuggled in";
}

INSTANTIATE_TEST_SUITE_P(
    Log, HostileText,
    ::testing::Values(
        Hostile{"Quote", R"(x","level":"error)", R"(x\",\"level\":\"error)"},
        Hostile{"Backslash", R"(x\)", R"(x\\)"},
        Hostile{"NewLine", "x\n{\"level\":\"error\"}", R"(x\n{\"level\":\"error\"})"},
        Hostile{"CarriageReturn", "x\ry", R"(x\ry)"}, Hostile{"Nul", std::string("x\0y", 3), R"(x\u0000y)"},
        Hostile{"Ansi", "\x1b[31mred", R"(\u001b[31mred)"}, Hostile{"Delete", "x\x7f", R"(x\u007f)"},
        Hostile{"C1Control", "\xc2\x9b", R"(\u009b)"},
        Hostile{"RightToLeftOverride",
                "a\xe2\x80\xae"
                "b",
                R"(a\u202eb)"},
        Hostile{"LeftToRightEmbedding", "\xe2\x80\xaa", R"(\u202a)"},
        Hostile{"Isolate", "\xe2\x81\xa6", R"(\u2066)"}, Hostile{"PopIsolate", "\xe2\x81\xa9", R"(\u2069)"},
        Hostile{"LineSeparator", "\xe2\x80\xa8", R"(\u2028)"}, Hostile{"Cyrillic", "Я", R"(\u042f)"},
        Hostile{"Emoji", "\xf0\x9f\x98\x80", R"(\ud83d\ude00)"},
        Hostile{"BrokenUtf8", "a\xc3\x28z", R"(a\ufffd(z)"}, Hostile{"CutUtf8", "a\xe2\x80", R"(a\ufffd)"},
        Hostile{"Surrogate", "\xed\xa0\x80", R"(\ufffd\ufffd\ufffd)"}),
    [](const auto& test) { return test.param.name; });

TEST_F(LogTest, EscapesTheNameOfAFieldToo) {
  Info("m", {{"a\":\"b", "c"}});
  EXPECT_EQ(Only()["a\":\"b"], "c");
}

TEST_F(LogTest, WritesNothingBelowTheLevel) {
  Debug("hidden");
  SetLevel(Level::kError);
  Warning("hidden");
  Error("seen");
  SetLevel(Level::kDebug);
  Debug("seen");
  EXPECT_THAT(lines_, SizeIs(2));
}

TEST(ParseLevel, KnowsItsFourWords) {
  Level level = Level::kInfo;
  EXPECT_TRUE(ParseLevel("warning", level));
  EXPECT_EQ(level, Level::kWarning);
  EXPECT_TRUE(ParseLevel("debug", level));
  EXPECT_EQ(level, Level::kDebug);
  for (const char* word : {"", "Warning", "warn", "trace"}) EXPECT_FALSE(ParseLevel(word, level)) << word;
  EXPECT_EQ(level, Level::kDebug);
}

TEST(LogToStderr, KeepsLinesWholeWhenManyThreadsWrite) {
  ::testing::internal::CaptureStderr();
  constexpr int kThreads = 4;
  constexpr int kLines = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    // Longer than a pipe writes at once.
    threads.emplace_back([] {
      for (int i = 0; i < kLines; ++i) Info("m", {{"long", std::string(6000, 'x')}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = ::testing::internal::GetCapturedStderr();
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  EXPECT_THAT(lines, SizeIs(kThreads * kLines));
  for (const std::string& line : lines) EXPECT_TRUE(json::accept(line));
}

}  // namespace
}  // namespace tc::obs
