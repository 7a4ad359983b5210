// In the program that has certificates; nothing is listened on.

#include "services/otp/rpc/receipt_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_join.h"
#include "common/testing/certificates.h"
#include "common/testing/wire.h"

namespace tc::otp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReadReceiptFlagsTest : public ::testing::Test {
 protected:
  ReadReceiptFlagsTest() : authority_(dir_.path()), files_(authority_.Issue("receipts", {})) {
    std::filesystem::permissions(files_.private_key, std::filesystem::perms::owner_read);
  }

  std::vector<std::string> Mistakes(const ReceiptFlags& flags) {
    std::vector<std::string> mistakes;
    read_ = ReadReceiptFlags(flags, mistakes);
    return mistakes;
  }
  ReceiptFlags Tls(const std::string& listen, const std::string& url = "") const {
    return {listen, url, files_.certificate, files_.private_key};
  }

  testing::TempDir dir_;
  testing::Authority authority_;
  tls::Files files_;
  std::optional<ReceiptListenerOptions> read_;
};

TEST_F(ReadReceiptFlagsTest, TakesWhatCanBeServed) {
  for (const ReceiptFlags& flags :
       {ReceiptFlags{"127.0.0.1:0"}, ReceiptFlags{"localhost:7404"}, ReceiptFlags{"[::1]:7404"},
        ReceiptFlags{"127.0.0.1:7404", "https://otp.example/base"},
        ReceiptFlags{"127.0.0.1:7404", "http://127.0.0.1:7404"},
        ReceiptFlags{"127.0.0.1:7404", "http://localhost"}, Tls("10.0.0.5:7404"), Tls("otp.internal:7404"),
        Tls("0.0.0.0:7404", "https://otp.example:7404"), Tls("[::]:7404", "https://[2001:db8::1]:7404")}) {
    EXPECT_THAT(Mistakes(flags), IsEmpty()) << flags.listen << " " << flags.url;
    ASSERT_TRUE(read_.has_value());
    EXPECT_EQ(read_->listen, flags.listen);
    EXPECT_EQ(read_->url, flags.url);
    EXPECT_EQ(read_->certificate, flags.certificate);
  }
}

TEST_F(ReadReceiptFlagsTest, ListensNowhereUnlessToldTo) {
  EXPECT_THAT(Mistakes({}), IsEmpty());
  EXPECT_FALSE(read_.has_value());
  EXPECT_THAT(Mistakes({"", "https://otp.example"}), ElementsAre(HasSubstr("--receipts-listen is required")));
  EXPECT_THAT(Mistakes(Tls("")), ElementsAre(HasSubstr("--receipts-listen is required")));
}

TEST_F(ReadReceiptFlagsTest, ServesNothingInClearToTheNetwork) {
  for (const char* listen : {"10.0.0.5:7404", "otp.example:7404", "127.evil.example:7404"}) {
    EXPECT_THAT(Mistakes({listen}), ElementsAre(HasSubstr("loopback"))) << listen;
  }
  EXPECT_THAT(Mistakes({"0.0.0.0:7404", "https://otp.example"}), ElementsAre(HasSubstr("loopback")));
  for (const char* url : {"http://otp.example", "http://10.0.0.5:80", "http://127.0.0.1.evil.example"}) {
    EXPECT_THAT(Mistakes({"127.0.0.1:7404", url}), ElementsAre(HasSubstr("http:// is for a loopback")))
        << url;
  }
}

TEST_F(ReadReceiptFlagsTest, NamesAnAddressThatIsNone) {
  for (const char* listen : {"7404", ":7404", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                             "127.0.0.1:-1", "unix:/run/receipts:1"}) {
    EXPECT_THAT(absl::StrJoin(Mistakes({listen}), "\n"), HasSubstr("--receipts-listen")) << listen;
  }
  EXPECT_THAT(Mistakes(Tls("0.0.0.0:7404")), ElementsAre(HasSubstr("--receipts-url is required")));
  EXPECT_THAT(Mistakes(Tls("[::]:7404")), ElementsAre(HasSubstr("--receipts-url is required")));
  const std::string too_long = "https://" + std::string(200, 'x');
  for (const std::string& url :
       {std::string("otp.example"), std::string("ftp://otp.example"), std::string("https://"),
        std::string("https://otp.example/"), std::string("https://otp.example?x"), std::string("https://a b"),
        std::string("https://user@otp.example"), std::string("https://otp.example/a?b"), too_long}) {
    EXPECT_THAT(Mistakes({"127.0.0.1:7404", url}), ElementsAre(HasSubstr("--receipts-url"))) << url;
  }
}

TEST_F(ReadReceiptFlagsTest, NamesFilesThatCannotBeUsed) {
  EXPECT_THAT(Mistakes({"127.0.0.1:1", "", files_.certificate, ""}),
              ElementsAre(HasSubstr("both or neither")));
  EXPECT_THAT(Mistakes({"127.0.0.1:1", "", "", files_.private_key}),
              ElementsAre(HasSubstr("both or neither")));
  EXPECT_THAT(Mistakes({"127.0.0.1:1", "", "/absent.pem", files_.private_key}),
              ElementsAre(HasSubstr("/absent.pem")));
  const tls::Files other = authority_.Issue("other", {});
  std::filesystem::permissions(other.private_key, std::filesystem::perms::owner_read);
  EXPECT_THAT(Mistakes({"127.0.0.1:1", "", files_.certificate, other.private_key}),
              ElementsAre(HasSubstr("is not the key of")));
  std::filesystem::permissions(files_.private_key, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(Mistakes(Tls("127.0.0.1:1")), ElementsAre(HasSubstr("lets others read the key")));
}

TEST_F(ReadReceiptFlagsTest, NamesEveryMistakeAtOnce) {
  EXPECT_THAT(Mistakes({"x", "y", "z", ""}),
              ElementsAre(HasSubstr("--receipts-url y"), HasSubstr("both or neither"),
                          HasSubstr("--receipts-listen x")));
}

}  // namespace
}  // namespace tc::otp
