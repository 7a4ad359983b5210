// Numbers that a bank or the post has proved (I3).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/rpc/phone_import.h"
#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kUnauthenticated;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::SizeIs;
using testing::Violates;

constexpr absl::Duration kTick = absl::Milliseconds(1);
constexpr absl::Duration kDelay = absl::Hours(24);

std::string MainNumber(World& world, const std::string& id) { return world.Get(id)->masked_phone(); }

// The last event of the type.
kv::Event Last(World& world, const std::string& type) {
  kv::Event last;
  const std::vector<kv::Event> events = *world.database().Changes(0, 0, 1000);
  for (const kv::Event& event : events) {
    if (event.type == type) last = event;
  }
  return last;
}

// Ivan, with the number 1 bound an hour ago.
class ImportPhone : public ::testing::Test {
 protected:
  ImportPhone() {
    EXPECT_THAT(world.Create("ivan", 1), IsOk());
    world.clock().Advance(absl::Hours(1));
    world.Settle();
    world.NewEvents();
  }
  // Settles once what is due has been done, and sends what that brought about.
  void SettleAll() {
    world.Settle();
    world.Settle();
  }

  World world;
};

TEST_F(ImportPhone, OfABankBindsAtOnce) {
  ASSERT_OK_AND_ASSIGN(const pb::Phone phone, world.Import(world.Bank(), "ivan", PhoneNumber(2)));
  EXPECT_EQ(phone.state(), pb::PHONE_STATE_BOUND);
  EXPECT_EQ(phone.kind(), pb::PHONE_KIND_MAIN);
  EXPECT_FALSE(phone.has_effective_time());
  EXPECT_EQ(MainNumber(world, "ivan"), "+7 9** ***-**-02");
  EXPECT_EQ(world.otp().verifications(), 0U);
  EXPECT_THAT(world.NewEvents(), ElementsAre("PhoneReleased", "PhoneBound"));
  EXPECT_EQ(Last(world, "PhoneBound").attributes.at("way"), "BANK");
  EXPECT_EQ(Last(world, "PhoneReleased").attributes.at("way"), "BANK");
  world.Settle();
  ASSERT_THAT(world.otp().notices(), SizeIs(1));
  const Notice& notice = world.otp().notices()[0];
  EXPECT_EQ(notice.kind, NoticeKind::kPhoneChanged);
  EXPECT_THAT(notice.phones,
              ElementsAre(Phone::FromTrusted(PhoneNumber(1)), Phone::FromTrusted(PhoneNumber(2))));
  EXPECT_THAT(notice.emails, ElementsAre(Email::FromTrusted("ivan@example.org")));
  EXPECT_EQ(notice.masked_address, "+7 9** ***-**-02");
}

TEST_F(ImportPhone, OfThePostBindsAfterTwentyFourHours) {
  ASSERT_OK_AND_ASSIGN(const pb::Phone phone, world.Import(world.Post(), "ivan", PhoneNumber(2)));
  EXPECT_EQ(phone.state(), pb::PHONE_STATE_SCHEDULED);
  EXPECT_EQ(phone.effective_time().seconds(), absl::ToUnixSeconds(world.now() + kDelay));
  EXPECT_FALSE(phone.has_bind_time());
  EXPECT_THAT(world.NewEvents(), ElementsAre("PhoneImportScheduled"));
  world.clock().Advance(kDelay - kTick);
  SettleAll();
  EXPECT_EQ(MainNumber(world, "ivan"), "+7 9** ***-**-01");
  EXPECT_EQ(world.Phones("ivan")->phones(1).state(), pb::PHONE_STATE_SCHEDULED);
  world.clock().Advance(kTick);
  // At its time it is the account's only when that has been made durable.
  EXPECT_EQ(world.Phones("ivan")->phones(1).state(), pb::PHONE_STATE_SCHEDULED);
  SettleAll();
  EXPECT_EQ(MainNumber(world, "ivan"), "+7 9** ***-**-02");
  ASSERT_EQ(world.Phones("ivan")->phones_size(), 1);
  EXPECT_EQ(world.Phones("ivan")->phones(0).name(), phone.name());
  EXPECT_FALSE(world.Phones("ivan")->phones(0).has_effective_time());
  EXPECT_THAT(world.NewEvents(), ElementsAre("PhoneReleased", "PhoneBound"));
  EXPECT_EQ(Last(world, "PhoneBound").attributes.at("way"), "POST");
}

TEST_F(ImportPhone, OfThePostTellsThePresentAddressesFirstAndAllAfterwards) {
  ASSERT_THAT(world.Import(world.Post(), "ivan", PhoneNumber(2)), IsOk());
  world.Settle();
  ASSERT_THAT(world.otp().notices(), SizeIs(1));
  const Notice scheduled = world.otp().notices()[0];
  EXPECT_EQ(scheduled.kind, NoticeKind::kPhoneChangeScheduled);
  EXPECT_THAT(scheduled.phones, ElementsAre(Phone::FromTrusted(PhoneNumber(1))));
  EXPECT_THAT(scheduled.emails, ElementsAre(Email::FromTrusted("ivan@example.org")));
  EXPECT_EQ(scheduled.masked_address, "+7 9** ***-**-02");
  world.clock().Advance(kDelay);
  SettleAll();
  ASSERT_THAT(world.otp().notices(), SizeIs(2));
  EXPECT_EQ(world.otp().notices()[1].kind, NoticeKind::kPhoneChanged);
  EXPECT_THAT(world.otp().notices()[1].phones,
              ElementsAre(Phone::FromTrusted(PhoneNumber(1)), Phone::FromTrusted(PhoneNumber(2))));
}

TEST_F(ImportPhone, AnswersARepeatedRequestAlike) {
  const rpc::Call call = world.Post();
  ASSERT_OK_AND_ASSIGN(const pb::Phone first, world.Import(call, "ivan", PhoneNumber(2)));
  ASSERT_OK_AND_ASSIGN(const pb::Phone second, world.Import(call, "ivan", PhoneNumber(2)));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST_F(ImportPhone, NamesEveryMistakeAtOnce) {
  pb::ImportPhoneRequest in;
  in.set_account("x");
  in.set_phone("8 916");
  in.set_reference("№ 7");
  const absl::Status missing = world.handlers().phones.ImportPhone(world.Bank(), in).status();
  for (const char* reason : {"NAME_INVALID", "PHONE_SEPARATORS", "TIME_MISSING", "REFERENCE_FORMAT"})
    EXPECT_THAT(missing, Violates(reason)) << reason;
  EXPECT_THAT(world.Import(world.Bank(), "ivan", PhoneNumber(2), -kTick), Violates("TIME_FUTURE"));
  EXPECT_THAT(world.Import(world.Bank(), "nobody", PhoneNumber(2)), Refused(kNotFound, Reason::kNotFound));
}

TEST_F(ImportPhone, RefusesAProofThatIsNotNewerThanThePresentNumber) {
  EXPECT_THAT(world.Import(world.Bank(), "ivan", PhoneNumber(2), absl::Hours(1)), Violates("PROOF_OUTDATED"));
  EXPECT_THAT(world.Import(world.Post(), "ivan", PhoneNumber(2), absl::Hours(1)), Violates("PROOF_OUTDATED"));
  EXPECT_THAT(world.Import(world.Bank(), "ivan", PhoneNumber(2), absl::Hours(1) - kTick), IsOk());
}

TEST_F(ImportPhone, DoesNotBringBackANumberThatWasGivenUpSinceTheProof) {
  ASSERT_THAT(world.Release(world.As("ivan"), world.Phones("ivan")->phones(0).name()), IsOk());
  EXPECT_THAT(world.Import(world.Bank(), "ivan", PhoneNumber(1), kTick), Violates("PROOF_OUTDATED"));
  world.clock().Advance(kTick);
  EXPECT_THAT(world.Import(world.Bank(), "ivan", PhoneNumber(1)), IsOk());
}

TEST_F(ImportPhone, TellsThatANumberIsBusyOrInQuarantine) {  // IDN-04, IDN-16
  ASSERT_THAT(world.Create("oleg", 2), IsOk());
  for (const rpc::Call& call : {world.Bank(), world.Post()}) {
    EXPECT_THAT(world.Import(call, "ivan", PhoneNumber(2)), Refused(kFailedPrecondition, Reason::kPhoneBusy));
    EXPECT_THAT(world.Import(call, "ivan", PhoneNumber(1)), Refused(kFailedPrecondition, Reason::kPhoneBusy));
  }
  ASSERT_THAT(world.Release(world.As("oleg"), world.Phones("oleg")->phones(0).name()), IsOk());
  EXPECT_THAT(world.Import(world.Bank(), "ivan", PhoneNumber(2)),
              Refused(kFailedPrecondition, Reason::kPhoneQuarantined));
}

TEST_F(ImportPhone, IsStoppedByAFreezeAndABlock) {
  ASSERT_THAT(world.Freeze(world.Service(), "ivan", absl::Hours(24)), IsOk());
  EXPECT_THAT(world.Import(world.Bank(), "ivan", PhoneNumber(2)),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
  ASSERT_THAT(world.Block("ivan"), IsOk());
  EXPECT_THAT(world.Import(world.Post(), "ivan", PhoneNumber(2)),
              Refused(kFailedPrecondition, Reason::kAccountBlocked));
}

TEST_F(ImportPhone, IsNoChangeInTheCabinetAndWaitsForNone) {  // IDN-05
  ASSERT_THAT(world.Move("ivan", PhoneNumber(2)), IsOk());
  world.clock().Advance(kTick);
  ASSERT_THAT(world.Import(world.Bank(), "ivan", PhoneNumber(3)), IsOk());  // not bound by the interval
  EXPECT_THAT(world.Bind(world.As("ivan"), "ivan", PhoneNumber(4)),
              Refused(kFailedPrecondition, Reason::kPhoneChangeTooSoon));  // the cabinet still is
  ASSERT_THAT(world.Create("oleg", 11), IsOk());
  world.clock().Advance(kTick);
  ASSERT_THAT(world.Import(world.Bank(), "oleg", PhoneNumber(12)), IsOk());
  EXPECT_THAT(world.Move("oleg", PhoneNumber(13)), IsOk());
}

TEST_F(ImportPhone, GivesAnAccountWithoutANumberItsFirst) {
  ASSERT_THAT(world.Bare("oleg", 2), IsOk());
  ASSERT_THAT(world.Import(world.Post(), "oleg", PhoneNumber(2)), IsOk());
  world.clock().Advance(kDelay);
  SettleAll();
  EXPECT_EQ(MainNumber(world, "oleg"), "+7 9** ***-**-02");
}

TEST_F(ImportPhone, WaitsForTheOneThatIsScheduled) {
  ASSERT_THAT(world.Import(world.Post(), "ivan", PhoneNumber(2)), IsOk());
  for (const rpc::Call& call : {world.Bank(), world.Post()}) {
    EXPECT_THAT(world.Import(call, "ivan", PhoneNumber(3)),
                Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  }
}

TEST_F(ImportPhone, IsRefusedByItsOwnerUntilItIsBound) {
  ASSERT_OK_AND_ASSIGN(const pb::Phone phone, world.Import(world.Post(), "ivan", PhoneNumber(2)));
  rpc::Call stale = world.As("ivan");
  stale.person->auth_time = world.now() - absl::Seconds(301);
  EXPECT_THAT(world.Release(stale, phone.name()),
              Refused(kUnauthenticated, Reason::kReauthenticationRequired));
  EXPECT_THAT(world.Release(world.As("oleg"), phone.name()), Refused(kNotFound, Reason::kNotFound));
  world.NewEvents();
  world.clock().Advance(kDelay);  // its time has come, the timer has not run: the owner's word counts
  ASSERT_OK_AND_ASSIGN(const pb::Phone refused, world.Release(world.As("ivan"), phone.name()));
  EXPECT_EQ(refused.state(), pb::PHONE_STATE_RELEASED);
  EXPECT_FALSE(refused.has_effective_time());
  EXPECT_FALSE(refused.has_bind_time());
  SettleAll();
  EXPECT_EQ(MainNumber(world, "ivan"), "+7 9** ***-**-01");
  EXPECT_EQ(world.Phones("ivan", true)->phones_size(), 1);  // never was the account's
  EXPECT_THAT(world.NewEvents(), ElementsAre("PhoneImportRefused"));
  EXPECT_EQ(Last(world, "PhoneImportRefused").attributes.at("cause"), "OWNER");
  EXPECT_EQ(Last(world, "PhoneImportRefused").attributes.at("way"), "POST");
  // It was never his, so nobody waits for it.
  ASSERT_THAT(world.Bare("oleg", 2), IsOk());
  EXPECT_THAT(world.Move("oleg", PhoneNumber(2)), IsOk());
}

TEST_F(ImportPhone, IsRefusedByAnOfficerWithAReason) {
  ASSERT_OK_AND_ASSIGN(const pb::Phone phone, world.Import(world.Post(), "ivan", PhoneNumber(2)));
  EXPECT_THAT(world.Release(world.Operator(), phone.name()), Violates("TEXT_MISSING"));
  EXPECT_THAT(world.Release(world.Operator(), phone.name(), "письмо подделано"), IsOk());
  EXPECT_EQ(Last(world, "PhoneImportRefused").attributes.at("cause"), "OPERATOR");
  ASSERT_OK_AND_ASSIGN(const pb::Phone again, world.Import(world.Post(), "ivan", PhoneNumber(2)));
  EXPECT_THAT(world.Release(world.Centre(), again.name(), "письмо подделано"), IsOk());
  EXPECT_EQ(Last(world, "PhoneImportRefused").attributes.at("cause"), "SERVICE_CENTRE");
}

TEST_F(ImportPhone, MayBeRefusedByTheOwnerOfALockedOrFrozenAccountButNotOfABlockedOne) {
  ASSERT_OK_AND_ASSIGN(const pb::Phone phone, world.Import(world.Post(), "ivan", PhoneNumber(2)));
  ASSERT_THAT(world.Freeze(world.As("ivan"), "ivan", absl::Hours(1)), IsOk());
  EXPECT_THAT(world.Release(world.As("ivan"), phone.name()), IsOk());
  world.clock().Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const pb::Phone again, world.Import(world.Post(), "ivan", PhoneNumber(2)));
  ASSERT_THAT(world.Block("ivan"), IsOk());
  EXPECT_THAT(world.Release(world.As("ivan"), again.name()),
              Refused(kFailedPrecondition, Reason::kAccountBlocked));
}

// What happens between the import and its time, and why nothing comes of the number then.
struct EndCase {
  const char* name;
  void (*spoil)(World&);
  const char* cause;
};
class ScheduledNumber : public ::testing::TestWithParam<EndCase> {};
TEST_P(ScheduledNumber, IsDroppedWhenSomethingStandsAgainstItAtItsTime) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Bare("oleg", 3), IsOk());
  world.clock().Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const pb::Phone phone, world.Import(world.Post(), "ivan", PhoneNumber(2)));
  world.clock().Advance(absl::Hours(23));
  GetParam().spoil(world);
  const std::string main = MainNumber(world, "ivan");
  world.Settle();
  const size_t told = world.otp().notices().size();
  world.clock().Advance(absl::Hours(1));
  world.Settle();
  world.Settle();
  EXPECT_EQ(MainNumber(world, "ivan"), main);
  EXPECT_EQ(Last(world, "PhoneImportRefused").attributes.at("cause"), GetParam().cause);
  ASSERT_OK_AND_ASSIGN(const pb::ListPhonesResponse left, world.Phones("ivan", true));
  for (const pb::Phone& other : left.phones()) EXPECT_NE(other.name(), phone.name());
  EXPECT_THAT(world.otp().notices(), SizeIs(told));  // on the record only
  // The journal tells the owner.
  pb::ListSecurityEventsRequest in;
  in.set_account("accounts/ivan");
  in.add_types("PhoneImportRefused");
  ASSERT_OK_AND_ASSIGN(const pb::ListSecurityEventsResponse journal,
                       world.handlers().journal.ListSecurityEvents(world.As("ivan"), in));
  ASSERT_EQ(journal.events_size(), 1);
  EXPECT_EQ(journal.events(0).actor(), "clock");
}
INSTANTIATE_TEST_SUITE_P(
    I3, ScheduledNumber,
    ::testing::Values(
        EndCase{"FrozenAfterADangerReport",
                [](World& w) { EXPECT_THAT(w.Freeze(w.Service(), "ivan", absl::Hours(24)), IsOk()); },
                "ACCOUNT_FROZEN"},
        EndCase{"Blocked", [](World& w) { EXPECT_THAT(w.Block("ivan"), IsOk()); }, "ACCOUNT_BLOCKED"},
        EndCase{"BoundByAnother", [](World& w) { EXPECT_THAT(w.Move("oleg", PhoneNumber(2)), IsOk()); },
                "PHONE_BUSY"},
        EndCase{"GivenUpByAnother",
                [](World& w) {
                  const absl::StatusOr<pb::Phone> bound = w.Move("oleg", PhoneNumber(2));
                  EXPECT_THAT(w.Release(w.As("oleg"), bound->name()), IsOk());
                },
                "PHONE_QUARANTINED"},
        EndCase{"ANewerChangeInTheCabinet",
                [](World& w) { EXPECT_THAT(w.Move("ivan", PhoneNumber(4)), IsOk()); }, "PROOF_OUTDATED"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST_F(ImportPhone, IsNotBoundBeforeItsTimeWhateverRunsThen) {
  ASSERT_OK_AND_ASSIGN(const pb::Phone phone, world.Import(world.Post(), "ivan", PhoneNumber(2)));
  const auto bind = [&](absl::Time at) {
    return world.database()
        .Update([&](kv::Txn& txn) -> absl::Status {
          return BindScheduled(txn, world.handlers().desk, TRY(ParsePhoneName(phone.name())), at);
        })
        .status();
  };
  EXPECT_THAT(bind(world.now() + kDelay - kTick), IsOk());
  EXPECT_EQ(MainNumber(world, "ivan"), "+7 9** ***-**-01");
  EXPECT_THAT(bind(world.now() + kDelay), IsOk());
  EXPECT_EQ(MainNumber(world, "ivan"), "+7 9** ***-**-02");
}

TEST_F(ImportPhone, OfOneNumberForTwoAccountsGivesItToOne) {
  ASSERT_THAT(world.Bare("oleg", 2), IsOk());
  ASSERT_THAT(world.Import(world.Post(), "ivan", PhoneNumber(5)), IsOk());
  ASSERT_THAT(world.Import(world.Post(), "oleg", PhoneNumber(5)), IsOk());
  world.clock().Advance(kDelay);
  SettleAll();
  const bool ivan = MainNumber(world, "ivan") == "+7 9** ***-**-05";
  const bool oleg = MainNumber(world, "oleg") == "+7 9** ***-**-05";
  EXPECT_NE(ivan, oleg);
  EXPECT_EQ(Last(world, "PhoneImportRefused").attributes.at("cause"), "PHONE_BUSY");
}

TEST_F(ImportPhone, KeepsTheReferenceForTheOwnerButTellsNobodyElse) {
  ASSERT_THAT(world.Import(world.Bank(), "ivan", PhoneNumber(2)), IsOk());
  pb::ListSecurityEventsRequest in;
  in.set_account("accounts/ivan");
  in.add_types("PhoneBound");
  ASSERT_OK_AND_ASSIGN(const pb::ListSecurityEventsResponse journal,
                       world.handlers().journal.ListSecurityEvents(world.As("ivan"), in));
  EXPECT_EQ(journal.events(0).attributes().at("reason"), "letter-7");
  EXPECT_EQ(journal.events(0).actor(), "bank/bank");
  EXPECT_EQ(Last(world, "PhoneBound").attributes.count("reason"), 0U);
}

TEST(ImportPhoneDelay, IsThePolicys) {
  Policy policy = TestPolicy();
  policy.phone.post_delay = absl::Hours(72);
  World world(policy);
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone phone, world.Import(world.Post(), "ivan", PhoneNumber(2)));
  EXPECT_EQ(phone.effective_time().seconds(), absl::ToUnixSeconds(world.now() + absl::Hours(72)));
}

}  // namespace
}  // namespace tc::identity
