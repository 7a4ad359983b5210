#include "common/kv/key.h"

#include <random>
#include <variant>

#include "common/testing/status.h"

namespace tc::kv {
namespace {

// Ordered as keys must be: by component, then by kind, then by value.
using Component = std::variant<std::string, uint64_t, int64_t>;
using Tuple = std::vector<Component>;

Key Encode(const Tuple& tuple) {
  Key key;
  for (const Component& component : tuple) {
    if (const auto* text = std::get_if<std::string>(&component)) key.Str(*text);
    if (const auto* number = std::get_if<uint64_t>(&component)) key.U64(*number);
    if (const auto* micros = std::get_if<int64_t>(&component)) key.Time(FromMicros(*micros));
  }
  return key;
}

// Small alphabets, so that tuples are often equal in part, with all bytes that mean something in the
// encoding.
Component AnyComponent(std::mt19937_64& random) {
  static constexpr char kBytes[] = {'\0', '\1', '\2', '\3', '\4', 'a', '\xfe', '\xff'};
  static constexpr uint64_t kNumbers[] = {0, 1, 255, 256, uint64_t{1} << 63, ~uint64_t{0}};
  static constexpr int64_t kMicros[] = {INT64_MIN, -1'000'000, -1, 0, 1, 1'700'000'000'000'000, INT64_MAX};
  switch (random() % 3) {
    case 0: {
      std::string text;
      for (uint64_t n = random() % 4; n > 0; --n) text.push_back(kBytes[random() % std::size(kBytes)]);
      return text;
    }
    case 1:
      return kNumbers[random() % std::size(kNumbers)];
    default:
      return kMicros[random() % std::size(kMicros)];
  }
}

Tuple AnyTuple(std::mt19937_64& random) {
  Tuple tuple;
  for (uint64_t n = random() % 4; n > 0; --n) tuple.push_back(AnyComponent(random));
  return tuple;
}

// std::string compares chars as unsigned bytes, which is what the engine does.
TEST(Key, SortsAsItsTupleDoes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const Tuple a = AnyTuple(random);
    const Tuple b = AnyTuple(random);
    ASSERT_EQ(a < b, Encode(a).bytes() < Encode(b).bytes()) << i;
    ASSERT_EQ(a == b, Encode(a).bytes() == Encode(b).bytes()) << i;
  }
}

TEST(Key, IsAPrefixOfExactlyItsOwnExtensions) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100'000; ++i) {
    const Tuple a = AnyTuple(random);
    const Tuple b = AnyTuple(random);
    const bool extends = b.size() >= a.size() && std::equal(a.begin(), a.end(), b.begin());
    const std::string key = Encode(b).bytes();
    ASSERT_EQ(extends, key >= Encode(a).bytes() && key < Encode(a).End()) << i;
  }
}

TEST(Key, ReadsBackWhatWasWritten) {
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  const std::string nasty("a\0\xff\1b", 5);
  const Key key = Key("link").Str(nasty).U64(~uint64_t{0}).Time(time);
  KeyReader reader(key.bytes());
  std::string table, text;
  uint64_t number = 0;
  absl::Time read;
  EXPECT_TRUE(reader.Str(table) && reader.Str(text) && reader.U64(number) && reader.Time(read) &&
              reader.done());
  EXPECT_EQ(table, "link");
  EXPECT_EQ(text, nasty);
  EXPECT_EQ(number, ~uint64_t{0});
  EXPECT_EQ(read, time);
}

TEST(Key, GivesNoWayToForgeASeparator) {  // API-05
  const std::string forged("alice\0\1\2bob", 11);
  EXPECT_NE(Key("link").Str(forged).bytes(), Key("link").Str("alice").Str("bob").bytes());
}

TEST(KeyReader, RefusesAnotherKindAndStaysWhereItIs) {
  const Key key = Key().U64(7);
  KeyReader reader(key.bytes());
  std::string text;
  absl::Time time;
  uint64_t number = 0;
  EXPECT_FALSE(reader.Str(text));
  EXPECT_FALSE(reader.Time(time));
  EXPECT_TRUE(reader.U64(number));
  EXPECT_EQ(number, 7u);
}

TEST(KeyReader, SurvivesAnyBytes) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes = Encode(AnyTuple(random)).bytes();
    if (!bytes.empty()) bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.resize(random() % (bytes.size() + 1));
    KeyReader reader(bytes);
    std::string text;
    uint64_t number = 0;
    absl::Time time;
    while (reader.Str(text) || reader.U64(number) || reader.Time(time)) {
    }
  }
}

TEST(CeilToMicros, IsNeverEarlier) {
  const absl::Time time = absl::FromUnixNanos(1'500);
  EXPECT_EQ(CeilToMicros(time), absl::FromUnixMicros(2));
  EXPECT_EQ(CeilToMicros(absl::FromUnixMicros(2)), absl::FromUnixMicros(2));
  EXPECT_EQ(CeilToMicros(absl::InfiniteFuture()), absl::InfiniteFuture());
  EXPECT_EQ(CeilToMicros(absl::InfinitePast()), absl::InfinitePast());
}

}  // namespace
}  // namespace tc::kv
