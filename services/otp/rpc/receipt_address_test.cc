#include "services/otp/rpc/receipt_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/testing/fakes.h"
#include "services/otp/rpc/codes.h"

namespace tc::otp {
namespace {

constexpr char kBase[] = "https://otp.example:7404";

struct Addresses {
  Addresses() : keys(crypto::Keyring::ForTest({kCodeKey}, random)), address(*ReceiptAddress::Create(keys)) {}

  static ReceiptTarget Target(const std::string& id = "kY1-abc_XYZ0123456789q", int attempt = 1) {
    return {DeliveryId::FromTrusted(id), attempt};
  }
  // The token alone.
  std::string Token(const std::string& provider, const ReceiptTarget& target) const {
    const std::string made = address.Make(kBase, provider, target);
    return made.substr(made.rfind('/') + 1);
  }

  std::string Token(const std::string& provider = "sms") const { return Token(provider, Target()); }

  testing::FakeRandom random;
  crypto::Keyring keys;
  ReceiptAddress address;
};

TEST(ReceiptAddress, NamesTheProviderAndOneAttempt) {
  const Addresses a;
  const std::string made = a.address.Make(kBase, "sms", Addresses::Target());
  EXPECT_TRUE(absl::StartsWith(made, "https://otp.example:7404/receipts/sms/")) << made;
  for (const int attempt : {1, 2, 255, 256, 65535}) {
    const ReceiptTarget target = Addresses::Target("d", attempt);
    EXPECT_EQ(a.address.Open("sms", a.Token("sms", target)), target) << attempt;
  }
}

TEST(ReceiptAddress, HasOnlyCharactersThatNeedNoEscapeInAnAddress) {
  const Addresses a;
  for (int i = 0; i < 100; ++i) {
    const std::string token = a.Token("sms", Addresses::Target(absl::StrCat("d", i)));
    EXPECT_THAT(token, ::testing::MatchesRegex("[A-Za-z0-9_-]+"));
    EXPECT_LE(token.size(), 128u);
  }
  const std::string longest(64, 'x');
  EXPECT_EQ(a.address.Open("sms", a.Token("sms", Addresses::Target(longest)))->delivery.text(), longest);
}

TEST(ReceiptAddress, OpensNothingButWhatItMade) {  // SND-15: forged
  const Addresses a;
  const std::string token = a.Token();
  ASSERT_TRUE(a.address.Open("sms", token).has_value());
  for (const std::string& forged :
       {std::string(), std::string("x"), std::string(300, 'A'), token + "A", token + "=", token + " ",
        " " + token, token.substr(1), token.substr(0, token.size() - 1), absl::WebSafeBase64Escape(token)}) {
    EXPECT_FALSE(a.address.Open("sms", forged).has_value()) << forged;
  }
}

TEST(ReceiptAddress, EveryBitOfATokenCounts) {
  const Addresses a;
  const std::string token = a.Token();
  for (size_t at = 0; at < token.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = token;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      EXPECT_FALSE(a.address.Open("sms", flipped).has_value()) << at << " " << bit;
    }
  }
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(token, &bytes));
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      EXPECT_FALSE(a.address.Open("sms", absl::WebSafeBase64Escape(flipped)).has_value()) << at << " " << bit;
    }
  }
}

TEST(ReceiptAddress, IsOfOneProviderOnly) {
  const Addresses a;
  EXPECT_FALSE(a.address.Open("voice", a.Token("sms")).has_value());
  EXPECT_FALSE(a.address.Open("", a.Token("sms")).has_value());
  // Lengths are part of what is hashed: the provider's end is not the delivery's beginning.
  EXPECT_NE(a.Token("sms", Addresses::Target("1d")), a.Token("sms1", Addresses::Target("d")));
}

TEST(ReceiptAddress, DiffersByProviderDeliveryAndAttempt) {
  const Addresses a;
  std::set<std::string> tokens;
  for (const char* provider : {"sms", "voice"}) {
    for (const char* id : {"d1", "d2"}) {
      for (const int attempt : {1, 2}) tokens.insert(a.Token(provider, Addresses::Target(id, attempt)));
    }
  }
  EXPECT_EQ(tokens.size(), 8u);
}

TEST(ReceiptAddress, OutlivesARotationWhileItsKeyIsInTheRing) {
  Addresses a;
  const std::string older = a.Token();
  const std::string kid = a.keys.Newest(kCodeKey)->kid;
  a.keys.AddForTest(kCodeKey, a.random);
  EXPECT_NE(a.Token(), older);
  EXPECT_TRUE(a.address.Open("sms", older).has_value());
  EXPECT_TRUE(a.address.Open("sms", a.Token()).has_value());
  a.keys.RemoveForTest(kCodeKey, kid);
  EXPECT_FALSE(a.address.Open("sms", older).has_value());
}

TEST(ReceiptAddress, IsUnrelatedToAnotherKeysAddresses) {
  Addresses a;
  testing::FakeRandom other_random(99);
  const crypto::Keyring others = crypto::Keyring::ForTest({kCodeKey}, other_random);
  const ReceiptAddress other = *ReceiptAddress::Create(others);
  EXPECT_FALSE(other.Open("sms", a.Token()).has_value());
}

}  // namespace
}  // namespace tc::otp
