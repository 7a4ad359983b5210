#include "services/linking/outbound/identity_client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/rpc/client.h"
#include "common/rpc/status.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"

namespace tc::linking {
namespace {

namespace pb = ::trustedcontact::identity::v1;

using absl::StatusCode::kNotFound;
using absl::StatusCode::kUnavailable;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;

const AccountId kAlice = AccountId::FromTrusted("alice");

// Remembers what it was asked and answers what a test has put in.
class CannedIdentity final : public pb::IdentityService::Service {
 public:
  pb::CheckEligibilityRequest eligibility_asked;
  pb::Eligibility eligibility;
  pb::MatchContactRequest match_asked;
  pb::MatchContactResponse match;
  pb::LookupAccountRequest lookup_asked;
  pb::LookupAccountResponse lookup;
  grpc::Status status;
  bool credentials = false;

  grpc::Status CheckEligibility(grpc::ServerContext* context, const pb::CheckEligibilityRequest* in,
                                pb::Eligibility* out) override {
    credentials = context->client_metadata().count("authorization") == 1;
    eligibility_asked = *in;
    *out = eligibility;
    return status;
  }
  grpc::Status MatchContact(grpc::ServerContext*, const pb::MatchContactRequest* in,
                            pb::MatchContactResponse* out) override {
    match_asked = *in;
    *out = match;
    return status;
  }
  grpc::Status LookupAccount(grpc::ServerContext*, const pb::LookupAccountRequest* in,
                             pb::LookupAccountResponse* out) override {
    lookup_asked = *in;
    *out = lookup;
    return status;
  }
};

class IdentityClient : public ::testing::Test {
 protected:
  IdentityClient() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(target_, grpc::InsecureServerCredentials());
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    peer_ = std::make_unique<rpc::PeerChannel>(
        "identity", target_,
        rpc::DevelopmentCredentials("service/linking", *crypto::JwtSigner::Generate(rpc::kDevelopmentKid),
                                    clock_));
    client_ = MakeIdentityClient(*peer_);
  }
  ~IdentityClient() override { server_->Shutdown(); }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

  const std::string target_ =
      absl::StrCat("unix:", ::testing::TempDir(), "identity-client-", getpid(), ".sock");
  testing::FakeClock clock_;
  CannedIdentity service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<rpc::PeerChannel> peer_;
  std::unique_ptr<IdentityPeer> client_;
};

TEST_F(IdentityClient, AsksForEligibilityInTheRoleThatMatters) {
  service_.eligibility.set_eligible(true);
  const auto yes = client_->CheckEligibility(kAlice, EligibilityRole::kPrincipal, Soon());
  ASSERT_THAT(yes, IsOk());
  EXPECT_TRUE(yes->eligible);
  EXPECT_THAT(yes->unmet, IsEmpty());
  EXPECT_EQ(service_.eligibility_asked.account(), "accounts/alice");
  EXPECT_EQ(service_.eligibility_asked.role(), pb::ELIGIBILITY_ROLE_PRINCIPAL);
  EXPECT_TRUE(service_.credentials);
  ASSERT_THAT(client_->CheckEligibility(kAlice, EligibilityRole::kContact, Soon()), IsOk());
  EXPECT_EQ(service_.eligibility_asked.role(), pb::ELIGIBILITY_ROLE_CONTACT);
}

TEST_F(IdentityClient, BringsBackEveryUnmetRequirementByItsName) {
  service_.eligibility.add_unmet(pb::REQUIREMENT_AGE_BELOW_MINIMUM);
  service_.eligibility.add_unmet(pb::REQUIREMENT_PASSPORT_MISSING);
  service_.eligibility.add_unmet(static_cast<pb::Requirement>(4711));
  const auto no = client_->CheckEligibility(kAlice, EligibilityRole::kPrincipal, Soon());
  ASSERT_THAT(no, IsOk());
  EXPECT_FALSE(no->eligible);
  EXPECT_THAT(no->unmet, ElementsAre("AGE_BELOW_MINIMUM", "PASSPORT_MISSING", "OTHER"))
      << "one that this program does not know yet is unmet all the same";
}

TEST_F(IdentityClient, AsksWhomANameAndAPhoneFit) {
  service_.match.set_account("accounts/bob");
  service_.match.set_masked_name("Борис С.");
  const auto match = client_->MatchContact(kAlice, FirstName::FromTrusted("Борис"),
                                           Phone::FromTrusted("+79160000002"), Soon());
  ASSERT_THAT(match, IsOk());
  EXPECT_EQ(service_.match_asked.principal(), "accounts/alice");
  EXPECT_EQ(service_.match_asked.first_name(), "Борис");
  EXPECT_EQ(service_.match_asked.phone(), "+79160000002");
  EXPECT_EQ(match->account.text(), "bob");
  EXPECT_EQ(match->masked_name, "Борис С.");
  EXPECT_FALSE(match->same_account || match->same_person || match->same_phone);
}

TEST_F(IdentityClient, TakesNobodyForAnAnswer) {
  const auto match = client_->MatchContact(kAlice, FirstName::FromTrusted("Борис"),
                                           Phone::FromTrusted("+79160000002"), Soon());
  ASSERT_THAT(match, IsOk());
  EXPECT_FALSE(match->account.has_value());
}

TEST_F(IdentityClient, BringsBackEachConflict) {
  const auto ask = [&](pb::ContactConflict conflict) {
    service_.match.clear_conflicts();
    service_.match.add_conflicts(conflict);
    return *client_->MatchContact(kAlice, FirstName::FromTrusted("Борис"), Phone::FromTrusted("+79160000002"),
                                  Soon());
  };
  EXPECT_TRUE(ask(pb::CONTACT_CONFLICT_SAME_ACCOUNT).same_account);
  EXPECT_TRUE(ask(pb::CONTACT_CONFLICT_SAME_PERSON).same_person);
  EXPECT_TRUE(ask(pb::CONTACT_CONFLICT_SAME_PHONE).same_phone);
}

TEST_F(IdentityClient, AsksForAMaskedName) {
  service_.lookup.set_masked_name("Алиса П.");
  EXPECT_EQ(*client_->MaskedName(kAlice, Soon()), "Алиса П.");
  EXPECT_EQ(service_.lookup_asked.account(), "accounts/alice");
}

TEST_F(IdentityClient, PassesRefusalsOn) {
  service_.status = rpc::ToWire(NotFound("account"), "call-1");
  EXPECT_THAT(client_->CheckEligibility(kAlice, EligibilityRole::kPrincipal, Soon()),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(client_->MatchContact(kAlice, FirstName::FromTrusted("Борис"),
                                    Phone::FromTrusted("+79160000002"), Soon()),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(client_->MaskedName(kAlice, Soon()), Refused(kNotFound, Reason::kNotFound));
}

TEST_F(IdentityClient, TakesSilenceForNoAnswer) {
  server_->Shutdown();
  EXPECT_THAT(client_->CheckEligibility(kAlice, EligibilityRole::kPrincipal, Soon()),
              Refused(kUnavailable, Reason::kPeerUnavailable));
}

}  // namespace
}  // namespace tc::linking
