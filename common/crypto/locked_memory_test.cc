#include "common/crypto/locked_memory.h"

#include <fstream>
#include <optional>
#include <sstream>

#include "absl/strings/escaping.h"
#include "common/crypto/keyring.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::crypto {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // a sanitizer answers mlock itself, without locking
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

// The kernel's flags of the mapping in which `address` lies: " rd wr … lo dd ".
std::string FlagsOf(const void* address) {
  const auto place = reinterpret_cast<uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> begin >> dash >> end && dash == '-') inside = begin <= place && place < end;
    if (inside && line.rfind("VmFlags:", 0) == 0) return line.substr(8) + " ";
  }
  return "";
}

TEST(LockedMemory, IsNotSwappedNotDumpedAndNotWrittenOnceProtected) {  // CRY-13
  LockedMemory memory(32);
  memory.data()[0] = 'k';
  EXPECT_TRUE(memory.locked());
  memory.Protect();
  EXPECT_EQ(memory.data()[0], 'k');
  const std::string flags = FlagsOf(memory.data());
  if (flags.empty()) GTEST_SKIP() << "this kernel does not tell";
  EXPECT_THAT(flags, ::testing::HasSubstr(" dd "));
  EXPECT_THAT(flags, ::testing::Not(::testing::HasSubstr(" wr ")));
  if (!kSanitized) {
    EXPECT_THAT(flags, ::testing::HasSubstr(" lo "));
  }
}

TEST(LockedMemory, EndsTheProcessThatWritesOverAKey) {
  EXPECT_DEATH(
      {
        LockedMemory memory(32);
        memory.Protect();
        memory.data()[0] = 'x';
      },
      "");
}

TEST(Keyring, KeepsItsKeysInLockedMemory) {  // CRY-13
  const testing::TempDir dir;
  dir.Write("seal.k000001.key", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  ASSERT_OK_AND_ASSIGN(const Keyring keys, Keyring::Open(dir.path()));
  const std::string flags = FlagsOf(keys.Live()->Of("seal")->back().bytes.data());
  if (flags.empty()) GTEST_SKIP() << "this kernel does not tell";
  EXPECT_THAT(flags, ::testing::HasSubstr(" dd "));
}

TEST(Keyring, ServesWhoStillUsesKeysThatWereReplaced) {
  testing::FakeRandom random;
  Keyring keys = Keyring::ForTest({"seal"}, random);
  const std::shared_ptr<const KeySet> used = keys.Live();
  const std::string before(used->Of("seal")->back().bytes);
  keys.AddForTest("seal", random);
  keys.RemoveForTest("seal", "k000001");
  EXPECT_EQ(used->Of("seal")->back().bytes, before);
}

TEST(Keyring, LetsReplacedKeysGoWhenNobodyUsesThem) {
  testing::FakeRandom random;
  Keyring keys = Keyring::ForTest({"seal"}, random);
  const std::weak_ptr<const KeySet> replaced = keys.Live();
  keys.AddForTest("seal", random);
  EXPECT_TRUE(replaced.expired());
}

}  // namespace
}  // namespace tc::crypto
