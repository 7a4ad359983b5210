#include "common/tls/memory_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "common/testing/status.h"

namespace tc::tls {
namespace {

using testing::IsOk;

std::string Read(const std::string& path) {
  std::ifstream in(path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

time_t ModifiedAt(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mtime : 0;
}

TEST(MemoryFile, KeepsItsPathWhileItsContentIsReplaced) {
  MemoryFile file;
  ASSERT_THAT(file.Replace("one"), IsOk());
  const std::string path = file.path();
  EXPECT_EQ(Read(path), "one");
  ASSERT_THAT(file.Replace("two and more"), IsOk());
  EXPECT_EQ(file.path(), path);
  EXPECT_EQ(Read(path), "two and more");
}

// gRPC reads a key and a certificate one after the other, and trusts the time to tell that both are of one
// content.
TEST(MemoryFile, HasAnotherTimeAfterEachReplacement) {
  MemoryFile file;
  std::set<time_t> times;
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(file.Replace("same"), IsOk());
    times.insert(ModifiedAt(file.path()));
  }
  EXPECT_EQ(times.size(), 10u);
  EXPECT_EQ(times.count(0), 0u);
}

TEST(MemoryFile, IsReadWholeWheneverItIsReplaced) {
  MemoryFile file;
  const std::string a(100'000, 'a');
  const std::string b(50'000, 'b');
  ASSERT_THAT(file.Replace(a), IsOk());
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    while (!stop) {
      const std::string seen = Read(file.path());
      EXPECT_TRUE(seen == a || seen == b) << seen.size();
    }
  });
  for (int i = 0; i < 500; ++i) EXPECT_THAT(file.Replace(i % 2 == 0 ? b : a), IsOk());
  stop = true;
  reader.join();
}

TEST(MemoryFile, MayBeReadByItsOwnerOnly) {
  MemoryFile file;
  ASSERT_THAT(file.Replace("secret"), IsOk());
  struct stat info {};
  ASSERT_EQ(::stat(file.path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, mode_t{0400});
}

}  // namespace
}  // namespace tc::tls
