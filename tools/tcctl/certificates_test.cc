#include "tools/tcctl/certificates.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tools/tcctl/dev_suite.h"

namespace tc::ctl {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CertificatesTest : public ::testing::Test {
 protected:
  mode_t ModeOf(const std::string& name) const {
    struct stat info {};
    return ::stat((order_.dir + "/" + name).c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
  }
  std::string Contents(const std::string& name) const {
    std::ifstream in(order_.dir + "/" + name);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  dev::TemporaryDir dir_;
  CertificateOrder order_{dir_.path() + "/certs", "example.org", {"localhost", "10.0.0.1"}, 90};
};

TEST_F(CertificatesTest, IssuesWhatAServiceTakes) {
  EXPECT_EQ(EnsureAuthority(order_, false).value(), true);
  const CertificateFacts facts = IssueCertificate(order_, "service/otp").value();
  EXPECT_EQ(facts.file, order_.dir + "/service-otp.pem");
  EXPECT_THAT(facts.uris, ElementsAre("spiffe://example.org/service/otp"));
  EXPECT_THAT(facts.hosts, ElementsAre("localhost", "10.0.0.1"));
  EXPECT_EQ(facts.subject, "CN=service/otp");
  EXPECT_LT(facts.not_before, absl::Now());
  EXPECT_LE(facts.not_after, absl::Now() + absl::Hours(24 * 90));
  EXPECT_GT(facts.not_after, absl::Now() + absl::Hours(24 * 89));
}

TEST_F(CertificatesTest, GivesTheNamesOfHostsToServicesOnly) {
  ASSERT_TRUE(EnsureAuthority(order_, false).ok());
  for (const std::string& peer : UsualPeers()) {
    const CertificateFacts facts = IssueCertificate(order_, peer).value();
    EXPECT_EQ(facts.uris.size(), 1u);
    EXPECT_EQ(facts.hosts.empty(), !absl::StartsWith(peer, "service/")) << peer;
  }
}

TEST_F(CertificatesTest, LetsNobodyElseReadAKey) {
  ASSERT_TRUE(EnsureAuthority(order_, false).ok());
  ASSERT_TRUE(IssueCertificate(order_, "service/otp").ok());
  for (const char* key : {"ca.key", "service-otp.key"}) EXPECT_EQ(ModeOf(key), mode_t{0600}) << key;
  EXPECT_EQ(ModeOf(""), mode_t{0700});
}

TEST_F(CertificatesTest, KeepsAnAuthorityThatIsThere) {
  ASSERT_TRUE(EnsureAuthority(order_, false).ok());
  const std::string before = Contents("ca.pem");
  EXPECT_EQ(EnsureAuthority(order_, false).value(), false);
  EXPECT_EQ(Contents("ca.pem"), before);
  EXPECT_EQ(EnsureAuthority(order_, /*anew=*/true).value(), true);
  EXPECT_NE(Contents("ca.pem"), before);
}

TEST_F(CertificatesTest, IssuesForPeersOnly) {
  ASSERT_TRUE(EnsureAuthority(order_, false).ok());
  for (const char* peer : {"", "otp", "service/", "wizard/otp", "service/../otp", "service/OTP",
                           "service/a/b", "service/x,URI:spiffe://example.org/operator/x"}) {
    EXPECT_EQ(IssueCertificate(order_, peer).status().code(), absl::StatusCode::kInvalidArgument) << peer;
  }
  for (const std::string& peer : UsualPeers()) EXPECT_TRUE(IssueCertificate(order_, peer).ok()) << peer;
}

TEST_F(CertificatesTest, NeedsAnAuthority) {
  EXPECT_EQ(IssueCertificate(order_, "service/otp").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(CertificatesTest, AddsToTheListOfRevokedOnes) {
  ASSERT_TRUE(EnsureAuthority(order_, false).ok());
  const std::string first = IssueCertificate(order_, "service/otp")->file;
  ASSERT_TRUE(RevokeCertificates(order_.dir, {first}, 7).ok());
  const std::string one = Contents("crl.pem");
  EXPECT_THAT(one, HasSubstr("BEGIN X509 CRL"));
  const std::string second = IssueCertificate(order_, "portal/web")->file;
  ASSERT_TRUE(RevokeCertificates(order_.dir, {second}, 7).ok());
  EXPECT_GT(Contents("crl.pem").size(), one.size());
  EXPECT_EQ(RevokeCertificates(order_.dir, {"/no/such/file"}, 7).code(), absl::StatusCode::kNotFound);
}

TEST_F(CertificatesTest, LosesNobodyWhoIsRevoked) {
  ASSERT_TRUE(EnsureAuthority(order_, false).ok());
  const std::string first = IssueCertificate(order_, "service/otp")->file;
  std::ofstream(order_.dir + "/crl.pem") << "garbage";
  EXPECT_EQ(RevokeCertificates(order_.dir, {first}, 7).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Contents("crl.pem"), "garbage");
}

TEST_F(CertificatesTest, RevokesNothingThatAnotherAuthorityHasIssued) {
  ASSERT_TRUE(EnsureAuthority(order_, false).ok());
  CertificateOrder other = order_;
  other.dir = dir_.path() + "/other";
  ASSERT_TRUE(EnsureAuthority(other, false).ok());
  const std::string foreign = IssueCertificate(other, "service/otp")->file;
  EXPECT_EQ(RevokeCertificates(order_.dir, {foreign}, 7).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(fs::exists(order_.dir + "/crl.pem"));
  ASSERT_TRUE(RevokeCertificates(other.dir, {}, 7).ok());
  fs::copy_file(other.dir + "/crl.pem", order_.dir + "/crl.pem");
  EXPECT_EQ(RevokeCertificates(order_.dir, {}, 7).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(CertificatesTest, SaysWhatIsNoCertificate) {
  ASSERT_TRUE(EnsureAuthority(order_, false).ok());
  EXPECT_EQ(ReadCertificate(order_.dir + "/ca.key").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadCertificate("/no/such/file").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace tc::ctl
