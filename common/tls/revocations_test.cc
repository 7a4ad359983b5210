// Who counts as revoked (TRN-11, RFC 5280).

#include "common/tls/revocations.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/certificates.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"
#include "common/tls/peer_check.h"

namespace tc::tls {
namespace {

using testing::Authority;
using testing::HasCode;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::TempDir;

std::string ContentOf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class RevocationsTest : public ::testing::Test {
 protected:
  static Certificates Of(const std::string& pem) { return *ParseCertificates(pem); }
  absl::StatusOr<Revocations> Parse(const std::string& lists) const {
    return Revocations::Parse(lists, Of(authorities_), absl::Now());
  }
  std::string Wrong(const std::string& list_file) const {
    return std::string(Parse(ContentOf(list_file)).status().message());
  }
  static bool Contains(const Revocations& revocations, const Files& files) {
    return revocations.Contains(*Of(ContentOf(files.certificate)).front());
  }

  const TempDir dir_, dir_below_;
  Authority authority_{dir_.path()};
  std::string authorities_ = ContentOf(authority_.ca_file());
  const Files good_ = authority_.IssuePeer("portal/good");
  const Files lost_ = authority_.IssuePeer("portal/lost");
};

TEST_F(RevocationsTest, HoldWhatTheListNames) {
  ASSERT_OK_AND_ASSIGN(const Revocations revocations,
                       Parse(ContentOf(authority_.Revoke({lost_.certificate}))));
  EXPECT_TRUE(Contains(revocations, lost_));
  EXPECT_FALSE(Contains(revocations, good_));
}

TEST_F(RevocationsTest, KnowAnAuthorityHoweverTheListSpellsItsName) {
  ASSERT_OK_AND_ASSIGN(
      const Revocations revocations,
      Parse(ContentOf(authority_.Revoke({lost_.certificate}, {.issuer = "Test  AUTHORITY"}))));
  EXPECT_TRUE(Contains(revocations, lost_));
  EXPECT_FALSE(Contains(revocations, good_));
}

TEST_F(RevocationsTest, TakeNoPartOfAListForTheWhole) {
  EXPECT_THAT(Wrong(authority_.Revoke({}, {.delta = true})), HasSubstr("a part of the certificates only"));
  for (const char* scope :
       {"onlyuser:TRUE", "onlyCA:TRUE", "onlyAA:TRUE", "indirectCRL:TRUE", "onlysomereasons:keyCompromise"}) {
    EXPECT_THAT(Wrong(authority_.Revoke({}, {.scope = scope})), HasSubstr("a part of the certificates only"))
        << scope;
  }
  EXPECT_EQ(Wrong(authority_.Revoke({}, {.scope = "fullname:URI:http://crl.example/all"})), "");
}

TEST_F(RevocationsTest, NeedAListOfEachAuthority) {
  const std::string list = ContentOf(authority_.Revoke({}));
  Authority below(dir_below_.path(), authority_);
  authorities_ += ContentOf(below.ca_file());
  EXPECT_THAT(std::string(Parse(list).status().message()),
              HasSubstr("has no list of /CN=test authority below"));
  EXPECT_THAT(Parse(absl::StrCat(list, ContentOf(below.Revoke({})))), IsOk());
}

TEST_F(RevocationsTest, DoNotGoBackToAnEarlierListOfAnAuthority) {
  const auto of = [&](testing::RevocationRequest request) {
    return *Parse(ContentOf(authority_.Revoke({}, request)));
  };
  const Revocations noon = of({.made = -absl::Minutes(30)});
  EXPECT_THAT(of({.made = -absl::Minutes(20)}).CheckFollows(noon), IsOk());
  EXPECT_THAT(noon.CheckFollows(noon), IsOk());
  EXPECT_THAT(std::string(of({.made = -absl::Minutes(31)}).CheckFollows(noon).message()),
              HasSubstr("is older than the list in use"));
  // Where both are numbered, their numbers tell, whatever the authority's clock does.
  const Revocations hundredth = of({.made = -absl::Minutes(30), .number = 256});
  EXPECT_THAT(of({.made = -absl::Minutes(31), .number = 257}).CheckFollows(hundredth), IsOk());
  EXPECT_THAT(of({.made = -absl::Minutes(29), .number = 255}).CheckFollows(hundredth),
              HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(of({.made = -absl::Minutes(31)}).CheckFollows(hundredth),
              HasCode(absl::StatusCode::kInvalidArgument));
}

TEST_F(RevocationsTest, MayBeOfEarlierWhereTheyAreOfAnotherAuthority) {
  const Revocations before =
      *Parse(ContentOf(authority_.Revoke({}, {.made = -absl::Minutes(1), .number = 9})));
  Authority renewed(dir_below_.path());  // of the same name, with another key
  const Revocations after =
      *Revocations::Parse(ContentOf(renewed.Revoke({}, {.made = -absl::Minutes(2), .number = 1})),
                          Of(ContentOf(renewed.ca_file())), absl::Now());
  EXPECT_THAT(after.CheckFollows(before), IsOk());
}

TEST_F(RevocationsTest, HoldWhateverARevokedAuthorityHasIssued) {
  Authority below(dir_below_.path(), authority_);
  const Files of_below = below.IssuePeer("portal/web");
  authorities_ += ContentOf(below.ca_file());
  const std::string list_below = ContentOf(below.Revoke({}));
  ASSERT_OK_AND_ASSIGN(const Revocations before,
                       Parse(absl::StrCat(list_below, ContentOf(authority_.Revoke({})))));
  EXPECT_FALSE(Contains(before, of_below));
  ASSERT_OK_AND_ASSIGN(const Revocations after,
                       Parse(absl::StrCat(list_below, ContentOf(authority_.Revoke({below.ca_file()})))));
  EXPECT_TRUE(Contains(after, of_below));
  EXPECT_FALSE(Contains(after, good_));
}

class PeerCheckTest : public RevocationsTest {
 protected:
  absl::Status Check(const std::string& chain) const { return check_.Check(chain); }

  SystemClock clock_;
  PeerCheck check_{clock_};
};

TEST_F(PeerCheckTest, LetsNobodyInOfWhomNoListTells) {
  Authority below(dir_below_.path(), authority_);
  const std::string chain = ContentOf(below.IssuePeer("portal/web").certificate) + ContentOf(below.ca_file());
  EXPECT_THAT(Check(chain), IsOk()) << "where there are no lists";
  ASSERT_OK_AND_ASSIGN(Revocations revocations, Parse(ContentOf(authority_.Revoke({}))));
  check_.Replace(std::make_shared<const Revocations>(std::move(revocations)));
  EXPECT_THAT(Check(ContentOf(good_.certificate)), IsOk());
  EXPECT_THAT(std::string(Check(chain).message()), HasSubstr("no list of revoked certificates is of its"));
}

TEST_F(PeerCheckTest, LetsNoExpiredCertificateInWhenItResumesASession) {
  const Files expired =
      authority_.Issue("expired", {.valid_from = -absl::Hours(2), .valid_until = -absl::Seconds(1)});
  EXPECT_THAT(Check(ContentOf(expired.certificate)), HasCode(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace tc::tls
