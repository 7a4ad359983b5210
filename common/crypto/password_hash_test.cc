#include "common/crypto/password_hash.h"

#include "common/testing/status.h"

namespace tc::crypto {
namespace {

using testing::HasCode;
using ::testing::StartsWith;

// The floor: 20 ms a call instead of 140.
constexpr Argon2Params kFloor{19456, 2, 1};
constexpr char kSalt[] = "0123456789abcdef";

// Made by Python's cryptography (OpenSSL's Argon2), salt 00 01 … 0f.
constexpr char kForeign[] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$qiaTfunALLOj2APn0rTLvgFPwghDfdymK6u4QicyVPs";
constexpr char kForeignWithNul[] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$84CtcQUqahjYLpa83o/+C9ORP/KpYgQ8UjY8mNXVks8";

TEST(HashPassword, AgreesWithAnotherImplementation) {
  const std::string salt("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", 16);
  ASSERT_OK_AND_ASSIGN(const Secret phc, HashPassword(Secret("Верный-Пароль1"), salt, kFloor));
  EXPECT_EQ(phc.Reveal(), kForeign);
}

TEST(HashPassword, UsesTheDefaultsOfTheRule) {
  ASSERT_OK_AND_ASSIGN(const Secret phc, HashPassword(Secret("Верный-Пароль1"), kSalt, Argon2Params{}));
  EXPECT_THAT(std::string(phc.Reveal()), StartsWith("$argon2id$v=19$m=65536,t=3,p=1$"));
  EXPECT_TRUE(VerifyPassword(Secret("Верный-Пароль1"), phc));
}

TEST(HashPassword, DependsOnTheSalt) {
  EXPECT_FALSE(*HashPassword(Secret("p"), kSalt, kFloor) ==
               *HashPassword(Secret("p"), "fedcba9876543210", kFloor));
}

TEST(HashPassword, PassesOnTheRefusalOfTheLibrary) {
  EXPECT_THAT(HashPassword(Secret("p"), "short", kFloor), HasCode(absl::StatusCode::kInternal));
  EXPECT_THAT(HashPassword(Secret("p"), kSalt, Argon2Params{1, 1, 1}), HasCode(absl::StatusCode::kInternal));
}

TEST(VerifyPassword, TakesWhatAnotherImplementationMade) {
  EXPECT_TRUE(VerifyPassword(Secret("Верный-Пароль1"), Secret(kForeign)));
  EXPECT_FALSE(VerifyPassword(Secret("Верный-Пароль2"), Secret(kForeign)));
  EXPECT_FALSE(VerifyPassword(Secret(""), Secret(kForeign)));
}

TEST(VerifyPassword, IsNotCutAtANul) {
  EXPECT_TRUE(VerifyPassword(Secret(absl::string_view("a\0b", 3)), Secret(kForeignWithNul)));
  EXPECT_FALSE(VerifyPassword(Secret("a"), Secret(kForeignWithNul)));
  EXPECT_FALSE(VerifyPassword(Secret(absl::string_view("a\0c", 3)), Secret(kForeignWithNul)));
}

TEST(VerifyPassword, IsNotCutAtAnyLength) {
  const std::string text(4096, 'x');
  ASSERT_OK_AND_ASSIGN(const Secret phc, HashPassword(Secret(text), kSalt, kFloor));
  EXPECT_TRUE(VerifyPassword(Secret(text), phc));
  EXPECT_FALSE(VerifyPassword(Secret(text.substr(1)), phc));
}

class NoPhcString : public ::testing::TestWithParam<const char*> {};

TEST_P(NoPhcString, MatchesNothingAndNeedsARehash) {
  EXPECT_FALSE(VerifyPassword(Secret("p"), Secret(GetParam())));
  EXPECT_TRUE(NeedsRehash(Secret(GetParam()), kFloor));
}

INSTANTIATE_TEST_SUITE_P(
    VerifyPassword, NoPhcString,
    ::testing::Values(
        "", "p", "$", "$argon2id$", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$dGFndGFndGFndGFn",
        "$argon2id$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$dGFndGFndGFndGFn",
        "$argon2id$v=19$m=19456,t=2$c2FsdHNhbHRzYWx0$dGFndGFndGFndGFn",
        "$argon2id$v=19$m=-1,t=2,p=1$c2FsdHNhbHRzYWx0$dGFndGFndGFndGFn",
        "$argon2id$v=19$m=19456,t=2,p=1$$dGFndGFndGFndGFn",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$***",
        "$argon2id$v=19$m=1048577,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$qiaTfunALLOj2APn0rTLvgFPwghDfdymK6u4QicyVPs",
        "$argon2id$v=19$m=19456,t=65,p=1$AAECAwQFBgcICQoLDA0ODw$qiaTfunALLOj2APn0rTLvgFPwghDfdymK6u4QicyVPs",
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"));

TEST(NeedsRehash, ComparesEveryParameter) {
  EXPECT_FALSE(NeedsRehash(Secret(kForeign), kFloor));
  EXPECT_FALSE(NeedsRehash(Secret(kForeign), Argon2Params{19455, 1, 1})) << "stronger than asked is good";
  EXPECT_TRUE(NeedsRehash(Secret(kForeign), Argon2Params{19457, 2, 1}));
  EXPECT_TRUE(NeedsRehash(Secret(kForeign), Argon2Params{19456, 3, 1}));
}

TEST(NeedsRehash, SeesAnOldVersionAShortSaltAndAShortTag) {
  EXPECT_TRUE(NeedsRehash(Secret("$argon2id$v=16$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$"
                                 "qiaTfunALLOj2APn0rTLvgFPwghDfdymK6u4QicyVPs"),
                          kFloor));
  EXPECT_TRUE(NeedsRehash(
      Secret("$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgc$qiaTfunALLOj2APn0rTLvgFPwghDfdymK6u4QicyVPs"),
      kFloor));
  EXPECT_TRUE(NeedsRehash(
      Secret("$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$qiaTfunALLOj2APn0rTLvg"), kFloor));
}

}  // namespace
}  // namespace tc::crypto
