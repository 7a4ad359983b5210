#include "common/crypto/totp.h"

#include <gtest/gtest.h>

namespace tc::crypto {
namespace {

const Secret& RfcKey() {
  static const auto& key = *new Secret("12345678901234567890");
  return key;
}
absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(seconds); }
std::optional<int64_t> Match(const std::string& code, int64_t seconds, int64_t last_used = kTotpNeverUsed,
                             int drift = 1) {
  return MatchTotp(RfcKey(), Secret(code), At(seconds), drift, last_used);
}

// RFC 6238, appendix B, of whose eight digits the last six are shown.
TEST(TotpCode, IsThatOfTheStandard) {
  struct Vector {
    int64_t seconds;
    const char* code;
  };
  for (const Vector& v :
       {Vector{59, "287082"}, Vector{1111111109, "081804"}, Vector{1111111111, "050471"},
        Vector{1234567890, "005924"}, Vector{2000000000, "279037"}, Vector{20000000000, "353130"}}) {
    EXPECT_EQ(TotpCode(RfcKey(), At(v.seconds)), v.code) << v.seconds;
    EXPECT_EQ(Match(v.code, v.seconds), v.seconds / 30) << v.seconds;
  }
}

TEST(MatchTotp, ForgivesAClockThatIsOneStepOff) {
  const std::string code = TotpCode(RfcKey(), At(3000));  // step 100: [3000, 3030)
  EXPECT_EQ(Match(code, 2969), std::nullopt);
  EXPECT_EQ(Match(code, 2970), 100);
  EXPECT_EQ(Match(code, 3059), 100);
  EXPECT_EQ(Match(code, 3060), std::nullopt);
  EXPECT_EQ(Match(code, 2999, kTotpNeverUsed, 0), std::nullopt);
  EXPECT_EQ(Match(code, 3029, kTotpNeverUsed, 0), 100);
}

TEST(MatchTotp, TakesNoCodeTwiceAndNoneBeforeOneThatWasTaken) {
  const std::string code = TotpCode(RfcKey(), At(3000));
  EXPECT_EQ(Match(code, 3000, 99), 100);
  EXPECT_EQ(Match(code, 3000, 100), std::nullopt);
  EXPECT_EQ(Match(code, 3000, 101), std::nullopt);
}

TEST(MatchTotp, TakesNothingElse) {
  const std::string code = TotpCode(RfcKey(), At(3000));
  for (const std::string& wrong : {std::string(), code.substr(1), code + "0", std::string("abcdef")})
    EXPECT_EQ(Match(wrong, 3000), std::nullopt) << wrong;
  EXPECT_EQ(MatchTotp(Secret("another key of twenty"), Secret(code), At(3000), 1, kTotpNeverUsed),
            std::nullopt);
}

TEST(MatchTotp, StandsAtTheEpoch) { EXPECT_EQ(Match(TotpCode(RfcKey(), At(0)), 0), 0); }

TEST(TotpKeyText, IsBase32WithoutPadding) {
  EXPECT_EQ(TotpKeyText(RfcKey()).Reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

TEST(TotpUri, SaysToAnAppWhatItNeeds) {
  EXPECT_EQ(TotpUri("Trusted Contact", "иван/1", RfcKey()).Reveal(),
            "otpauth://totp/Trusted%20Contact:%D0%B8%D0%B2%D0%B0%D0%BD%2F1"
            "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Trusted%20Contact"
            "&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace tc::crypto
