#include "common/env/random.h"

#include <array>
#include <cmath>
#include <set>

#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc {
namespace {

using testing::FakeRandom;
using ::testing::MatchesRegex;

// Yields the bytes 0 … 255 over and over, so that each digit's share can be counted exactly.
class EveryByte final : public Random {
 public:
  std::string Bytes(size_t n) override {
    std::string bytes;
    for (size_t i = 0; i < n; ++i) bytes.push_back(static_cast<char>(next_++));
    return bytes;
  }

 private:
  unsigned char next_ = 0;
};

std::array<int, 10> Count(const std::string& digits) {
  std::array<int, 10> counts{};
  for (const char c : digits) ++counts.at(static_cast<size_t>(c - '0'));
  return counts;
}

// Pearson's statistic against the uniform distribution.
template <typename Counts>
double ChiSquare(const Counts& counts, int total) {
  const double expected = static_cast<double>(total) / static_cast<double>(counts.size());
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(Digits, GivesEachDigitTheSameNumberOfBytes) {
  // 250 bytes that count, 25 for each digit; 250 … 255 must be passed over, or 0 … 5 would come more often.
  EveryByte random;
  EXPECT_THAT(Count(random.Digits(250)), ::testing::Each(25));
}

TEST(Digits, HasTheLengthAskedFor) {
  FakeRandom random;
  EXPECT_EQ(random.Digits(0), "");
  for (const size_t n : {1u, 4u, 6u, 10u, 1000u}) EXPECT_EQ(random.Digits(n).size(), n);
  EXPECT_EQ(random.Digits(1000).find_first_not_of("0123456789"), std::string::npos);
}

TEST(Digits, IsUniformOverAll) {
  FakeRandom random;
  constexpr int kDigits = 1000000;
  // 9 degrees of freedom: 27.9 is passed once in a thousand.
  EXPECT_LT(ChiSquare(Count(random.Digits(kDigits)), kDigits), 27.9);
}

TEST(Digits, IsUniformAtEveryPlaceOfACode) {
  FakeRandom random;
  constexpr int kCodes = 100000;
  std::array<std::array<int, 10>, 6> counts{};
  for (int i = 0; i < kCodes; ++i) {
    const std::string code = random.Digits(6);
    for (size_t place = 0; place < 6; ++place) ++counts[place][static_cast<size_t>(code[place] - '0')];
  }
  for (const auto& place : counts) EXPECT_LT(ChiSquare(place, kCodes), 27.9);
}

TEST(Digits, HasLeadingZerosAsOftenAsChanceWants) {
  FakeRandom random;
  constexpr int kCodes = 100000;
  int zero = 0;
  int two_zeros = 0;
  for (int i = 0; i < kCodes; ++i) {
    const std::string code = random.Digits(6);
    zero += code[0] == '0';
    two_zeros += code[0] == '0' && code[1] == '0';
  }
  EXPECT_NEAR(zero, kCodes / 10, 4 * std::sqrt(kCodes * 0.09));
  EXPECT_NEAR(two_zeros, kCodes / 100, 4 * std::sqrt(kCodes * 0.0099));
}

TEST(Token, Is256BitsInBase64Url) {
  SystemRandom random;
  EXPECT_THAT(random.Token(), MatchesRegex("[A-Za-z0-9_-]{43}"));
}

TEST(ShortId, Is128BitsInBase64Url) {
  SystemRandom random;
  EXPECT_THAT(random.ShortId(), MatchesRegex("[A-Za-z0-9_-]{22}"));
}

TEST(Uuid, IsOfVersion4AndTheStandardVariant) {
  FakeRandom random;
  std::set<char> variants;
  for (int i = 0; i < 200; ++i) {
    const std::string uuid = random.Uuid();
    EXPECT_THAT(uuid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    variants.insert(uuid[19]);
  }
  EXPECT_EQ(variants.size(), 4u) << "only two bits of the variant are fixed";
}

TEST(Uuid, KeepsEveryOtherBit) {
  EveryByte random;
  EXPECT_EQ(random.Uuid(), "00010203-0405-4607-8809-0a0b0c0d0e0f");
}

TEST(SystemRandom, NeverRepeatsItself) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.Bytes(16));
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_EQ(random.Bytes(0), "");
  EXPECT_EQ(random.Bytes(1000).size(), 1000u);
}

TEST(SystemRandom, IsUniformOverBytes) {
  SystemRandom random;
  constexpr int kBytes = 1 << 18;
  std::array<int, 256> counts{};
  for (const char c : random.Bytes(kBytes)) ++counts[static_cast<unsigned char>(c)];
  // 255 degrees of freedom: 400 is passed once in a hundred million.
  EXPECT_LT(ChiSquare(counts, kBytes), 400);
}

}  // namespace
}  // namespace tc
