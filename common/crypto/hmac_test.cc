#include "common/crypto/hmac.h"

#include <set>
#include <thread>

#include "absl/strings/escaping.h"
#include "common/crypto/key_files.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::crypto {
namespace {

using testing::FakeRandom;
using testing::HasCode;

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

struct Vector {
  std::string key;
  std::string message;
  const char* tag;
};

class Rfc4231 : public ::testing::TestWithParam<Vector> {};

TEST_P(Rfc4231, Agrees) { EXPECT_EQ(Hex(HmacSha256(GetParam().key, GetParam().message)), GetParam().tag); }

INSTANTIATE_TEST_SUITE_P(
    HmacSha256, Rfc4231,
    ::testing::Values(Vector{std::string(20, '\x0b'), "Hi There",
                             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
                      Vector{"Jefe", "what do ya want for nothing?",
                             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
                      Vector{std::string(20, '\xaa'), std::string(50, '\xdd'),
                             "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
                      Vector{std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First",
                             "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
                      Vector{std::string(131, '\xaa'),
                             "This is a test using a larger than block-size key and a larger than block-size "
                             "data. The key needs "
                             "to be hashed before being used by the HMAC algorithm.",
                             "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}));

TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(ConstantTimeEquals, ComparesLengthAndBytes) {
  EXPECT_TRUE(ConstantTimeEquals("", absl::string_view()));
  EXPECT_TRUE(ConstantTimeEquals("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "ab"));
  EXPECT_FALSE(ConstantTimeEquals("ab", "abc"));
  EXPECT_FALSE(ConstantTimeEquals(absl::string_view("a\0b", 3), absl::string_view("a\0c", 3)));
}

// A purpose with the key 07 07 … 08, and the means to rotate it.
class KeyedHashTest : public ::testing::Test {
 protected:
  KeyedHashTest() { dir_.Write("otp.k000001.key", std::string(62, '7') + "08"); }

  KeyedHash Load(absl::string_view label = "tc/otp/v1") {
    return *KeyedHash::Create(*Keyring::Open(dir_.path()), "otp", label);
  }
  void Rotate() { ASSERT_TRUE(AddKey(dir_.path(), "otp", random_).ok()); }

  testing::TempDir dir_;
  FakeRandom random_;
};

TEST_F(KeyedHashTest, IsHmacOverLengthPrefixedFields) {
  const std::string key = std::string(31, '\x77') + '\x08';
  const std::string message =
      absl::StrCat(std::string(7, '\0'), "\x09tc/otp/v1", std::string(7, '\0'), "\x03tag",
                   std::string(7, '\0'), "\x02v1", std::string(7, '\0'), "\x06", "123456");
  const Mac mac = Load().Make({"v1", "123456"});
  EXPECT_EQ(mac.kid, "k000001");
  EXPECT_EQ(Hex(mac.tag), Hex(HmacSha256(key, message)));
}

TEST(HmacSha1, AgreesWithRfc2202) {
  EXPECT_EQ(Hex(HmacSha1(std::string(20, '\x0b'), "Hi There")), "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(Hex(HmacSha1("Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST_F(KeyedHashTest, VerifiesWhatItMade) {
  const KeyedHash hash = Load();
  const Mac mac = hash.Make({"subject", "123456"});
  EXPECT_TRUE(hash.Verify({"subject", "123456"}, mac));
  EXPECT_FALSE(hash.Verify({"subject", "123457"}, mac));
  EXPECT_FALSE(hash.Verify({"123456", "subject"}, mac));
  EXPECT_FALSE(hash.Verify({}, mac));
}

TEST_F(KeyedHashTest, KeepsFieldsApart) {
  const KeyedHash hash = Load();
  const std::set<std::string> tags = {
      hash.Make({"ab", "c"}).tag, hash.Make({"a", "bc"}).tag,
      hash.Make({"abc"}).tag,     hash.Make({"abc", ""}).tag,
      hash.Make({"", "abc"}).tag, hash.Make({}).tag,
      hash.Make({""}).tag,        hash.Make({absl::string_view("abc\0", 4)}).tag,
  };
  EXPECT_EQ(tags.size(), 8u);
}

TEST_F(KeyedHashTest, SeparatesLabelsAndUses) {
  const std::set<std::string> tags = {Load("tc/a").Make({"x"}).tag, Load("tc/b").Make({"x"}).tag,
                                      Load("tc/a").Index("x"), Load("tc/b").Index("x")};
  EXPECT_EQ(tags.size(), 4u);
}

TEST_F(KeyedHashTest, RefusesATamperedTagWhereverTheByteIs) {
  const KeyedHash hash = Load();
  for (size_t i = 0; i < 32; ++i) {
    Mac mac = hash.Make({"x"});
    mac.tag[i] = static_cast<char>(mac.tag[i] ^ 1);
    EXPECT_FALSE(hash.Verify({"x"}, mac)) << i;
  }
}

TEST_F(KeyedHashTest, RefusesTruncatedTagsAndUnknownKids) {
  const KeyedHash hash = Load();
  Mac mac = hash.Make({"x"});
  EXPECT_FALSE(hash.Verify({"x"}, Mac{mac.kid, mac.tag.substr(0, 31)}));
  EXPECT_FALSE(hash.Verify({"x"}, Mac{mac.kid, ""}));
  EXPECT_FALSE(hash.Verify({"x"}, Mac{"k000009", mac.tag}));
  EXPECT_FALSE(hash.Verify({"x"}, Mac{"", mac.tag}));
}

TEST_F(KeyedHashTest, MakesWithTheNewestKeyAndReadsWithEveryOne) {
  const Mac old = Load().Make({"x"});
  Rotate();
  const KeyedHash rotated = Load();
  EXPECT_TRUE(rotated.Verify({"x"}, old));
  const Mac fresh = rotated.Make({"x"});
  EXPECT_EQ(fresh.kid, "k000002");
  EXPECT_NE(fresh.tag, old.tag);
  EXPECT_TRUE(rotated.Verify({"x"}, fresh));
  EXPECT_FALSE(rotated.Verify({"x"}, Mac{"k000001", fresh.tag})) << "the kid must belong to the tag";
}

TEST_F(KeyedHashTest, IndexesUnderTheNewestKeyAndIsFoundUnderEveryOne) {  // CRY-05
  const std::string before = Load().Index("+79161234567");
  EXPECT_EQ(before.size(), 32u);
  Rotate();
  const KeyedHash rotated = Load();
  const std::string fresh = rotated.Index("+79161234567");
  EXPECT_NE(fresh, before);
  EXPECT_THAT(rotated.Indexes("+79161234567"), ::testing::ElementsAre(fresh, before));
  EXPECT_NE(rotated.Index("+79161234568"), fresh);
}

TEST_F(KeyedHashTest, KeepsItsStableIndexAcrossARotation) {
  const std::string before = Load().StableIndex("+79161234567");
  EXPECT_EQ(before, Load().Index("+79161234567")) << "one key: all are the same";
  Rotate();
  EXPECT_EQ(Load().StableIndex("+79161234567"), before);
  EXPECT_NE(Load().StableIndex("+79161234568"), before);
}

TEST_F(KeyedHashTest, FollowsARotationWithoutBeingMadeAnew) {  // CRY-05
  Keyring keys = *Keyring::Open(dir_.path());
  const KeyedHash hash = *KeyedHash::Create(keys, "otp", "tc/otp/v1");
  const Mac old = hash.Make({"x"});
  const std::string index = hash.Index("x");
  Rotate();
  ASSERT_TRUE(keys.Reload().ok());
  EXPECT_EQ(hash.Make({"x"}).kid, "k000002");
  EXPECT_TRUE(hash.Verify({"x"}, old));
  EXPECT_THAT(hash.Indexes("x"), ::testing::ElementsAre(hash.Index("x"), index));
  EXPECT_EQ(hash.StableIndex("x"), index);
  keys.RemoveForTest("otp", "k000001");
  EXPECT_FALSE(hash.Verify({"x"}, old));
  EXPECT_THAT(hash.Indexes("x"), ::testing::ElementsAre(hash.Index("x")));
}

TEST_F(KeyedHashTest, NeedsAKeyForItsPurpose) {
  EXPECT_THAT(KeyedHash::Create(*Keyring::Open(dir_.path()), "absent", "label"),
              HasCode(absl::StatusCode::kNotFound));
}

TEST_F(KeyedHashTest, GivesEveryThreadTheSameTags) {
  const KeyedHash hash = Load();
  const Mac expected = hash.Make({"x"});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 500; ++n) EXPECT_EQ(hash.Make({"x"}).tag, expected.tag);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(DerivedUuid, IsAVersion8UuidOfItsFields) {
  EXPECT_EQ(DerivedUuid({"a", "b"}),
            "a15ad56a-aa08-8c16-8d30-872bf130f988");  // computed with Python's hashlib
  EXPECT_EQ(DerivedUuid({"a", "b"}), DerivedUuid({"a", "b"}));
  EXPECT_NE(DerivedUuid({"a", "b"}), DerivedUuid({"ab"}));
  EXPECT_THAT(DerivedUuid({}),
              ::testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

}  // namespace
}  // namespace tc::crypto
