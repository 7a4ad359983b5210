#include "services/linking/rpc/identity_news.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

const Eligibility kBlocked{false, {"ACCOUNT_BLOCKED"}};
const Eligibility kWell{true, {}};
constexpr int kNotices = 2;  // of an end: one to either side

// Alice is guarded by bob, unless a test says otherwise.
class IdentityNewsTest : public ::testing::Test {
 protected:
  explicit IdentityNewsTest(const std::string& profile = "gosuslugi") : world_(TestPolicy(profile)) {
    link_ = world_.Link("alice", "bob");
    world_.RunOutbox();  // its notices, and its first re-check
    before_ = world_.Events().size();
    world_.identity().TakeQuestions();
  }

  KnownPerson& Know(const std::string& account) { return world_.identity().people.at(account); }
  // The identity service tells.
  absl::Status News(const std::string& type, std::map<std::string, std::string> attributes) {
    return world_.IdentityTells(type, std::move(attributes));
  }
  absl::Status News(const std::string& type, const std::string& account) {
    return News(type, {{"account", account}});
  }
  int RunOutbox() { return world_.RunOutbox(); }
  int RunOutbox(IdentityPeer& identity) { return world_.RunOutbox(identity); }
  // Tells, and performs what comes of it.
  void Hear(const std::string& type, const std::string& account) {
    ASSERT_THAT(News(type, account), IsOk());
    RunOutbox();
    EXPECT_THAT(Waiting(), IsEmpty());
  }
  std::vector<kv::OutboxRow> Waiting() { return world_.Waiting(); }
  // The types of the events since the link was made.
  std::vector<std::string> Told() {
    const std::vector<std::string> types = world_.EventTypes();
    return {types.begin() + static_cast<std::ptrdiff_t>(before_), types.end()};
  }
  pb::Link Seen(const std::string& principal = "alice") {
    const auto link = world_.TrustedContact(principal);
    EXPECT_THAT(link, IsOk());
    return link.value_or(pb::Link());
  }

  World world_;
  pb::Link link_;
  size_t before_ = 0;
};

TEST_F(IdentityNewsTest, SuspendTheLinkOfAContactWhoIsNotEligibleAnyMore) {  // E5
  Know("bob").as_contact = kBlocked;
  Hear("AccountBlocked", "bob");
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_SUSPENDED);
  EXPECT_EQ(Seen().suspend_reason(), pb::SUSPEND_REASON_CONTACT_NOT_ELIGIBLE);
  EXPECT_THAT(Told(), ElementsAre("LinkSuspended"));
  const kv::Event event = world_.Events().back();
  EXPECT_EQ(event.resource, link_.name());
  EXPECT_EQ(event.attributes.at("principal"), "alice");
  EXPECT_EQ(event.attributes.at("contact"), "bob");
}

TEST_F(IdentityNewsTest, SuspendTheLinkOfAPrincipalWhoIsNotEligibleAnyMore) {  // E5
  Know("alice").as_principal = {false, {"PHONE_MISSING"}};
  Hear("PhoneReleased", "alice");
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_SUSPENDED);
  EXPECT_EQ(Seen().suspend_reason(), pb::SUSPEND_REASON_PRINCIPAL_NOT_ELIGIBLE);
}

TEST_F(IdentityNewsTest, LeaveTheProtectionOn) {  // E5
  Know("bob").as_contact = kBlocked;
  Hear("AccountBlocked", "bob");
  EXPECT_TRUE(world_.Guard("alice").guarded());
  EXPECT_EQ(world_.Guard("alice").link_state(), pb::LINK_STATE_SUSPENDED);
  EXPECT_THAT(world_.Principals("bob"), SizeIs(1));
}

TEST_F(IdentityNewsTest, BringTheLinkBackWhenTheAccountIsEligibleAgain) {
  Know("bob").as_contact = kBlocked;
  Hear("AccountBlocked", "bob");
  world_.clock().Advance(absl::Hours(1));
  Know("bob").as_contact = kWell;
  Hear("AccountUnblocked", "bob");
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_ACTIVE);
  EXPECT_EQ(Seen().suspend_reason(), pb::SUSPEND_REASON_UNSPECIFIED);
  EXPECT_THAT(Told(), ElementsAre("LinkSuspended", "LinkResumed"));

  pb::ListLinkHistoryRequest in;
  in.set_view(pb::LINK_VIEW_AS_PRINCIPAL);
  const auto history = world_.handlers().ListLinkHistory(world_.As("alice"), in);
  ASSERT_THAT(history, IsOk());
  ASSERT_THAT(history->links(0).changes(), SizeIs(3));
  EXPECT_EQ(history->links(0).changes(1).state(), pb::LINK_STATE_SUSPENDED);
  EXPECT_EQ(history->links(0).changes(2).state(), pb::LINK_STATE_ACTIVE);
  EXPECT_EQ(history->links(0).changes(2).actor(), pb::LINK_ACTOR_SERVICE);
}

TEST_F(IdentityNewsTest, NameTheOtherSideWhenItIsTheOneThatFailsNow) {
  Know("bob").as_contact = kBlocked;
  Hear("AccountBlocked", "bob");
  Know("alice").as_principal = kBlocked;
  Hear("AccountBlocked", "alice");
  EXPECT_EQ(Seen().suspend_reason(), pb::SUSPEND_REASON_CONTACT_NOT_ELIGIBLE) << "that has not changed";
  Know("bob").as_contact = kWell;
  Hear("AccountUnblocked", "bob");
  EXPECT_EQ(Seen().suspend_reason(), pb::SUSPEND_REASON_PRINCIPAL_NOT_ELIGIBLE);
  Know("alice").as_principal = kWell;
  Hear("AccountUnblocked", "alice");
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_ACTIVE);
  EXPECT_THAT(Told(), ElementsAre("LinkSuspended", "LinkSuspended", "LinkResumed"));
}

TEST_F(IdentityNewsTest, WriteNothingWhenNothingHasChanged) {
  Hear("AccountUpdated", "bob");
  EXPECT_THAT(Told(), IsEmpty());
  Know("bob").as_contact = kBlocked;
  Hear("AccountBlocked", "bob");
  Hear("PhoneReleased", "bob");
  EXPECT_THAT(Told(), ElementsAre("LinkSuspended"));
}

TEST_F(IdentityNewsTest, TakeAnAccountThatIsNoMoreForNotEligible) {
  world_.identity().people.erase("bob");
  Hear("AccountDeleted", "bob");
  EXPECT_EQ(Seen().suspend_reason(), pb::SUSPEND_REASON_CONTACT_NOT_ELIGIBLE);
}

// L6: what has become so by a new phone or passport.
TEST_F(IdentityNewsTest, SuspendTheLinkOfTwoWhoHaveComeToShareAPhoneOrToBeOne) {
  world_.identity().Compare({.same_phone = true});
  Hear("PhoneBound", "bob");
  EXPECT_EQ(Seen().suspend_reason(), pb::SUSPEND_REASON_SAME_PHONE);
  world_.identity().Compare({.same_person = true, .same_phone = true});
  Hear("AccountUpdated", "alice");
  EXPECT_EQ(Seen().suspend_reason(), pb::SUSPEND_REASON_SAME_PHONE) << "what holds stays";
  world_.identity().Compare({.same_person = true});
  Hear("AccountUpdated", "alice");
  EXPECT_EQ(Seen().suspend_reason(), pb::SUSPEND_REASON_SAME_PERSON);
  EXPECT_TRUE(world_.Guard("alice").guarded()) << "protection stays on";
  world_.identity().Compare({});
  Hear("PhoneReleased", "bob");
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_ACTIVE);
  EXPECT_THAT(Told(), ElementsAre("LinkSuspended", "LinkSuspended", "LinkResumed"));
}

// An event between identity's answer and the commit of the acceptance reaches no link yet.
TEST_F(IdentityNewsTest, ThatComeBeforeTheLinkAreCaughtByItsFirstRecheck) {
  const auto invitation = world_.Invite("carol", "dave");
  ASSERT_THAT(invitation, IsOk());
  ASSERT_THAT(world_.Accept("dave", invitation->name()), IsOk());
  Know("dave").as_contact = kBlocked;
  RunOutbox();
  EXPECT_EQ(Seen("carol").state(), pb::LINK_STATE_SUSPENDED);
}

TEST_F(IdentityNewsTest, OfAContactReachAllWhomHeGuardsAndHisOwnLink) {
  world_.Link("carol", "bob");
  world_.Link("bob", "dave");
  Know("bob").as_contact = kBlocked;
  Know("bob").as_principal = kBlocked;
  Hear("AccountBlocked", "bob");
  for (const std::string principal : {"alice", "carol"}) {
    EXPECT_EQ(Seen(principal).suspend_reason(), pb::SUSPEND_REASON_CONTACT_NOT_ELIGIBLE) << principal;
  }
  EXPECT_EQ(Seen("bob").suspend_reason(), pb::SUSPEND_REASON_PRINCIPAL_NOT_ELIGIBLE);
}

TEST_F(IdentityNewsTest, AskNobodyInsideTheTransaction) {
  ASSERT_THAT(News("AccountBlocked", "bob"), IsOk());
  EXPECT_THAT(world_.identity().TakeQuestions(), IsEmpty());
  EXPECT_THAT(Waiting(), SizeIs(1));
  EXPECT_EQ(RunOutbox(), 1);
  EXPECT_THAT(world_.identity().TakeQuestions(),
              ElementsAre("CheckEligibility", "CheckEligibility", "CompareAccounts"));
}

TEST_F(IdentityNewsTest, AreTriedAgainWhileIdentityIsSilentAndTheLinkStaysMeanwhile) {
  Know("bob").as_contact = kBlocked;
  world_.identity().failure = absl::UnavailableError("no answer");
  ASSERT_THAT(News("AccountBlocked", "bob"), IsOk());
  EXPECT_EQ(RunOutbox(), 1);
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_ACTIVE);
  EXPECT_TRUE(world_.Guard("alice").guarded());
  EXPECT_THAT(Told(), IsEmpty());
  ASSERT_THAT(Waiting(), SizeIs(1));
  EXPECT_FALSE(Waiting()[0].dead);

  world_.identity().failure = absl::OkStatus();
  world_.clock().Advance(absl::Minutes(5));
  EXPECT_EQ(RunOutbox(), 2) << "and the principal is told";
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_SUSPENDED);
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(IdentityNewsTest, OfAResumptionThatIdentityDoesNotConfirmLeaveItSuspended) {
  Know("bob").as_contact = kBlocked;
  Hear("AccountBlocked", "bob");
  Know("bob").as_contact = kWell;
  world_.identity().failure = absl::DeadlineExceededError("late");
  ASSERT_THAT(News("AccountUnblocked", "bob"), IsOk());
  RunOutbox();
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_SUSPENDED);
}

TEST_F(IdentityNewsTest, OfOneLinkAreAnsweredInTheirOrder) {
  Know("bob").as_contact = kBlocked;
  world_.identity().failure = absl::UnavailableError("no answer");
  ASSERT_THAT(News("AccountBlocked", "bob"), IsOk());
  ASSERT_THAT(News("AccountUnblocked", "bob"), IsOk());
  EXPECT_EQ(RunOutbox(), 1) << "the second waits for the first";
  EXPECT_THAT(Waiting(), SizeIs(2));
  world_.identity().failure = absl::OkStatus();
  Know("bob").as_contact = kWell;
  world_.clock().Advance(absl::Minutes(5));
  EXPECT_EQ(RunOutbox(), 2);
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_ACTIVE);
  EXPECT_THAT(Told(), IsEmpty()) << "both were asked when all was well again";
}

TEST_F(IdentityNewsTest, ThatComeTooLateForALinkChangeNothing) {
  Know("bob").as_contact = kBlocked;
  ASSERT_THAT(News("AccountBlocked", "bob"), IsOk());
  ASSERT_THAT(world_.Resign("bob", link_.name()), IsOk());
  EXPECT_EQ(RunOutbox(), 1 + kNotices);
  EXPECT_THAT(Waiting(), IsEmpty());
  EXPECT_THAT(world_.identity().TakeQuestions(), IsEmpty());
  EXPECT_THAT(Told(), ElementsAre("LinkResigned"));
}

// While it is asked for the first time something happens.
class Meanwhile final : public FakeIdentity {
 public:
  std::function<void()> happens;

  absl::StatusOr<Eligibility> CheckEligibility(const AccountId& account, EligibilityRole role,
                                               absl::Time deadline) override {
    if (happens) std::exchange(happens, nullptr)();
    return FakeIdentity::CheckEligibility(account, role, deadline);
  }
};

TEST_F(IdentityNewsTest, AreJudgedByTheLinkAsItIsWhenTheAnswerComes) {
  Know("bob").as_contact = kBlocked;
  ASSERT_THAT(News("AccountBlocked", "bob"), IsOk());
  Meanwhile identity;
  identity.people = world_.identity().people;
  identity.happens = [&] { ASSERT_THAT(world_.Resign("bob", link_.name()), IsOk()); };
  EXPECT_EQ(RunOutbox(identity), 1 + kNotices);
  EXPECT_THAT(Waiting(), IsEmpty());
  EXPECT_THAT(Told(), ElementsAre("LinkResigned"));
}

TEST_F(IdentityNewsTest, OfPeopleWithoutLinksEnqueueNothing) {
  EXPECT_THAT(News("AccountBlocked", "carol"), IsOk());
  EXPECT_THAT(News("AccountBlocked", "nobody-at-all"), IsOk());
  ASSERT_THAT(world_.Resign("bob", link_.name()), IsOk());
  RunOutbox();
  EXPECT_THAT(News("AccountBlocked", "bob"), IsOk());
  EXPECT_THAT(News("AccountBlocked", "alice"), IsOk());
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(IdentityNewsTest, ThatNameNoAccountDoNotStopTheFollower) {
  EXPECT_THAT(News("AccountBlocked", std::map<std::string, std::string>()), IsOk());
  EXPECT_THAT(News("AccountBlocked", ""), IsOk());
  EXPECT_THAT(News("AccountBlocked", "not an account"), IsOk());
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(IdentityNewsTest, OfWhatAnAccountMayBeAreHeardAndNoOthers) {
  for (const std::string type : {"PhoneBound", "PhoneReleased", "AccountConfirmed", "AccountUpdated",
                                 "AccountBlocked", "AccountUnblocked", "AccountFrozen", "AccountUnfrozen"}) {
    ASSERT_THAT(News(type, "bob"), IsOk());
    EXPECT_EQ(RunOutbox(), 1) << type;
  }
  for (const std::string type :
       {"PhoneBindingStarted", "PasswordSet", "PasswordReset", "SignedIn", "SettingsChanged", "AccountLocked",
        "AccountUnlocked", "AccountCreated", "SomethingNew", ""}) {
    ASSERT_THAT(News(type, "bob"), IsOk());
    EXPECT_THAT(Waiting(), IsEmpty()) << type;
  }
}

class IdentityNewsDuringARemoval : public IdentityNewsTest {
 protected:
  IdentityNewsDuringARemoval() : IdentityNewsTest("strict") {}
};

TEST_F(IdentityNewsDuringARemoval, LeaveItAlone) {
  ASSERT_THAT(world_.Remove("alice"), IsOk());
  RunOutbox();
  Know("bob").as_contact = kBlocked;
  ASSERT_THAT(News("AccountBlocked", "bob"), IsOk());
  EXPECT_THAT(Waiting(), IsEmpty());
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_REMOVAL_PENDING);
  EXPECT_TRUE(world_.Guard("alice").guarded());
}

TEST_F(IdentityNewsDuringARemoval, ThatBeganAfterThemLeaveItAlone) {
  Know("bob").as_contact = kBlocked;
  ASSERT_THAT(News("AccountBlocked", "bob"), IsOk());
  ASSERT_THAT(world_.Remove("alice"), IsOk());
  RunOutbox();
  EXPECT_EQ(Seen().state(), pb::LINK_STATE_REMOVAL_PENDING);
  EXPECT_THAT(Told(), ElementsAre("LinkRemovalPending"));
}

}  // namespace
}  // namespace tc::linking
