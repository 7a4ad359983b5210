#include "services/linking/outbound/identity_client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <future>
#include <latch>
#include <mutex>
#include <set>
#include <utility>

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
  pb::CompareAccountsRequest compare_asked;
  pb::CompareAccountsResponse compared;
  pb::NotifyPersonRequest notify_asked;
  pb::FreezeAccountRequest freeze_asked;
  grpc::Status status;
  bool credentials = false;

  std::latch* together = nullptr;  // a call is answered when all have come
  std::set<std::pair<std::string, pb::EligibilityRole>> eligibilities_asked;

  grpc::Status CheckEligibility(grpc::ServerContext* context, const pb::CheckEligibilityRequest* in,
                                pb::Eligibility* out) override {
    if (together != nullptr) together->arrive_and_wait();
    const std::lock_guard lock(mutex_);
    eligibilities_asked.emplace(in->account(), in->role());
    credentials = context->client_metadata().count("authorization") == 1;
    eligibility_asked = *in;
    *out = eligibility;
    return status;
  }
  grpc::Status MatchContact(grpc::ServerContext*, const pb::MatchContactRequest* in,
                            pb::MatchContactResponse* out) override {
    if (together != nullptr) together->arrive_and_wait();
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
  grpc::Status CompareAccounts(grpc::ServerContext*, const pb::CompareAccountsRequest* in,
                               pb::CompareAccountsResponse* out) override {
    compare_asked = *in;
    *out = compared;
    return status;
  }
  grpc::Status NotifyPerson(grpc::ServerContext*, const pb::NotifyPersonRequest* in,
                            pb::NotifyPersonResponse*) override {
    notify_asked = *in;
    return status;
  }
  grpc::Status FreezeAccount(grpc::ServerContext*, const pb::FreezeAccountRequest* in,
                             pb::Account*) override {
    freeze_asked = *in;
    return status;
  }

 private:
  std::mutex mutex_;
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

  AcceptanceFacts AskForAcceptance() {
    std::promise<AcceptanceFacts> told;
    client_->AskForAcceptance({AccountId::FromTrusted("bob"), kAlice, FirstName::FromTrusted("Борис"),
                               Phone::FromTrusted("+79160000002")},
                              Soon(), [&](AcceptanceFacts facts) { told.set_value(std::move(facts)); });
    return told.get_future().get();
  }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

  // Each test at an address of its own: channels to one address share their connection and its back-off.
  static std::string NewTarget() {
    static int number = 0;
    return absl::StrCat("unix:", ::testing::TempDir(), "identity-client-", getpid(), "-", ++number, ".sock");
  }

  const std::string target_ = NewTarget();
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

TEST_F(IdentityClient, BringsBackUntilWhenTheContactCannotBeChanged) {  // REC-18
  EXPECT_EQ(client_->CheckEligibility(kAlice, EligibilityRole::kPrincipal, Soon())->restricted_until,
            absl::InfinitePast());
  service_.eligibility.mutable_restrict_expire_time()->set_seconds(1770000000);
  EXPECT_EQ(client_->CheckEligibility(kAlice, EligibilityRole::kPrincipal, Soon())->restricted_until,
            absl::FromUnixSeconds(1770000000));
}

TEST_F(IdentityClient, AsksWhatStandsBetweenTwo) {  // L6
  const AccountId bob = AccountId::FromTrusted("bob");
  const auto nothing = client_->CompareAccounts(kAlice, bob, Soon());
  ASSERT_THAT(nothing, IsOk());
  EXPECT_FALSE(nothing->same_person || nothing->same_phone);
  EXPECT_EQ(service_.compare_asked.principal(), "accounts/alice");
  EXPECT_EQ(service_.compare_asked.contact(), "accounts/bob");
  service_.compared.add_conflicts(pb::CONTACT_CONFLICT_SAME_PHONE);
  EXPECT_TRUE(client_->CompareAccounts(kAlice, bob, Soon())->same_phone);
  EXPECT_FALSE(client_->CompareAccounts(kAlice, bob, Soon())->same_person);
  for (const int other : {static_cast<int>(pb::CONTACT_CONFLICT_SAME_PERSON), 4711}) {
    service_.compared.clear_conflicts();
    service_.compared.add_conflicts(static_cast<pb::ContactConflict>(other));
    EXPECT_TRUE(client_->CompareAccounts(kAlice, bob, Soon())->same_person)
        << "one that this program does not know yet stands against them all the same";
  }
}

TEST_F(IdentityClient, TellsPeopleWithATemplateOfItsOwnForEachNotice) {
  std::set<int> templates;
  for (const NoticeKind kind : kAllNoticeKinds) {
    ASSERT_THAT(client_->Notify({kind, kAlice, "Борис С."}, "request-1", Soon()), IsOk());
    templates.insert(service_.notify_asked.template_());
  }
  EXPECT_EQ(templates.size(), std::size(kAllNoticeKinds));
  EXPECT_EQ(templates.count(0), 0u) << "none is unspecified";
  EXPECT_EQ(service_.notify_asked.account(), "accounts/alice");
  EXPECT_EQ(service_.notify_asked.parameters().masked_person(), "Борис С.");
  EXPECT_EQ(service_.notify_asked.request_id(), "request-1");
}

TEST_F(IdentityClient, OrdersAFreeze) {  // L10
  const absl::Time until = absl::FromUnixMicros(1770000000000007);
  ASSERT_THAT(client_->Freeze(kAlice, until, "request-1", Soon()), IsOk());
  EXPECT_EQ(service_.freeze_asked.name(), "accounts/alice");
  EXPECT_EQ(service_.freeze_asked.expire_time().seconds(), 1770000000);
  EXPECT_EQ(service_.freeze_asked.expire_time().nanos(), 7000);
  EXPECT_EQ(service_.freeze_asked.request_id(), "request-1");
}

TEST_F(IdentityClient, AsksAllThatAnAcceptanceDependsOnAtOnce) {
  std::latch together(3);
  service_.together = &together;
  service_.eligibility.set_eligible(true);
  service_.match.set_account("accounts/bob");
  const AcceptanceFacts facts = AskForAcceptance();
  ASSERT_THAT(facts.contact, IsOk());
  ASSERT_THAT(facts.match, IsOk());
  ASSERT_THAT(facts.principal, IsOk());
  EXPECT_TRUE(facts.contact->eligible && facts.principal->eligible);
  EXPECT_EQ(facts.match->account.text(), "bob");
  EXPECT_EQ(service_.match_asked.principal(), "accounts/alice");
  EXPECT_EQ(service_.match_asked.phone(), "+79160000002");
  EXPECT_THAT(service_.eligibilities_asked,
              ElementsAre(std::pair("accounts/alice", pb::ELIGIBILITY_ROLE_PRINCIPAL),
                          std::pair("accounts/bob", pb::ELIGIBILITY_ROLE_CONTACT)));
}

TEST_F(IdentityClient, TellsOfAnAcceptanceAlsoWhatWasRefusedOrNotAnswered) {
  service_.status = rpc::ToWire(NotFound("account"), "call-1");
  const AcceptanceFacts refused = AskForAcceptance();
  EXPECT_THAT(refused.contact, Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(refused.match, Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(refused.principal, Refused(kNotFound, Reason::kNotFound));
  server_->Shutdown();
  const AcceptanceFacts silent = AskForAcceptance();
  EXPECT_THAT(silent.contact, Refused(kUnavailable, Reason::kPeerUnavailable));
  EXPECT_THAT(silent.match, Refused(kUnavailable, Reason::kPeerUnavailable));
  EXPECT_THAT(silent.principal, Refused(kUnavailable, Reason::kPeerUnavailable));
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
