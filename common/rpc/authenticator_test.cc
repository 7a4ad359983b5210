#include "common/rpc/authenticator.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/credentials.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc::rpc {
namespace {

using testing::FakeClock;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

constexpr absl::StatusCode kUnauthenticated = absl::StatusCode::kUnauthenticated;

class AuthenticatorTest : public ::testing::Test {
 protected:
  AuthenticatorTest()
      : signer_(*crypto::JwtSigner::Generate("k1")), stranger_(*crypto::JwtSigner::Generate("k1")) {
    production_ = MutualTlsAuthenticator("example.org", Rules());
    development_ = DevelopmentAuthenticator(Rules());
  }

  PersonRules Rules() const {
    crypto::JwtRules rules;
    rules.audience = kAudience;
    rules.issuer = "idp";
    return {*crypto::JwtVerifier::FromJwks(signer_.Jwks()), rules};
  }

  static crypto::Claims Good() {
    crypto::Claims claims;
    claims.issuer = "idp";
    claims.audience = {kAudience};
    claims.subject = "alice";
    claims.issued_at = Noon();
    claims.auth_time = Noon() - absl::Seconds(30);
    claims.expires_at = Noon() + absl::Seconds(60);
    claims.session = "s1";
    claims.device = "d1";
    claims.methods = {"pwd", "sms"};
    claims.extra["peer"] = "portal/web";
    return claims;
  }
  Credentials Bearing(const crypto::Claims& claims) const { return BearingText(signer_.Sign(claims)); }
  static Credentials BearingText(const std::string& token) {
    Credentials credentials;
    credentials.authorization = {absl::StrCat("Bearer ", token)};
    credentials.address = "unix:";
    return credentials;
  }
  absl::StatusOr<std::optional<Person>> SignedIn(const Credentials& credentials, absl::Time now = Noon()) {
    return production_->WhoIsSignedIn(credentials, now);
  }

  crypto::JwtSigner signer_;
  crypto::JwtSigner stranger_;
  std::unique_ptr<Authenticator> production_;
  std::unique_ptr<Authenticator> development_;
};

TEST_F(AuthenticatorTest, TakesThePeerFromTheOneSpiffeName) {
  Credentials credentials;
  credentials.peer_uris = {"spiffe://example.org/service-centre/moscow-12"};
  ASSERT_OK_AND_ASSIGN(const Peer peer, production_->WhoCalls(credentials, Noon()));
  EXPECT_EQ(peer.role, Role::kServiceCentre);
  EXPECT_EQ(peer.name, "moscow-12");
}

// C-W 10–15: whatever is not exactly one name of this suite.
class WrongName : public AuthenticatorTest, public ::testing::WithParamInterface<std::vector<std::string>> {};

TEST_P(WrongName, IsNoPeer) {
  Credentials credentials;
  credentials.peer_uris = GetParam();
  EXPECT_THAT(production_->WhoCalls(credentials, Noon()),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
}

using Uris = std::vector<std::string>;
INSTANTIATE_TEST_SUITE_P(
    Certificates, WrongName,
    ::testing::Values(Uris{}, Uris{"spiffe://example.org/portal/web", "spiffe://example.org/operator/root"},
                      Uris{"spiffe://example.org/portal/web", "https://example.org"},
                      Uris{"spiffe://other.org/portal/web"}, Uris{"spiffe://example.org.evil/portal/web"},
                      Uris{"spiffe://example.org/portal/web/../../operator/root"},
                      Uris{"spiffe://example.org/portal/.."}, Uris{"spiffe://example.org/portal/Web"},
                      Uris{"spiffe://EXAMPLE.org/portal/web"}, Uris{"SPIFFE://example.org/portal/web"},
                      Uris{"spiffe://example.org/portal/we%62"}, Uris{"spiffe://example.org/Portal/web"},
                      Uris{"spiffe://example.org/root/web"}, Uris{"spiffe://example.org/portal"},
                      Uris{"spiffe://example.org/portal/"}, Uris{"spiffe://example.org//web"},
                      Uris{"spiffe://example.org/portal/web/"}, Uris{"spiffe://example.org/portal/web?x=1"},
                      Uris{"spiffe://example.org/portal/-web"}, Uris{""}));

TEST_F(AuthenticatorTest, TakesThePersonFromTheAssertion) {
  ASSERT_OK_AND_ASSIGN(const std::optional<rpc::Person> person, SignedIn(Bearing(Good())));
  ASSERT_TRUE(person.has_value());
  EXPECT_EQ(person->account.text(), "alice");
  EXPECT_EQ(person->auth_time, Noon() - absl::Seconds(30));
  EXPECT_EQ(person->session, "s1");
  EXPECT_EQ(person->device, "d1");
  EXPECT_EQ(person->methods, (std::vector<std::string>{"pwd", "sms"}));
}

TEST_F(AuthenticatorTest, FindsNobodyWithoutAnAssertion) {
  ASSERT_OK_AND_ASSIGN(const std::optional<rpc::Person> person, SignedIn(Credentials{}));
  EXPECT_FALSE(person.has_value());
}

TEST_F(AuthenticatorTest, RefusesUnsignedAndForgedAssertions) {
  // {"alg":"none"}.{"sub":"alice"}.
  EXPECT_THAT(SignedIn(BearingText("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.")),
              Refused(kUnauthenticated, Reason::kCredentialsInvalid));
  EXPECT_THAT(SignedIn(BearingText(stranger_.Sign(Good()))),
              Refused(kUnauthenticated, Reason::kCredentialsInvalid));
  EXPECT_THAT(SignedIn(BearingText("")), Refused(kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST_F(AuthenticatorTest, RefusesAnAssertionFromTheMomentItExpires) {
  const Credentials credentials = Bearing(Good());
  EXPECT_THAT(SignedIn(credentials, Noon() + absl::Seconds(59)), IsOk());
  EXPECT_THAT(SignedIn(credentials, Noon() + absl::Seconds(60)),
              Refused(kUnauthenticated, Reason::kCredentialsExpired));
}

TEST_F(AuthenticatorTest, RefusesAnAssertionThatLivesTooLong) {
  crypto::Claims claims = Good();
  claims.expires_at = Noon() + absl::Hours(1);
  EXPECT_THAT(SignedIn(Bearing(claims)), Refused(kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST_F(AuthenticatorTest, RefusesAnotherAudienceOrIssuer) {
  crypto::Claims claims = Good();
  claims.audience = {"identity"};
  EXPECT_THAT(SignedIn(Bearing(claims)), Refused(kUnauthenticated, Reason::kCredentialsInvalid));
  claims = Good();
  claims.issuer = "another";
  EXPECT_THAT(SignedIn(Bearing(claims)), Refused(kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST_F(AuthenticatorTest, RefusesMoreThanOneAuthorization) {
  Credentials credentials = Bearing(Good());
  credentials.authorization.push_back(credentials.authorization.front());
  EXPECT_THAT(SignedIn(credentials), Refused(kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST_F(AuthenticatorTest, RefusesAnotherScheme) {
  Credentials credentials = Bearing(Good());
  credentials.authorization = {"Basic YWxpY2U6cHdk"};
  EXPECT_THAT(SignedIn(credentials), Refused(kUnauthenticated, Reason::kCredentialsInvalid));
  credentials.authorization = {""};
  EXPECT_THAT(SignedIn(credentials), Refused(kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST_F(AuthenticatorTest, RefusesASubjectThatIsNoAccount) {
  for (const char* subject : {"", "accounts/alice", "a\nb"}) {
    crypto::Claims claims = Good();
    claims.subject = subject;
    EXPECT_THAT(SignedIn(Bearing(claims)), Refused(kUnauthenticated, Reason::kCredentialsInvalid)) << subject;
  }
}

TEST_F(AuthenticatorTest, TakesAMissingSignInTimeForVeryLongAgoAndRefusesAFutureOne) {
  crypto::Claims claims = Good();
  claims.auth_time.reset();
  ASSERT_OK_AND_ASSIGN(const std::optional<rpc::Person> person, SignedIn(Bearing(claims)));
  EXPECT_EQ(person->auth_time, absl::InfinitePast());
  claims.auth_time = Noon() + absl::Seconds(30);
  EXPECT_THAT(SignedIn(Bearing(claims)), Refused(kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST_F(AuthenticatorTest, GivesTheSameAnswerFromItsMemory) {
  const Credentials credentials = Bearing(Good());
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const std::optional<rpc::Person> person, SignedIn(credentials));
    EXPECT_EQ(person->account.text(), "alice");
  }
}

TEST_F(AuthenticatorTest, InDevelopmentTakesPeerAndPersonFromOneAssertion) {
  ASSERT_OK_AND_ASSIGN(const Peer peer, development_->WhoCalls(Bearing(Good()), Noon()));
  EXPECT_EQ(peer.role, Role::kPortal);
  EXPECT_EQ(peer.name, "web");
  ASSERT_OK_AND_ASSIGN(const std::optional<rpc::Person> person,
                       development_->WhoIsSignedIn(Bearing(Good()), Noon()));
  EXPECT_EQ(person->account.text(), "alice");
}

TEST_F(AuthenticatorTest, InDevelopmentAnAssertionMayNameNobody) {
  crypto::Claims claims = Good();
  claims.subject.clear();
  EXPECT_THAT(development_->WhoCalls(Bearing(claims), Noon()), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::optional<rpc::Person> person,
                       development_->WhoIsSignedIn(Bearing(claims), Noon()));
  EXPECT_FALSE(person.has_value());
}

TEST_F(AuthenticatorTest, InDevelopmentAClockThatIsSetForwardChangesNoSignIn) {
  const std::unique_ptr<Authenticator> ahead = DevelopmentAuthenticator(Rules(), absl::Hours(24));
  const absl::Time now = Noon() + absl::Hours(24);
  EXPECT_THAT(ahead->WhoCalls(Bearing(Good()), now), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::optional<rpc::Person> person, ahead->WhoIsSignedIn(Bearing(Good()), now));
  EXPECT_EQ(person->auth_time, now - absl::Seconds(30));
  EXPECT_THAT(development_->WhoCalls(Bearing(Good()), now), ::testing::Not(IsOk()));
}

TEST_F(AuthenticatorTest, InDevelopmentServesThisMachineOnly) {
  Credentials credentials = Bearing(Good());
  credentials.address = "ipv4:10.1.2.3:4242";
  EXPECT_THAT(development_->WhoCalls(credentials, Noon()),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(AuthenticatorTest, InDevelopmentDemandsAnAssertionWithAPeer) {
  Credentials nothing;
  nothing.address = "unix:";
  EXPECT_THAT(development_->WhoCalls(nothing, Noon()),
              Refused(kUnauthenticated, Reason::kCredentialsMissing));
  crypto::Claims claims = Good();
  claims.extra.clear();
  EXPECT_THAT(development_->WhoCalls(Bearing(claims), Noon()),
              Refused(kUnauthenticated, Reason::kCredentialsInvalid));
  claims.extra["peer"] = "root/web";
  EXPECT_THAT(development_->WhoCalls(Bearing(claims), Noon()),
              Refused(kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST(Roles, HaveOneTextEach) {
  for (const Role role :
       {Role::kPortal, Role::kService, Role::kIdentityProvider, Role::kServiceCentre, Role::kBank,
        Role::kPost, Role::kOperator, Role::kMonitor, Role::kGateway, Role::kAuditor}) {
    EXPECT_EQ(ParseRole(RoleName(role)), role);
  }
  EXPECT_EQ(ParseRole("root"), std::nullopt);
  EXPECT_EQ(ParseRole(""), std::nullopt);
}

TEST(DevelopmentCredentials, ProveTheServiceAndAreRenewedInTime) {
  FakeClock clock;
  const crypto::JwtSigner signer = *crypto::JwtSigner::Generate(kDevelopmentKid);
  const auto credentials = DevelopmentCredentials("service/recovery", signer, clock);
  crypto::JwtRules rules;
  rules.audience = kAudience;
  rules.issuer = kDevelopmentIssuer;
  const auto authenticator = DevelopmentAuthenticator({*crypto::JwtVerifier::FromJwks(signer.Jwks()), rules});
  const auto caller = [&]() -> absl::StatusOr<Peer> {
    return authenticator->WhoCalls({{*credentials->Authorization()}, {}, "unix:"}, clock.Now());
  };
  const std::string first = *credentials->Authorization();
  clock.Advance(absl::Seconds(30));
  EXPECT_EQ(*credentials->Authorization(), first);
  for (int i = 0; i < 10; ++i) {
    clock.Advance(absl::Seconds(11));
    ASSERT_OK_AND_ASSIGN(const Peer peer, caller());
    EXPECT_EQ(peer.name, "recovery");
  }
  EXPECT_NE(*credentials->Authorization(), first);
}

}  // namespace
}  // namespace tc::rpc
