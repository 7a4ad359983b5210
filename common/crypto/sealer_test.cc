#include "common/crypto/sealer.h"
#include "absl/strings/str_cat.h"

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

constexpr char kContext[] = "account/42/phone";
constexpr char kPhone[] = "+79161234567";

// The bytes 00 01 02 … for a nonce.
class CountingRandom final : public Random {
 public:
  std::string Bytes(size_t n) override {
    std::string bytes;
    for (size_t i = 0; i < n; ++i) bytes.push_back(static_cast<char>(i));
    return bytes;
  }
};

class SealerTest : public ::testing::Test {
 protected:
  SealerTest() { dir_.Write("seal.k000001.key", absl::StrCat(std::string(62, '0'), "01")); }

  Sealer Load() { return *Sealer::Create(*Keyring::Open(dir_.path()), "seal", random_); }
  void Rotate() { ASSERT_TRUE(AddKey(dir_.path(), "seal", random_).ok()); }

  testing::TempDir dir_;
  FakeRandom random_;
};

TEST_F(SealerTest, OpensWhatItSealed) {
  const Sealer sealer = Load();
  for (const std::string& plain :
       {std::string(), std::string("x"), std::string("a\0b", 3), std::string(100000, 'z')}) {
    ASSERT_OK_AND_ASSIGN(const std::string opened, sealer.Open(sealer.Seal(plain, kContext), kContext));
    EXPECT_EQ(opened, plain);
  }
}

TEST_F(SealerTest, WritesTheFormThatOthersCanRead) {
  CountingRandom random;
  ASSERT_OK_AND_ASSIGN(const Sealer sealer, Sealer::Create(*Keyring::Open(dir_.path()), "seal", random));
  // Computed with Python's cryptography: AES-256-GCM, authenticated: algorithm, kid length, kid, context.
  EXPECT_EQ(absl::BytesToHexString(sealer.Seal(kPhone, kContext)),
            "01076b303030303031"
            "000102030405060708090a0b"
            "8e1d65bc30c96bb88459f4b239d529020a407ff8dff19be5e9f77df0");
}

TEST_F(SealerTest, NeverWritesTheSameTwice) {
  const Sealer sealer = Load();
  std::set<std::string> blobs;
  for (int i = 0; i < 100; ++i) blobs.insert(sealer.Seal(kPhone, kContext));
  EXPECT_EQ(blobs.size(), 100u);
}

TEST_F(SealerTest, ShowsNothingOfThePlainText) {
  EXPECT_EQ(Load().Seal(kPhone, kContext).find("9161"), std::string::npos);
}

TEST_F(SealerTest, RefusesATamperedBlobWhereverTheBitIs) {
  const Sealer sealer = Load();
  const std::string blob = sealer.Seal(kPhone, kContext);
  for (size_t i = 0; i < blob.size() * 8; ++i) {
    std::string tampered = blob;
    tampered[i / 8] = static_cast<char>(tampered[i / 8] ^ (1 << (i % 8)));
    EXPECT_THAT(sealer.Open(tampered, kContext), HasCode(absl::StatusCode::kDataLoss)) << "bit " << i;
  }
}

TEST_F(SealerTest, RefusesEveryPrefixAndAnExtension) {
  const Sealer sealer = Load();
  const std::string blob = sealer.Seal(kPhone, kContext);
  for (size_t size = 0; size < blob.size(); ++size) {
    EXPECT_THAT(sealer.Open(blob.substr(0, size), kContext), HasCode(absl::StatusCode::kDataLoss)) << size;
  }
  EXPECT_THAT(sealer.Open(blob + "x", kContext), HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(SealerTest, RefusesAnotherContext) {
  const Sealer sealer = Load();
  const std::string blob = sealer.Seal(kPhone, kContext);
  for (const char* context :
       {"account/43/phone", "account/42/email", "account/42/phon", "account/42/phone ", ""}) {
    EXPECT_THAT(sealer.Open(blob, context), HasCode(absl::StatusCode::kDataLoss)) << context;
  }
}

TEST_F(SealerTest, SaysNothingAboutWhy) {
  const Sealer sealer = Load();
  const std::string blob = sealer.Seal(kPhone, kContext);
  EXPECT_EQ(sealer.Open(blob, "elsewhere").status(), sealer.Open("", kContext).status());
}

TEST_F(SealerTest, SealsWithTheNewestKeyAndOpensWithEveryOne) {
  const Sealer before = Load();
  const std::string old = before.Seal(kPhone, kContext);
  Rotate();
  const Sealer rotated = Load();
  EXPECT_EQ(*rotated.Open(old, kContext), kPhone);
  const std::string fresh = rotated.Seal(kPhone, kContext);
  EXPECT_EQ(fresh.substr(2, 7), "k000002");
  EXPECT_EQ(*rotated.Open(fresh, kContext), kPhone);
  EXPECT_THAT(before.Open(fresh, kContext), HasCode(absl::StatusCode::kDataLoss)) << "its key is not there";
}

TEST_F(SealerTest, FollowsARotationWithoutBeingMadeAnew) {  // CRY-05
  Keyring keys = *Keyring::Open(dir_.path());
  const Sealer sealer = *Sealer::Create(keys, "seal", random_);
  const std::string old = sealer.Seal(kPhone, kContext);
  Rotate();
  ASSERT_TRUE(keys.Reload().ok());
  const std::string fresh = sealer.Seal(kPhone, kContext);
  EXPECT_EQ(*KidOf(old), "k000001");
  EXPECT_EQ(*KidOf(fresh), "k000002");
  EXPECT_EQ(*sealer.Open(old, kContext), kPhone);
  EXPECT_EQ(*sealer.Open(fresh, kContext), kPhone);
  keys.RemoveForTest("seal", "k000001");
  EXPECT_THAT(sealer.Open(old, kContext), HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(SealerTest, SealsAndOpensWhileItsKeysRotate) {
  Keyring keys = Keyring::ForTest({"seal"}, random_);
  const Sealer sealer = *Sealer::Create(keys, "seal", random_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 300; ++n) EXPECT_EQ(*sealer.Open(sealer.Seal(kPhone, kContext), kContext), kPhone);
    });
  }
  for (int i = 0; i < 30; ++i) keys.AddForTest("seal", random_);
  for (std::thread& thread : threads) thread.join();
}

TEST_F(SealerTest, SealsUnderOneKeyThatIsGiven) {
  const Key key{"d1", Secret(random_.Bytes(32))};
  const std::string blob = SealWith(key, kPhone, kContext, random_);
  EXPECT_EQ(*KidOf(blob), "d1");
  EXPECT_EQ(*OpenWith(key, blob, kContext), kPhone);
  EXPECT_THAT(OpenWith(key, blob, "elsewhere"), HasCode(absl::StatusCode::kDataLoss));
  EXPECT_THAT(OpenWith({"d2", key.bytes}, blob, kContext), HasCode(absl::StatusCode::kDataLoss));
  EXPECT_THAT(OpenWith({"d1", Secret(random_.Bytes(32))}, blob, kContext),
              HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(SealerTest, GivesAndTakesTheSameFormUnderAGivenKeyAsUnderTheKeyrings) {
  const Keyring keys = *Keyring::Open(dir_.path());
  EXPECT_EQ(*OpenWith(*keys.Newest("seal"), Load().Seal(kPhone, kContext), kContext), kPhone);
  EXPECT_EQ(*Load().Open(SealWith(*keys.Newest("seal"), kPhone, kContext, random_), kContext), kPhone);
}

TEST_F(SealerTest, ReadsNoKidOffWhatIsNoBlob) {
  for (const char* text : {"", "x", "\x01\x07k0000"}) {
    EXPECT_THAT(KidOf(text), HasCode(absl::StatusCode::kDataLoss));
  }
}

TEST_F(SealerTest, NeedsAKeyForItsPurpose) {
  EXPECT_THAT(Sealer::Create(*Keyring::Open(dir_.path()), "absent", random_),
              HasCode(absl::StatusCode::kNotFound));
}

TEST_F(SealerTest, ServesManyThreads) {
  const Sealer sealer = Load();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, plain = std::string(static_cast<size_t>(i) + 1, 'x')] {
      for (int n = 0; n < 300; ++n) EXPECT_EQ(*sealer.Open(sealer.Seal(plain, kContext), kContext), plain);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace tc::crypto
