#include "common/crypto/signature.h"

#include "absl/strings/escaping.h"
#include "common/crypto/strict_json.h"
#include "common/testing/status.h"

namespace tc::crypto {
namespace {

using testing::HasCode;

// RFC 8037, appendix A.
constexpr char kRfc8037Pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kRfc8037X[] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr char kRfc8037Message[] = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
constexpr char kRfc8037Signature[] =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

// RFC 7515, appendix A.3.
constexpr char kRfc7515X[] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr char kRfc7515Y[] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr char kRfc7515Message[] =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp"
    "0cnVlfQ";
constexpr char kRfc7515Signature[] =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

std::string Decode(absl::string_view text) { return FromBase64Url(text).value(); }

TEST(Ed25519, MakesTheSignatureOfRfc8037) {
  ASSERT_OK_AND_ASSIGN(const PrivateKey key, PrivateKey::FromPem(kRfc8037Pem));
  EXPECT_EQ(ToBase64Url(key.PublicBytes()), kRfc8037X);
  EXPECT_EQ(ToBase64Url(key.Sign(kRfc8037Message)), kRfc8037Signature);
  EXPECT_EQ(key.ToPem(), kRfc8037Pem);
}

TEST(Ed25519, VerifiesTheSignatureOfRfc8037) {
  ASSERT_OK_AND_ASSIGN(const PublicKey key, PublicKey::Ed25519(Decode(kRfc8037X)));
  EXPECT_TRUE(key.Verify(kRfc8037Message, Decode(kRfc8037Signature)));
  EXPECT_FALSE(key.Verify("another message", Decode(kRfc8037Signature)));
}

TEST(Es256, VerifiesTheSignatureOfRfc7515) {
  ASSERT_OK_AND_ASSIGN(const PublicKey key, PublicKey::P256(Decode(kRfc7515X), Decode(kRfc7515Y)));
  EXPECT_TRUE(key.Verify(kRfc7515Message, Decode(kRfc7515Signature)));
  EXPECT_FALSE(key.Verify("another message", Decode(kRfc7515Signature)));
}

struct Case {
  const char* name;
  PublicKey key;
  std::string message;
  std::string signature;
};

class Signature : public ::testing::TestWithParam<Case> {};

TEST_P(Signature, IsRefusedWithAnyBitChanged) {
  const Case& c = GetParam();
  for (size_t i = 0; i < c.signature.size() * 8; ++i) {
    std::string tampered = c.signature;
    tampered[i / 8] = static_cast<char>(tampered[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(c.key.Verify(c.message, tampered)) << "bit " << i;
  }
}

TEST_P(Signature, IsRefusedAtAnyOtherLength) {
  const Case& c = GetParam();
  EXPECT_FALSE(c.key.Verify(c.message, ""));
  EXPECT_FALSE(c.key.Verify(c.message, c.signature.substr(0, 63)));
  EXPECT_FALSE(c.key.Verify(c.message, c.signature + '\0'));
  EXPECT_FALSE(c.key.Verify(c.message, std::string(64, '\0')));
}

INSTANTIATE_TEST_SUITE_P(Both, Signature,
                         ::testing::Values(Case{"Ed25519", *PublicKey::Ed25519(Decode(kRfc8037X)),
                                                kRfc8037Message, Decode(kRfc8037Signature)},
                                           Case{"Es256",
                                                *PublicKey::P256(Decode(kRfc7515X), Decode(kRfc7515Y)),
                                                kRfc7515Message, Decode(kRfc7515Signature)}),
                         [](const auto& test) { return test.param.name; });

TEST(Es256, RefusesADerSignature) {
  // The same r and s as OpenSSL would write them: JWA knows only r ‖ s.
  const std::string raw = Decode(kRfc7515Signature);
  const std::string der =
      "\x30\x45\x02\x20" + raw.substr(0, 32) + "\x02\x21" + std::string(1, '\0') + raw.substr(32);
  EXPECT_FALSE(PublicKey::P256(Decode(kRfc7515X), Decode(kRfc7515Y))->Verify(kRfc7515Message, der));
}

TEST(PublicKey, RefusesBytesThatAreNoPoint) {
  EXPECT_THAT(PublicKey::Ed25519("short"), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(PublicKey::P256(std::string(32, '\1'), std::string(32, '\1')),
              HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(PublicKey::P256(std::string(32, '\0'), std::string(32, '\0')),
              HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(PublicKey::P256(Decode(kRfc7515X), "short"), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST(PrivateKey, IsFreshWhenGenerated) {
  EXPECT_NE(PrivateKey::Generate().PublicBytes(), PrivateKey::Generate().PublicBytes());
}

TEST(PrivateKey, ComesFromItsSeed) {  // RFC 8032, 7.1, test 1
  ASSERT_OK_AND_ASSIGN(const PrivateKey key,
                       PrivateKey::FromSeed(absl::HexStringToBytes(
                           "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")));
  EXPECT_EQ(absl::BytesToHexString(key.PublicBytes()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_THAT(PrivateKey::FromSeed("short"), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST(PrivateKey, RefusesOtherTextsAndOtherKeys) {
  // An EC key, and an Ed25519 key under a password (which must not be asked for on the terminal).
  constexpr char kEc[] =
      "-----BEGIN PRIVATE KEY-----\n"
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKj2sBgskESpeJ5UJ\n"
      "JbUf6xEsrf2uL6xAtD6hpHlsTuihRANCAAQiXNbve2AYOuIp/JcGy2tKspR8gvXT\n"
      "rjuPSX9cTcudcBh0kN1SDFfcq8fkWMNlSVNAnQVtaTRor7V4YxcgU7VX\n"
      "-----END PRIVATE KEY-----\n";
  constexpr char kEncrypted[] =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBD4Nngsa6MD+PTjVOuy\n"
      "4+89AgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQ9Lh4gqRZ1tgUVuyz\n"
      "7UpLuARAkGRM194xHpx9bz3XeCUnHxtClbLoXcDNubl7ff1Kn0UIjom2erXpfBhF\n"
      "atyp5GYgSO0diyYC9RFuOsjoto/wRQ==\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  for (const std::string& pem : {std::string(), std::string("hello"), std::string(kEc),
                                 std::string(kEncrypted), std::string(100000, 'x')}) {
    EXPECT_THAT(PrivateKey::FromPem(pem), HasCode(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace tc::crypto
