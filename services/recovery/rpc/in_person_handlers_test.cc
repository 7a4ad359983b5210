#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>

#include <atomic>

#include "common/testing/acts.h"
#include "common/testing/at_once.h"
#include "services/recovery/rpc/officers_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::Account;
using testing::IsOk;
using testing::kAlicePassport;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::kDavePhone;
using testing::Officers;
using testing::Refused;
using testing::Violates;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

bool Equals(const pb::RecoverySummary& a, const pb::RecoverySummary& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

TEST(StartInPerson, LeadsADeviceToItsPasswordByTwoOfficers) {  // R10, REC-23
  Officers world;
  const auto come = world.Come("alice");
  ASSERT_THAT(come, IsOk());
  EXPECT_EQ(come->state(), pb::RECOVERY_STATE_IN_PERSON);
  EXPECT_EQ(come->in_person().officer(), "bank/north/ivanov");
  EXPECT_EQ(come->in_person().visit(), "visit-1");
  const std::string device = Officers::NameOf("alice");
  const auto waiting = world.Get(device);
  ASSERT_THAT(waiting, IsOk());
  EXPECT_EQ(waiting->confirm_allowed_time().seconds() - waiting->create_time().seconds(), 86400);
  EXPECT_EQ(waiting->grant(), "");
  EXPECT_EQ(world.See("bob", come->name())->state(), pb::RECOVERY_STATE_IN_PERSON);

  world.clock.Advance(absl::Hours(24));
  const auto confirmed = world.Confirm(come->name(), "alice");
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->in_person().second_officer(), "bank/north/petrova");
  const auto approved = world.Get(device);
  EXPECT_EQ(approved->state(), pb::RECOVERY_STATE_APPROVED);
  ASSERT_THAT(world.Complete(device, approved->grant(), "a good new password 1"), IsOk());
  EXPECT_EQ(world.identity.password_of("alice"), "a good new password 1");
  EXPECT_THAT(world.EventTypes(),
              ElementsAre("RecoveryInPerson", "RecoveryApproved", "RecoveryCompleted", "RecoveryEnded"));
}

TEST(StartInPerson, TellsBothAndThePrincipalHowToStopIt) {
  Officers world;
  ASSERT_THAT(world.Come("alice"), IsOk());
  world.RunOutbox();
  ASSERT_EQ(world.identity.notices.size(), 2U);
  for (const NoticeMessage& notice : world.identity.notices) {
    EXPECT_EQ(notice.notice.kind, NoticeKind::kInPerson);
    EXPECT_EQ(notice.link.empty(), notice.notice.receiver != Account("alice"));
  }
}

TEST(StartInPerson, ApprovesAtOnceWhereNobodyGuards) {
  Officers world;
  const auto come = world.Come("dave");
  ASSERT_THAT(come, IsOk());
  EXPECT_EQ(come->state(), pb::RECOVERY_STATE_APPROVED);
  const auto view = world.Get(Officers::NameOf("dave"));
  ASSERT_THAT(world.Complete(Officers::NameOf("dave"), view->grant(), "a good new password 1"), IsOk());
  world.RunOutbox();
  EXPECT_EQ(world.identity.notices[0].notice.kind, NoticeKind::kStarted);
  EXPECT_THAT(world.linking.held, Not(IsEmpty())) << "nobody may begin to guard meanwhile";
}

TEST(StartInPerson, TellsTheOfficerNeitherCapabilityNorGrant) {  // REC-23
  Officers world;
  const auto come = world.Come("dave");
  const auto view = world.Get(Officers::NameOf("dave"));
  ASSERT_FALSE(view->grant().empty());
  for (const std::string& secret : {view->grant(), Officers::Capability("dave")}) {
    EXPECT_THAT(come->SerializeAsString(), Not(HasSubstr(secret)));
    EXPECT_THAT(world.Dump(), Not(HasSubstr(secret)));
  }
}

TEST(StartInPerson, NamesEveryMistake) {
  Officers world;
  const auto refused = world.handlers.StartInPersonRecovery(world.Bank(), {});
  for (const char* reason :
       {"NAME_INVALID", "OFFICER_FORMAT", "TEXT_LENGTH", "PASSPORT_FORMAT", "HASH_LENGTH"}) {
    EXPECT_THAT(refused, Violates(reason));
  }
  pb::StartInPersonRecoveryRequest in = world.InPersonRequest("alice");
  in.mutable_check()->set_officer("Иванов");
  in.mutable_check()->set_visit(std::string(65, 'v'));
  in.mutable_check()->set_passport("4510 12345");
  in.set_capability_hash(std::string(31, 'h'));
  EXPECT_EQ(ViolationsOf(world.handlers.StartInPersonRecovery(world.Bank(), in).status()).size(), 4U);
  pb::ConfirmInPersonRecoveryRequest confirm;
  *confirm.mutable_check() = in.check();
  EXPECT_EQ(ViolationsOf(world.handlers.ConfirmInPersonRecovery(world.Bank(), confirm).status()).size(), 4U);
  EXPECT_EQ(world.faults.calls(), 0);
}

// The same words after the same questions: a passport number is no way to learn who is here (R10).
TEST(StartInPerson, KnowsNoDifferenceBetweenWrongDocumentsAndNobody) {
  Officers world;
  world.faults.Clear();
  const auto wrong = world.ComeWith("alice", "9999999999");
  const int calls = world.faults.calls();
  world.faults.Clear();
  const auto nobody = world.ComeWith("nobody", "9999999999");
  EXPECT_THAT(wrong, Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(wrong.status(), nobody.status());
  EXPECT_EQ(world.faults.calls(), calls);
  EXPECT_THAT(world.EventTypes(), IsEmpty());
}

TEST(StartInPerson, LetsNobodyTryOutPassports) {
  Officers world;
  for (int i = 0; i < 5; ++i)
    EXPECT_THAT(world.ComeWith("alice", "9999999999"), Refused(kNotFound, Reason::kNotFound));
  const auto refused = world.ComeWith("alice", kAlicePassport);
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kRateLimited));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(24));
  EXPECT_THAT(world.Come("dave"), IsOk()) << "counted for each principal";
  world.clock.Advance(absl::Hours(24));
  EXPECT_THAT(world.Come("alice"), IsOk());
}

TEST(StartInPerson, LimitsAnOrganisationOverAllPrincipals) {
  Officers world;
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(world.ComeWith(absl::StrCat("nobody-", i), "9999999999"),
                Refused(kNotFound, Reason::kNotFound));
  }
  EXPECT_THAT(world.Come("alice"), Refused(kResourceExhausted, Reason::kRateLimited));
  EXPECT_THAT(world.handlers.StartInPersonRecovery(world.Operator(), world.InPersonRequest("alice")), IsOk());
}

std::vector<std::string> DocumentTries(Officers& world) {
  return tc::testing::Acts::Of(*world.db, {"DocumentTried"});
}

TEST(StartInPerson, EntersEveryTryInTheAuditLogWhateverTheDocumentsAre) {  // LOG-01
  tc::testing::Acts acts;
  Officers world("gosuslugi", {.run_twice = true, .ledger = &acts});
  const std::string of_alice = "DocumentTried accounts/alice {officer=ivanov visit=visit-1} of alice";
  EXPECT_THAT(world.ComeWith("alice", "9999999999"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(DocumentTries(world), ElementsAre(of_alice));
  EXPECT_THAT(world.ComeWith("nobody", "9999999999"), Refused(kNotFound, Reason::kNotFound));
  ASSERT_THAT(world.Come("alice"), IsOk());
  const std::string of_nobody = "DocumentTried accounts/nobody {officer=ivanov visit=visit-1} of nobody";
  EXPECT_THAT(DocumentTries(world), ElementsAre(of_alice, of_nobody, of_alice));
}

TEST(StartInPerson, EntersARepeatedCallOnce) {
  tc::testing::Acts acts;
  Officers world("gosuslugi", {.run_twice = true, .ledger = &acts});
  pb::StartInPersonRecoveryRequest in = world.InPersonRequest("alice");
  in.mutable_check()->set_passport("9999999999");
  const rpc::Call call = world.Bank();
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(world.handlers.StartInPersonRecovery(call, in), Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(DocumentTries(world).size(), 1U);
}

// How often identity is asked when twenty wrong passports are shown at once.
int AskedAtOnce(const kv::TestSwitches& switches) {
  Officers world("gosuslugi", switches);
  world.faults.Clear();
  tc::testing::AtOnce(20, [&](int) { (void)world.ComeWith("alice", "9999999999"); });
  return world.faults.calls();
}

TEST(StartInPerson, LetsNobodyTryOutPassportsAlsoAtOnce) {
  EXPECT_EQ(AskedAtOnce(tc::testing::kSerialised), 5) << "charged before identity is asked";
  int asked = 0;
  for (int round = 0; round < tc::testing::kRounds && asked <= 5; ++round)
    asked = AskedAtOnce(tc::testing::Unserialised());
  EXPECT_GT(asked, 5) << "the limit does not depend on the store's serialisation?";
}

TEST(StartInPerson, ForgetsTriesThatCountNoMore) {
  Officers world;
  const std::string empty = world.Dump();
  EXPECT_THAT(world.ComeWith("alice", "9999999999"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_NE(world.Dump(), empty);
  world.clock.Advance(absl::Hours(24));
  world.RunTimers();
  EXPECT_EQ(world.Dump(), empty);
}

TEST(StartInPerson, ChargesNothingForDocumentsThatFit) {
  Officers world;
  world.identity.account("alice").active = false;
  const std::string empty = world.Dump();
  for (int i = 0; i < 7; ++i)
    EXPECT_THAT(world.Come("alice"), Refused(kFailedPrecondition, Reason::kAccountBlocked));
  EXPECT_EQ(world.Dump(), empty);
}

TEST(StartInPerson, NeedsAnActiveAccount) {
  Officers world;
  world.identity.account("alice").active = false;
  world.identity.account("alice").frozen = true;
  EXPECT_THAT(world.Come("alice"), Refused(kFailedPrecondition, Reason::kAccountFrozen));
}

TEST(StartInPerson, TakesOverWhatIsOpen) {
  Officers world;
  const auto c = world.ToContactCode();
  const auto come = world.Come("alice");
  ASSERT_THAT(come, IsOk());
  EXPECT_EQ(come->name(), c.assigned);
  EXPECT_THAT(world.Get(c.name), Refused(kNotFound, Reason::kNotFound)) << "the former capability";
  EXPECT_THAT(world.Cancel(c.name), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Get(Officers::NameOf("alice")), IsOk());
  EXPECT_EQ(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)).status().code(),
            kFailedPrecondition);
  EXPECT_EQ(world.Reject("bob", c.assigned, pb::REJECT_REASON_OTHER).status().code(), kFailedPrecondition);
  world.RunOutbox();
  EXPECT_THAT(world.otp.cancelled, ElementsAre(HasSubstr("contact-1")));
}

TEST(StartInPerson, TakesOverAnUnprovedClaim) {
  Officers world;
  const std::string name = world.Start(kAlicePhone)->name();
  const std::string code = world.otp.CodeTo(kAlicePhone);
  ASSERT_THAT(world.Come("alice"), IsOk());
  EXPECT_THAT(world.Verify(name, code), Refused(kNotFound, Reason::kNotFound));
  world.RunOutbox();
  EXPECT_THAT(world.otp.cancelled, ElementsAre(HasSubstr("claim-1")));
}

TEST(StartInPerson, VoidsAGrantThatWasGivenBefore) {
  Officers world;
  const auto c = world.ToApproved();
  ASSERT_THAT(world.Come("alice"), IsOk());
  EXPECT_THAT(world.Complete(c.name, c.grant, "a good new password 1"),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.Complete(Officers::NameOf("alice"), c.grant, "a good new password 1").status().code(),
            kFailedPrecondition);
  world.clock.Advance(absl::Hours(24));
  ASSERT_THAT(world.Confirm(c.assigned, "alice"), IsOk());
  EXPECT_THAT(world.Complete(Officers::NameOf("alice"), c.grant, "a good new password 1"),
              Refused(kPermissionDenied, Reason::kGrantInvalid));
  EXPECT_EQ(world.identity.password_of("alice"), "");
}

TEST(StartInPerson, IsTooLateWhileAPasswordIsBeingSet) {
  Officers world;
  const auto c = world.ToApproved();
  world.faults.Arm(1, testing::Faults::When::kAfter);
  EXPECT_EQ(world.Complete(c.name, c.grant, "a good new password 1").status().code(), kUnavailable);
  world.faults.Clear();
  EXPECT_THAT(world.Come("alice"), Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
  EXPECT_THAT(world.Get(c.name), IsOk());
}

TEST(StartInPerson, IsNotBegunTwice) {
  Officers world;
  ASSERT_THAT(world.Come("alice"), IsOk());
  EXPECT_THAT(world.Come("alice", "sidorov", 2),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST(StartInPerson, IsNotStoppedByTheLimitsButCounts) {  // REC-07
  Officers world;
  for (int i = 0; i < 3; ++i) {
    const auto c = world.ToContact();
    ASSERT_THAT(world.Reject("bob", c.assigned, pb::REJECT_REASON_OTHER), IsOk());
    world.clock.Advance(absl::Hours(1) * (i + 1));
  }
  ASSERT_THAT(world.Come("alice"), IsOk()) << "three starts, and a cool-down of a day";
  ASSERT_THAT(world.CancelAs("alice"), IsOk());
  absl::Time now = world.clock.Now();
  ASSERT_THAT(world.db->View([&](kv::ReadTxn& txn) -> absl::Status {
    const StartLedger ledger = TRY(world.store.LedgerOf(txn, Account("alice")));
    EXPECT_EQ(ledger.starts.back(), now);
    EXPECT_EQ(ledger.starts.size(), 4U);
    return absl::OkStatus();
  }),
              IsOk());
}

TEST(StartInPerson, WantsACapabilityThatIsNew) {
  Officers world;
  ASSERT_THAT(world.Come("alice"), IsOk());
  ASSERT_THAT(world.CancelAs("alice"), IsOk());
  EXPECT_THAT(world.Come("alice"), Violates("CAPABILITY_USED"));
  EXPECT_THAT(world.Come("alice", "ivanov", 2), IsOk());
}

TEST(StartInPerson, CanBeStoppedByWhomeverItConcerns) {
  for (const bool by_device : {true, false}) {
    Officers world;
    const auto c = world.ToInPerson();
    ASSERT_THAT(by_device ? world.Cancel(c.name) : world.CancelAs("alice"), IsOk());
    world.clock.Advance(absl::Hours(24));
    EXPECT_THAT(world.Confirm(c.assigned, "alice"), Refused(kFailedPrecondition, Reason::kRecoveryClosed));
    EXPECT_THAT(world.EventTypes(), Contains("RecoveryEnded"));
  }
}

TEST(StartInPerson, ExpiresWithoutASecondOfficer) {  // REC-04
  Officers world;
  const auto c = world.ToInPerson();
  world.clock.Advance(absl::Hours(72));
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_EXPIRED);
  EXPECT_THAT(world.Confirm(c.assigned, "alice"), Refused(kFailedPrecondition, Reason::kRecoveryExpired));
}

// The recovery ends while linking is being asked: the hold's end is told once more.
TEST(StartInPerson, LeavesNoHoldWhereItEndedMeanwhile) {
  Officers world;
  const auto c = world.ToContact();
  world.faults.Arm(3, testing::Faults::When::kAfter);  // CheckDocument, Lookup, HoldGuard
  EXPECT_EQ(world.Come("alice").status().code(), kUnavailable);
  world.faults.Clear();
  ASSERT_THAT(world.Cancel(c.name), IsOk());
  world.clock.Advance(absl::Minutes(2));
  world.RunTimers();
  const std::vector<std::string> types = world.EventTypes();
  EXPECT_EQ(std::count(types.begin(), types.end(), "RecoveryEnded"), 2);
}

TEST(StartInPerson, EndsTheHoldOfABeginningThatWasNeverRepeated) {
  Officers world;
  world.faults.Arm(3, testing::Faults::When::kAfter);
  EXPECT_EQ(world.Come("alice").status().code(), kUnavailable);
  world.faults.Clear();
  EXPECT_THAT(world.Get(Officers::NameOf("alice")), Refused(kNotFound, Reason::kNotFound));
  world.clock.Advance(absl::Minutes(30));
  world.RunTimers();
  EXPECT_THAT(world.EventTypes(), Contains("RecoveryEnded"));
}

// Every question that can fail fails once, before or after it was answered; the repeated call ends well.
TEST(StartInPerson, EndsWellWhereverItWasCutOff) {
  for (const bool open : {false, true}) {
    for (const auto when : {testing::Faults::When::kBefore, testing::Faults::When::kAfter}) {
      for (int nth = 1; nth <= 4; ++nth) {
        Officers world;
        if (open) world.ToContact();
        const rpc::Call call = world.Bank();
        world.faults.Arm(nth, when);
        const auto cut = world.handlers.StartInPersonRecovery(call, world.InPersonRequest("alice"));
        world.faults.Clear();
        const auto again = world.handlers.StartInPersonRecovery(call, world.InPersonRequest("alice"));
        ASSERT_THAT(again, IsOk()) << nth;
        EXPECT_EQ(again->state(), pb::RECOVERY_STATE_IN_PERSON);
        if (cut.ok()) {
          EXPECT_TRUE(Equals(*cut, *again));
        }
        const auto list = world.handlers.ListRecoveries(world.Operator(), {});
        EXPECT_EQ(list->recoveries_size(), 1);
      }
    }
  }
}

// How many of eight officers begin, all at once for the same principal.
int BegunAtOnce(const kv::TestSwitches& switches) {
  Officers world("gosuslugi", switches);
  std::atomic<int> begun{0};
  tc::testing::AtOnce(8, [&](int i) {
    if (world.Come("alice", "ivanov", i).ok()) ++begun;
  });
  return begun;
}

TEST(StartInPerson, IsBegunOnceAlsoAtOnce) {
  EXPECT_EQ(BegunAtOnce(tc::testing::kSerialised), 1);
  int begun = 0;
  for (int round = 0; round < tc::testing::kRounds && begun <= 1; ++round)
    begun = BegunAtOnce(tc::testing::Unserialised());
  EXPECT_GT(begun, 1) << "that it is begun once does not depend on the store's serialisation?";
}

TEST(ConfirmInPerson, NeedsTheDocumentsAgain) {
  Officers world;
  const auto c = world.ToInPerson();
  world.clock.Advance(absl::Hours(24));
  pb::ConfirmInPersonRecoveryRequest in = world.ConfirmRequest(c.assigned, "alice");
  in.mutable_check()->set_passport("9999999999");
  const auto wrong = world.handlers.ConfirmInPersonRecovery(world.Bank(), in);
  in.set_name("assignedRecoveries/unknown");
  EXPECT_THAT(wrong, Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(wrong.status(), world.handlers.ConfirmInPersonRecovery(world.Bank(), in).status());
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_IN_PERSON);
}

TEST(ConfirmInPerson, EntersTheSecondOfficersTryToo) {  // LOG-01
  tc::testing::Acts acts;
  Officers world("gosuslugi", {.run_twice = true, .ledger = &acts});
  const auto c = world.ToInPerson();
  world.clock.Advance(absl::Hours(24));
  pb::ConfirmInPersonRecoveryRequest in = world.ConfirmRequest(c.assigned, "alice");
  in.mutable_check()->set_passport("9999999999");
  EXPECT_THAT(world.handlers.ConfirmInPersonRecovery(world.Bank(), in),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(DocumentTries(world),
              ElementsAre("DocumentTried accounts/alice {officer=ivanov visit=visit-1} of alice",
                          "DocumentTried accounts/alice {officer=petrova visit=visit-2} of alice"));
}

TEST(ConfirmInPerson, CountsWrongDocumentsTogetherWithThoseOfTheStart) {
  Officers world;
  const auto c = world.ToInPerson();
  world.clock.Advance(absl::Hours(24));
  for (int i = 0; i < 3; ++i) (void)world.ComeWith("alice", "9999999999");
  pb::ConfirmInPersonRecoveryRequest in = world.ConfirmRequest(c.assigned, "alice");
  in.mutable_check()->set_passport("9999999999");
  for (int i = 0; i < 2; ++i) (void)world.handlers.ConfirmInPersonRecovery(world.Bank(), in);
  EXPECT_THAT(world.Confirm(c.assigned, "alice"), Refused(kResourceExhausted, Reason::kRateLimited));
}

TEST(ConfirmInPerson, NeedsAnotherOfficerTheDelayAndAnActiveAccount) {
  Officers world;
  const auto c = world.ToInPerson();
  const auto early = world.Confirm(c.assigned, "alice");
  EXPECT_THAT(early, Refused(kFailedPrecondition, Reason::kDelayNotOver));
  EXPECT_EQ(RetryAfterOf(early.status()), absl::Hours(24));
  world.clock.Advance(absl::Hours(24));
  EXPECT_THAT(world.Confirm(c.assigned, "alice", "IVANOV"),
              Refused(kFailedPrecondition, Reason::kSamePerson));
  world.identity.account("alice").active = false;
  EXPECT_THAT(world.Confirm(c.assigned, "alice"), Refused(kFailedPrecondition, Reason::kAccountBlocked));
  world.identity.account("alice").active = true;
  world.linking.guards.clear();  // whether somebody still guards does not matter
  EXPECT_THAT(world.Confirm(c.assigned, "alice"), IsOk());
}

TEST(ConfirmInPerson, EndsWellWhereverItWasCutOff) {
  for (const auto when : {testing::Faults::When::kBefore, testing::Faults::When::kAfter}) {
    for (int nth = 1; nth <= 2; ++nth) {
      Officers world;
      const auto c = world.ToInPerson();
      world.clock.Advance(absl::Hours(24));
      const rpc::Call call = world.Bank();
      world.faults.Arm(nth, when);
      EXPECT_EQ(world.handlers.ConfirmInPersonRecovery(call, world.ConfirmRequest(c.assigned, "alice"))
                    .status()
                    .code(),
                kUnavailable);
      world.faults.Clear();
      const auto first =
          world.handlers.ConfirmInPersonRecovery(call, world.ConfirmRequest(c.assigned, "alice"));
      ASSERT_THAT(first, IsOk());
      const auto again =
          world.handlers.ConfirmInPersonRecovery(call, world.ConfirmRequest(c.assigned, "alice"));
      EXPECT_TRUE(Equals(*first, *again));
    }
  }
}

TEST(InPerson, LeadsBackToTheContactWhenAnOperatorHoldsAndReleasesIt) {
  Officers world("strict");
  const auto c = world.ToInPerson();
  ASSERT_THAT(world.Hold(c.assigned), IsOk());
  EXPECT_THAT(world.Confirm(c.assigned, "alice"), Refused(kFailedPrecondition, Reason::kRecoveryHeld));
  ASSERT_THAT(world.Release(c.assigned), IsOk());
  EXPECT_EQ(world.Get(c.name)->match_code().size(), 4U) << "demanded by the policy";
  EXPECT_TRUE(world.See("bob", c.assigned)->match_code_required());
}

}  // namespace
}  // namespace tc::recovery
