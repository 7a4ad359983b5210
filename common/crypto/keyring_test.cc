#include "common/crypto/keyring.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
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
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::SizeIs;

constexpr char kHex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

TEST(OpenKeyring, ReadsKeysWithAndWithoutALineEnd) {
  const testing::TempDir dir;
  dir.Write("seal.k000001.key", kHex);
  dir.Write("otp.pepper.2026-03.key", absl::StrCat(absl::AsciiStrToUpper(kHex), "\n"), 0400);
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::Open(dir.path()));
  ASSERT_OK_AND_ASSIGN(const Key seal, keys.Newest("seal"));
  EXPECT_EQ(seal.bytes.Reveal(), absl::HexStringToBytes(kHex));
  EXPECT_THAT(keys.Find("otp.pepper", "2026-03"), IsOk());
}

TEST(OpenKeyring, IsEmptyForAnEmptyDirectory) {
  const testing::TempDir dir;
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::Open(dir.path()));
  const absl::Status status = keys.Newest("seal").status();
  EXPECT_THAT(status, HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(std::string(status.message()), HasSubstr("seal"));
}

TEST(OpenKeyring, PassesOverTheLinksOfAMountedSecret) {
  const testing::TempDir dir;
  std::filesystem::create_directory(dir.path() + "/..2026_03_02");
  std::filesystem::create_directory_symlink("..2026_03_02", dir.path() + "/..data");
  dir.Write("..2026_03_02/seal.k000001.key", kHex);
  std::filesystem::create_symlink("..data/seal.k000001.key", dir.path() + "/seal.k000001.key");
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::Open(dir.path()));
  EXPECT_THAT(keys.Newest("seal"), IsOk());
}

TEST(OpenKeyring, RefusesAnAbsentDirectoryByName) {
  const absl::Status status = Keyring::Open("/nonexistent/keys").status();
  EXPECT_THAT(status, HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nonexistent/keys"));
}

TEST(OpenKeyring, RefusesAKeyThatCannotBeOpenedByName) {
  const testing::TempDir dir;
  std::filesystem::create_symlink("gone", dir.path() + "/seal.k1.key");
  const absl::Status status = Keyring::Open(dir.path()).status();
  EXPECT_THAT(status, HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(status.message()), HasSubstr(dir.path() + "/seal.k1.key"));
}

TEST(OpenKeyring, RefusesADirectoryInTheShapeOfAKey) {
  const testing::TempDir dir;
  std::filesystem::create_directory(dir.path() + "/seal.k1.key");
  EXPECT_THAT(Keyring::Open(dir.path()).status(), HasCode(absl::StatusCode::kFailedPrecondition));
}

class Reload : public ::testing::Test {
 protected:
  Reload() {
    dir_.Write("seal.k000001.key", kHex);
    dir_.Write("index.k000001.key", absl::StrCat("ff", kHex + 2));
    keys_ = *Keyring::Open(dir_.path());
  }
  void Rotate() { ASSERT_THAT(AddKey(dir_.path(), "seal", random_), IsOk()); }
  void Remove(const std::string& file) { std::filesystem::remove(dir_.path() + "/" + file); }
  // Refused, and the two keys of the beginning are in force.
  void ExpectNoChange(absl::string_view named) {
    const absl::Status status = keys_.Reload();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(named)));
    EXPECT_EQ(keys_.Newest("seal")->kid, "k000001");
    EXPECT_EQ(keys_.Newest("seal")->bytes.Reveal(), absl::HexStringToBytes(kHex));
    EXPECT_THAT(keys_.Newest("index"), IsOk());
  }

  testing::TempDir dir_;
  FakeRandom random_;
  Keyring keys_ = Keyring::ForTest({}, random_);
};

TEST_F(Reload, PutsANewerKeyInForceForAllWhoShareTheKeyring) {  // CRY-05
  const Keyring copy = keys_;
  Rotate();
  EXPECT_EQ(copy.Newest("seal")->kid, "k000001") << "not before";
  ASSERT_THAT(keys_.Reload(), IsOk());
  EXPECT_EQ(copy.Newest("seal")->kid, "k000002");
  EXPECT_THAT(copy.Find("seal", "k000001"), IsOk());
}

TEST_F(Reload, ForgetsAnOlderKeyWhoseFileIsGone) {
  Rotate();
  ASSERT_THAT(keys_.Reload(), IsOk());
  Remove("seal.k000001.key");
  ASSERT_THAT(keys_.Reload(), IsOk());
  EXPECT_THAT(keys_.Find("seal", "k000001"), HasCode(absl::StatusCode::kNotFound));
}

TEST_F(Reload, KeepsAllWhenAFileIsWrong) {
  Rotate();
  dir_.Write("index.k000002.key", "half a ke");
  ExpectNoChange("index.k000002.key");
  Remove("index.k000002.key");
  EXPECT_THAT(keys_.Reload(), IsOk()) << "put right";
  EXPECT_EQ(keys_.Newest("seal")->kid, "k000002");
}

TEST_F(Reload, KeepsAllWhenTheDirectoryIsGone) {
  std::filesystem::rename(dir_.path(), dir_.path() + ".away");
  ExpectNoChange(dir_.path());
  std::filesystem::rename(dir_.path() + ".away", dir_.path());
}

TEST_F(Reload, KeepsAllWhenAPurposeWouldLoseEveryKey) {
  Rotate();
  Remove("index.k000001.key");
  ExpectNoChange("index.k000001");
}

TEST_F(Reload, KeepsAllWhenTheKeyThatMadeLastIsGone) {
  Remove("seal.k000001.key");
  dir_.Write("seal.k000009.key", absl::StrCat("aa", kHex + 2));
  ExpectNoChange("seal.k000001");
}

TEST_F(Reload, KeepsAllWhenAKidHasAnotherKey) {
  Rotate();
  Remove("seal.k000001.key");
  dir_.Write("seal.k000001.key", absl::StrCat("aa", kHex + 2));
  ExpectNoChange("seal.k000001");
}

TEST_F(Reload, KeepsAllWhenTheOldestKeyOfAPurposeThatNeedsItIsAnother) {
  keys_.KeepOldest("seal");
  Rotate();
  ASSERT_THAT(keys_.Reload(), IsOk());
  Remove("seal.k000001.key");
  EXPECT_THAT(std::string(keys_.Reload().message()), HasSubstr("seal.k000001"));
  EXPECT_THAT(keys_.Find("seal", "k000001"), IsOk());
  dir_.Write("seal.k000001.key", kHex);
  dir_.Write("seal.a.key", absl::StrCat("aa", kHex + 2));
  EXPECT_THAT(std::string(keys_.Reload().message()), HasSubstr("seal.k000001")) << "an older one";
  Remove("seal.a.key");
  EXPECT_THAT(keys_.Reload(), IsOk());
}

TEST_F(Reload, LosesNoUseWhileItHappens) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> users;
  for (int i = 0; i < 3; ++i) {
    users.emplace_back([&] {
      while (!stop) {
        EXPECT_THAT(keys_.Find("seal", "k000001"), IsOk());
        EXPECT_EQ(keys_.Live()->Of("seal")->back().bytes.size(), 32u);
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    Rotate();
    ASSERT_THAT(keys_.Reload(), IsOk());
  }
  stop = true;
  for (std::thread& user : users) user.join();
  EXPECT_EQ(keys_.Newest("seal")->kid, "k000021");
}

TEST(KeyringForTest, RotatesAsAReloadWould) {
  FakeRandom random;
  Keyring keys = Keyring::ForTest({"seal"}, random);
  const Keyring copy = keys;
  EXPECT_EQ(keys.AddForTest("seal", random), "k000002");
  EXPECT_EQ(copy.Newest("seal")->kid, "k000002");
  keys.RemoveForTest("seal", "k000001");
  EXPECT_THAT(copy.Find("seal", "k000001"), HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(*copy.All("seal"), SizeIs(1));
}

}  // namespace
}  // namespace tc::crypto
