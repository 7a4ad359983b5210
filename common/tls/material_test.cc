// The operator's TLS files are checked together before anything of them is served (TRN-03, TRN-04, TRN-08,
// CFG-02).

#include "common/tls/material.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "common/testing/certificates.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::tls {
namespace {

using testing::Authority;
using testing::CertificateRequest;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::TempDir;

constexpr char kId[] = "spiffe://example.org/service/identity";

class TlsMaterialTest : public ::testing::Test {
 protected:
  absl::Status Check(const Files& files, const std::string& id = kId, absl::Time now = absl::Now()) {
    const absl::StatusOr<FileContents> contents = ReadFiles(files);
    if (!contents.ok()) return contents.status();
    return CheckFiles(files, *contents, id, now).status();
  }
  std::string Wrong(const Files& files, const std::string& id = kId) {
    return std::string(Check(files, id).message());
  }
  static void Append(const std::string& file, const std::string& further) {
    std::ofstream(file, std::ios::app) << std::ifstream(further).rdbuf();
  }
  Files Issue(CertificateRequest request) {
    if (request.uris.empty()) request.uris = {kId};
    return authority_.Issue("service", request);
  }

  TempDir dir_;
  Authority authority_{dir_.path()};
  Files files_ = authority_.IssuePeer("service/identity");
};

TEST_F(TlsMaterialTest, TakesWhatHoldsTogether) { EXPECT_THAT(Check(files_), IsOk()); }

TEST_F(TlsMaterialTest, NamesTheFileThatIsWrong) {
  Files files = files_;
  files.ca = "/no/such/ca.pem";
  EXPECT_THAT(Wrong(files), HasSubstr("/no/such/ca.pem: cannot be read"));
  files = files_;
  files.ca = dir_.path();
  EXPECT_THAT(Wrong(files), HasSubstr("is not a file"));
  files = files_;
  files.certificate = files_.private_key;
  EXPECT_THAT(Wrong(files), HasSubstr("holds no PEM certificate"));
  files = files_;
  files.private_key = authority_.IssuePeer("operator/ops").private_key;
  EXPECT_THAT(Wrong(files), HasSubstr("is not the key of"));
  files = files_;
  files.private_key = files_.certificate;
  EXPECT_THAT(Wrong(files), HasSubstr("holds no PEM private key"));
}

TEST_F(TlsMaterialTest, TakesNoKeyThatOthersMayRead) {
  ::chmod(files_.private_key.c_str(), 0644);
  EXPECT_THAT(Wrong(files_), HasSubstr("mode 0644 lets others read the key"));
}

TEST_F(TlsMaterialTest, TakesNoRsaCertificateSinceThatWouldLetTls12In) {  // TRN-02
  EXPECT_THAT(Wrong(Issue({.rsa = true})), HasSubstr("elliptic-curve"));
}

TEST_F(TlsMaterialTest, TakesNoCurveWithWhichNobodyCouldConnect) {
  for (const char* curve : {"P-256", "P-384", "P-521"})
    EXPECT_THAT(Check(Issue({.curve = curve})), IsOk()) << curve;
  for (const char* curve : {"secp256k1", "P-224", "brainpoolP256r1"})
    EXPECT_THAT(Wrong(Issue({.curve = curve})), HasSubstr("which TLS 1.3 does not know")) << curve;
}

TEST_F(TlsMaterialTest, TakesNoFileThatEverybodyMayWrite) {  // CFG-02
  files_.crl = authority_.Revoke({});
  for (const std::string& file : {files_.certificate, files_.ca, files_.crl}) {
    ::chmod(file.c_str(), 0666);
    EXPECT_THAT(Wrong(files_), HasSubstr(file + ": mode 0666: everybody may write it"));
    ::chmod(file.c_str(), 0644);
  }
  EXPECT_THAT(Check(files_), IsOk());
}

TEST_F(TlsMaterialTest, TakesNoCertificateOutsideItsDates) {
  EXPECT_THAT(Wrong(Issue({.valid_from = -absl::Hours(2), .valid_until = -absl::Seconds(1)})),
              HasSubstr("has expired at"));
  EXPECT_THAT(Wrong(Issue({.valid_from = absl::Hours(1), .valid_until = absl::Hours(2)})),
              HasSubstr("is valid from"));
  EXPECT_THAT(Check(files_, kId, absl::Now() + absl::Hours(2)), Not(IsOk()));
}

TEST_F(TlsMaterialTest, TakesNoCertificateOfAnotherAuthority) {
  const TempDir elsewhere;
  Files files = files_;
  files.ca = Authority(elsewhere.path()).ca_file();
  EXPECT_THAT(Wrong(files), HasSubstr("does not lead to an authority"));
}

TEST_F(TlsMaterialTest, TakesNoCertificateForOneSideOnly) {
  for (const char* usage : {"serverAuth", "clientAuth", ""}) {
    EXPECT_THAT(Wrong(Issue({.usage = usage})), HasSubstr("serverAuth and clientAuth"));
  }
}

TEST_F(TlsMaterialTest, TakesItsOwnNameOnly) {  // TRN-04
  for (const std::vector<std::string>& uris :
       std::vector<std::vector<std::string>>{{"spiffe://example.org/service/otp"},
                                             {"spiffe://example.com/service/identity"},
                                             {kId, "spiffe://example.org/service/otp"},
                                             {kId, "https://example.org"}}) {
    EXPECT_THAT(Wrong(Issue({.uris = uris})), HasSubstr("must have the one URI name"));
  }
  EXPECT_THAT(Check(authority_.Issue("none", {}), kId), Not(IsOk()));
  EXPECT_THAT(Check(authority_.Issue("none", {}), ""), IsOk()) << "a caller may have any";
}

TEST_F(TlsMaterialTest, ServesNothingOfTheFilesButWhatWasChecked) {
  const Files other = authority_.IssuePeer("operator/ops");
  FileContents contents = *ReadFiles(files_);
  contents.certificate += std::string(ReadFiles(other)->private_key.Reveal());
  ASSERT_OK_AND_ASSIGN(const Material material, CheckFiles(files_, contents, kId, absl::Now()));
  const std::string served(material.identity.Reveal());
  EXPECT_EQ(served.find("BEGIN PRIVATE KEY"), served.rfind("BEGIN PRIVATE KEY"));
}

TEST_F(TlsMaterialTest, TakesAListOfRevokedCertificatesOfItsAuthorityThatIsOfNow) {  // TRN-11
  files_.crl = authority_.Revoke({files_.certificate});
  EXPECT_THAT(Check(files_), IsOk());
  authority_.Revoke({}, {.next = -absl::Seconds(1)});
  EXPECT_THAT(Wrong(files_), HasSubstr("is out of date"));
  authority_.Revoke({}, {.made = absl::Hours(1), .next = absl::Hours(2)});
  EXPECT_THAT(Wrong(files_), HasSubstr("is out of date"));
  const TempDir elsewhere;
  files_.crl = Authority(elsewhere.path()).Revoke({});
  EXPECT_THAT(Wrong(files_), HasSubstr("is not signed by the authority"));
  files_.crl = files_.ca;
  EXPECT_THAT(Wrong(files_), HasSubstr("holds no PEM list"));
  files_.crl = "/no/such/list";
  EXPECT_THAT(Wrong(files_), HasSubstr("/no/such/list: cannot be read"));
}

TEST_F(TlsMaterialTest, WantsAListOfEachAuthorityThatItsOwnCertificateLeadsThrough) {  // TRN-11
  const TempDir dir;
  Authority below(dir.path(), authority_);
  Files files = below.IssuePeer("service/identity");
  Append(files.certificate, below.ca_file());
  files.ca = authority_.ca_file();
  EXPECT_THAT(Check(files), IsOk());
  files.crl = authority_.Revoke({});
  EXPECT_THAT(Wrong(files), HasSubstr("has no list of the authority that issued"));
  Append(files.ca, below.ca_file());
  EXPECT_THAT(Wrong(files), HasSubstr("has no list of /CN=test authority below"));
  Append(files.crl, below.Revoke({}));
  EXPECT_THAT(Check(files), IsOk());
}

TEST_F(TlsMaterialTest, TellsContentsApart) {
  const std::string before = ReadFiles(files_)->Fingerprint();
  EXPECT_EQ(ReadFiles(files_)->Fingerprint(), before);
  authority_.IssuePeer("service/identity");
  EXPECT_NE(ReadFiles(files_)->Fingerprint(), before);
}

}  // namespace
}  // namespace tc::tls
