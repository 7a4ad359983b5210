#include "tools/tcctl/tls_access.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::dev {
namespace {

using ::testing::HasSubstr;

class TlsAccessTest : public ::testing::Test {
 protected:
  std::string Wrong() const { return std::string(TlsCredentials(files_).status().message()); }

  testing::TempDir dir_;
  tls::Files files_ = {dir_.Write("ops.pem", "certificate", 0644), dir_.Write("ops.key", "key"),
                       dir_.Write("ca.pem", "authority", 0644)};
};

TEST_F(TlsAccessTest, TakesNoKeyThatOthersMayRead) {
  EXPECT_EQ(Wrong(), "");
  ASSERT_EQ(::chmod(files_.private_key.c_str(), 0644), 0);
  EXPECT_EQ(Wrong(), files_.private_key + ": mode 0644 lets others read the key; use 0600");
}

TEST_F(TlsAccessTest, TakesNoAuthorityThatEverybodyMayWrite) {
  ASSERT_EQ(::chmod(files_.ca.c_str(), 0666), 0);
  EXPECT_THAT(Wrong(), HasSubstr("everybody may write it"));
}

TEST_F(TlsAccessTest, NamesTheFileThatCannotBeRead) {
  files_.certificate = dir_ / "absent.pem";
  EXPECT_THAT(Wrong(), HasSubstr("absent.pem: cannot be read"));
}

}  // namespace
}  // namespace tc::dev
