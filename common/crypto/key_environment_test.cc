#include "common/crypto/key_environment.h"

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/keyring.h"
#include "common/testing/status.h"

namespace tc::crypto {
namespace {

using testing::HasCode;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr char kHex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr char kOtherHex[] = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

void Set(const char* name, const char* value) { ASSERT_EQ(::setenv(name, value, 1), 0); }

TEST(KeysFromTheEnvironment, AreReadByPurposeAndKid) {
  Set("TC_KEY_OTP_CODE__k000001", kHex);
  Set("TC_KEY_OTP_CODE__k000002", kOtherHex);
  Set("TC_KEY_SEAL_INDEX__2026-03", kHex);
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::OpenEnvironment({"otp-code", "seal.index"}));
  EXPECT_EQ(keys.Newest("otp-code")->kid, "k000002");
  EXPECT_EQ(keys.Find("otp-code", "k000001")->bytes.Reveal(), absl::HexStringToBytes(kHex));
  EXPECT_EQ(keys.Newest("seal.index")->kid, "2026-03");
}

TEST(KeysFromTheEnvironment, AreGoneFromItAfterwards) {
  Set("TC_KEY_SEAL__k000001", kHex);
  char* const value = ::getenv("TC_KEY_SEAL__k000001");
  ASSERT_THAT(TakeKeysFromEnvironment({"seal"}), IsOk());
  EXPECT_EQ(::getenv("TC_KEY_SEAL__k000001"), nullptr);
  EXPECT_EQ(value[0], '\0') << "the bytes are wiped where they lay";
  EXPECT_EQ(value[63], '\0');
}

TEST(KeysFromTheEnvironment, AreGoneFromItAlsoWhenRefused) {
  Set("TC_KEY_SEAL__k000001", kHex);
  Set("TC_KEY_SEAL__k000002", "not a key");
  EXPECT_THAT(TakeKeysFromEnvironment({"seal"}), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(::getenv("TC_KEY_SEAL__k000001"), nullptr);
  EXPECT_EQ(::getenv("TC_KEY_SEAL__k000002"), nullptr);
}

TEST(KeysFromTheEnvironment, AreRefusedByNameAndNotByValue) {
  struct Row {
    const char* name;
    std::string value;
  };
  for (const Row& row : std::vector<Row>{{"TC_KEY_SEAL__k1", "short"},
                                         {"TC_KEY_SEAL__k1", std::string(64, '0')},
                                         {"TC_KEY_SEAL__", kHex},
                                         {"TC_KEY_SEAL_k1", kHex},
                                         {"TC_KEY_OTHER__k1", kHex},
                                         {"TC_KEY_seal__k1", kHex},
                                         {"TC_KEY_SEAL__k.1", kHex}}) {
    Set(row.name, row.value.c_str());
    const absl::Status status = TakeKeysFromEnvironment({"seal"}).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kFailedPrecondition)) << row.name;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.name));
    EXPECT_THAT(std::string(status.message()), ::testing::Not(HasSubstr("0a0b0c")));
  }
}

TEST(KeysFromTheEnvironment, AreRefusedWhenTwoPurposesWouldShareThem) {
  EXPECT_THAT(TakeKeysFromEnvironment({"otp-code", "otp.code"}), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST(KeysFromTheEnvironment, LeaveOtherVariablesAlone) {
  Set("TC_KEYS", "env");
  ASSERT_OK_AND_ASSIGN(const RawKeys keys, TakeKeysFromEnvironment({"seal"}));
  EXPECT_TRUE(keys.empty());
  EXPECT_STREQ(::getenv("TC_KEYS"), "env");
  ::unsetenv("TC_KEYS");
}

TEST(KeysFromTheEnvironment, CannotBeReadAgain) {
  Set("TC_KEY_SEAL__k000001", kHex);
  ASSERT_OK_AND_ASSIGN(Keyring keys, Keyring::OpenEnvironment({"seal"}));
  const absl::Status status = keys.Reload();
  EXPECT_THAT(status, HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(status.message()), HasSubstr("restart"));
  EXPECT_THAT(keys.Newest("seal"), IsOk());
}

}  // namespace
}  // namespace tc::crypto
