// Known devices, the journal of sign-ins, passwords that must be changed (IDN-12, IDN-13, SES-08, PWD-13,
// PWD-15).

#include "common/testing/acts.h"
#include "services/identity/rpc/sign_in_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

const Seat kHome = {"phone-of-ivan", "Moscow"};
const Seat kCafe = {"laptop-of-ivan", "Moscow"};
const Seat kTrip = {"phone-of-ivan", "Kazan"};
const Seat kThief = {"phone-of-the-thief", "Moscow"};

using KnownDevices = SignedUp;
using SignInJournal = SignedUp;
using RequirePasswordChange = SignedUp;
using ExpiryWarning = SignedUp;

TEST_F(KnownDevices, AreNewOnce) {
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->new_device());
  EXPECT_FALSE(VerifyAt(world_, kHome, "ivan", kGood)->new_device());
  EXPECT_FALSE(VerifyAt(world_, kTrip, "ivan", kGood)->new_device());
  EXPECT_TRUE(VerifyAt(world_, kCafe, "ivan", kGood)->new_device());
  EXPECT_FALSE(VerifyAt(world_, {}, "ivan", kGood)->new_device());  // a portal that does not tell
}

TEST_F(KnownDevices, BelongToOneAccount) {
  ASSERT_THAT(world_.Citizen("oleg", 2), IsOk());
  ASSERT_THAT(world_.SetPassword("oleg", "", kGood), IsOk());
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->new_device());
  EXPECT_TRUE(VerifyAt(world_, kHome, "oleg", kGood)->new_device());
}

// SES-08
TEST_F(KnownDevices, AndPlacesThatAreNewAreToldButForTheFirstSignIn) {
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kSignInNewDevice), 0U);
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kSignInNewDevice), 0U);
  EXPECT_TRUE(VerifyAt(world_, kCafe, "ivan", kGood)->verified());
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kSignInNewDevice), 1U);
  EXPECT_TRUE(VerifyAt(world_, kTrip, "ivan", kGood)->verified());
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kSignInNewDevice), 2U);
  EXPECT_EQ(world_.otp().notices().back().phones.size(), 1U);
  EXPECT_EQ(world_.otp().notices().back().emails.size(), 1U);
}

TEST_F(KnownDevices, AreNotToldToAnOwnerWhoHasSwitchedThatOff) {
  ASSERT_THAT(Choose(world_, "ivan", pb::SecuritySettings(), {"sign_in_notices"}), IsOk());
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  EXPECT_TRUE(VerifyAt(world_, kCafe, "ivan", kGood)->new_device());
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kSignInNewDevice), 0U);
}

// IDN-12: a stranger's guesses do not keep the owner out.
TEST_F(KnownDevices, PassALockThatStaysForOthers) {
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  Wrong(5, kThief);
  EXPECT_EQ(state(), pb::ACCOUNT_STATE_LOCKED);
  EXPECT_FALSE(VerifyAt(world_, kThief, "ivan", kGood)->verified());
  EXPECT_FALSE(VerifyAt(world_, {}, "ivan", kGood)->verified());
  ASSERT_OK_AND_ASSIGN(const pb::VerifyPasswordResponse out, VerifyAt(world_, kHome, "ivan", kGood));
  EXPECT_TRUE(out.verified());
  EXPECT_EQ(out.state(), pb::ACCOUNT_STATE_ACTIVE);
  EXPECT_EQ(LastEvent(world_, "SignedIn").attributes.at("past_lock"), "true");
  EXPECT_EQ(state(), pb::ACCOUNT_STATE_LOCKED);
  EXPECT_FALSE(VerifyAt(world_, kThief, "ivan", kGood)->verified());
}

TEST_F(KnownDevices, PassNoBlock) {
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_FALSE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
}

TEST_F(KnownDevices, AreKnownNoMoreAfterFiveWrongOnesDuringALock) {
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  Wrong(5, kThief);
  Wrong(4, kHome);
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());  // begins anew
  Wrong(5, kHome);
  EXPECT_FALSE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  world_.clock().Advance(absl::Minutes(30));
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->new_device());
}

TEST_F(KnownDevices, AreCountedWithAllOthersWhileNothingIsLocked) {
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  Wrong(5, kHome);
  EXPECT_EQ(state(), pb::ACCOUNT_STATE_LOCKED);
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
}

TEST_F(KnownDevices, LieOnTheDiskAsMarksOnly) {
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  DeviceBook book;
  ASSERT_THAT(world_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    book = TRY(world_.handlers().desk.device_books.Get(txn, AccountId::FromTrusted("ivan")));
    return absl::OkStatus();
  }),
              IsOk());
  ASSERT_EQ(book.devices.size(), 1U);
  EXPECT_EQ(book.devices[0].mark.find("ivan"), std::string::npos);
  EXPECT_EQ(book.devices[0].mark.size(), 32U);
}

// IDN-13
TEST_F(SignInJournal, TellsTheOwnerWhereSomebodySat) {
  Wrong(1, kThief);
  EXPECT_TRUE(VerifyAt(world_, kHome, "ivan", kGood)->verified());
  EXPECT_THAT(world_.NewEvents(), ElementsAre("SignInRefused", "SignedIn"));
  pb::ListSecurityEventsRequest in;
  in.set_account("accounts/ivan");
  in.add_types("SignedIn");
  in.add_types("SignInRefused");
  ASSERT_OK_AND_ASSIGN(const pb::ListSecurityEventsResponse out,
                       world_.handlers().journal.ListSecurityEvents(world_.As("ivan"), in));
  ASSERT_EQ(out.events_size(), 2);
  // Both happened at the same moment of this clock.
  const pb::SecurityEvent& refused = out.events(out.events(0).type() == "SignInRefused" ? 0 : 1);
  EXPECT_EQ(refused.client().device(), kThief.device);
  EXPECT_EQ(refused.client().place(), "Moscow");
  EXPECT_EQ(refused.attributes().at("factor"), "PASSWORD");
  EXPECT_EQ(LastEvent(world_, "SignedIn").attributes.contains("device"), false);
}

TEST_F(SignInJournal, DoesNotGrowWithGuessesAtALockedAccount) {
  Wrong(5);
  world_.NewEvents();
  Wrong(20);
  EXPECT_FALSE(world_.Opens("ivan", kGood));
  EXPECT_THAT(world_.NewEvents(), IsEmpty());
}

// IDN-10: as much is written for who is unknown as for a locked account.
TEST_F(SignInJournal, WritesOneCommitWhoeverIsMeant) {
  EXPECT_FALSE(world_.Opens("nobody", kGood));  // the first refused one of a minute: its entry is another
  ASSERT_THAT(world_.database().Update([](kv::Txn&) { return absl::OkStatus(); }), IsOk());
  const auto commits = [&](const std::string& id, const std::string& password) {
    const uint64_t before = world_.database().revision();
    EXPECT_THAT(world_.Verify(id, password), IsOk());
    return world_.database().revision() - before;
  };
  EXPECT_EQ(commits("nobody", kGood), 1U);
  EXPECT_EQ(commits("ivan", "wrong"), 1U);
  EXPECT_EQ(commits("ivan", kGood), 1U);
  Wrong(5);
  EXPECT_EQ(commits("ivan", kGood), 1U);
}

// IDN-10, LOG-11: the log has tries at unknown and at locked accounts, and does not tell them from others.
TEST(SignInLog, EntersHowManyWereRefusedAndNamesNobody) {
  testing::Acts acts;
  World world(TestPolicy(), {.run_twice = true, .ledger = &acts});
  for (const char* id : {"ivan", "locked"}) {
    ASSERT_THAT(world.Citizen(id, id[0]), IsOk());
    ASSERT_THAT(world.SetPassword(id, "", World::kGood), IsOk());
  }
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(world.Opens("locked", "wrong"));
  for (const auto& [id, password] :
       {std::pair("nobody", World::kGood), std::pair("locked", World::kGood), std::pair("ivan", "wrong")}) {
    world.clock().Advance(rpc::RefusalLog::kEvery);
    EXPECT_FALSE(world.Opens(id, password));
  }
  EXPECT_TRUE(world.Opens("ivan", World::kGood));
  ASSERT_THAT(world.database().Update([](kv::Txn&) { return absl::OkStatus(); }), IsOk());  // all are through
  const auto counted = [](int n) {
    return absl::StrCat("CallRefused  {count=", n, " method=VerifyPassword} : UNAUTHENTICATED");
  };
  EXPECT_THAT(testing::Acts::Of(world.database(), {"CallRefused"}),
              ElementsAre(counted(1), counted(5), counted(1), counted(1)));
}

absl::StatusOr<pb::Credential> Require(World& world, const rpc::Call& call, const std::string& id,
                                       const std::string& reason = "в утечке соседнего сайта") {
  pb::RequirePasswordChangeRequest in;
  in.set_account("accounts/" + id);
  in.set_reason(reason);
  return world.handlers().passwords.RequirePasswordChange(call, in);
}

// PWD-15
TEST_F(RequirePasswordChange, LetsNothingButTheChangeBe) {
  EXPECT_TRUE(Require(world_, world_.Idp(), "ivan")->change_required());
  ASSERT_OK_AND_ASSIGN(const pb::VerifyPasswordResponse out, world_.Verify("ivan", kGood));
  EXPECT_TRUE(out.verified());
  EXPECT_TRUE(out.password_expired());
  ASSERT_OK_AND_ASSIGN(const pb::Credential changed, world_.SetPassword("ivan", kGood, kBetter));
  EXPECT_FALSE(changed.change_required());
  EXPECT_FALSE(world_.Verify("ivan", kBetter)->password_expired());
}

TEST_F(RequirePasswordChange, TellsTheOwnerAndHisJournal) {
  ASSERT_THAT(Require(world_, world_.Operator(), "ivan"), IsOk());
  EXPECT_EQ(LastEvent(world_, "PasswordChangeRequired").attributes.contains("reason"), false);
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kPasswordChangeRequired), 1U);
  pb::ListSecurityEventsRequest in;
  in.set_account("accounts/ivan");
  in.add_types("PasswordChangeRequired");
  ASSERT_OK_AND_ASSIGN(const pb::ListSecurityEventsResponse out,
                       world_.handlers().journal.ListSecurityEvents(world_.As("ivan"), in));
  ASSERT_EQ(out.events_size(), 1);
  EXPECT_EQ(out.events(0).attributes().at("reason"), "в утечке соседнего сайта");
}

TEST_F(RequirePasswordChange, EndsWithARecoveryToo) {
  ASSERT_THAT(Require(world_, world_.Operator(), "ivan"), IsOk());
  ASSERT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter), IsOk());
  EXPECT_FALSE(world_.Verify("ivan", kBetter)->password_expired());
}

TEST_F(RequirePasswordChange, WantsAPasswordAndAReason) {
  ASSERT_THAT(world_.Citizen("bare", 2), IsOk());
  EXPECT_THAT(Require(world_, world_.Operator(), "bare"),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  EXPECT_THAT(Require(world_, world_.Operator(), "ivan", ""), Violates("TEXT_MISSING"));
  EXPECT_THAT(Require(world_, world_.Operator(), "nobody"),
              Refused(absl::StatusCode::kNotFound, Reason::kNotFound));
}

// PWD-13
TEST_F(ExpiryWarning, ComesFourteenSevenAndOneDayBefore) {
  const absl::Time expiry = world_.now() + absl::Hours(24 * 90);
  size_t told = 0;
  for (const int days : {14, 7, 1}) {
    world_.clock().Set(expiry - absl::Hours(24 * days) - absl::Milliseconds(1));
    EXPECT_EQ(NoticesOf(world_, NoticeKind::kPasswordExpires), told);
    world_.clock().Advance(absl::Milliseconds(1));
    world_.Settle();  // the timer; the next one sends what it has put into the outbox
    EXPECT_EQ(NoticesOf(world_, NoticeKind::kPasswordExpires), ++told);
  }
  world_.clock().Set(expiry);
  EXPECT_TRUE(world_.Verify("ivan", kGood)->password_expired());
  EXPECT_THAT(world_.SetPassword("ivan", kGood, kBetter), IsOk());
}

TEST_F(ExpiryWarning, IsOfThePresentPasswordOnly) {
  const absl::Time expiry = world_.now() + absl::Hours(24 * 90);
  world_.clock().Advance(absl::Hours(24));
  ASSERT_THAT(world_.SetPassword("ivan", kGood, kBetter), IsOk());
  world_.clock().Set(expiry - absl::Hours(24 * 14));
  world_.Settle();
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kPasswordExpires), 0U);
  world_.clock().Advance(absl::Hours(24));
  world_.Settle();
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kPasswordExpires), 1U);
}

// O8: Noon() is an hour of the day; at night nobody is disturbed.
TEST_F(ExpiryWarning, WaitsForTheHoursAndComesByTheChannelsThatTheOwnerChose) {
  const absl::Time warning = world_.now() + absl::Hours(24 * 76);
  const int hour = absl::ToCivilHour(warning, MoscowZone()).hour();
  pb::SecuritySettings wanted;
  wanted.add_channels(trustedcontact::type::v1::CHANNEL_EMAIL);
  wanted.set_first_hour((hour + 2) % 24);
  wanted.set_last_hour((hour + 2) % 24 + 1);
  ASSERT_THAT(Choose(world_, "ivan", wanted, {"channels", "first_hour", "last_hour"}), IsOk());
  world_.clock().Set(warning);
  world_.Settle();
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kPasswordExpires), 0U);
  world_.clock().Advance(absl::Hours(2));
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kPasswordExpires), 1U);
  EXPECT_THAT(world_.otp().notices().back().phones, IsEmpty());
  EXPECT_EQ(world_.otp().notices().back().emails.size(), 1U);
}

TEST_F(ExpiryWarning, IsNotSentToWhoWantsSecurityNoticesOnly) {
  pb::SecuritySettings wanted;
  wanted.set_least_importance(pb::IMPORTANCE_SECURITY);
  ASSERT_THAT(Choose(world_, "ivan", wanted, {"least_importance"}), IsOk());
  world_.clock().Advance(absl::Hours(24 * 89));
  world_.Settle();
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kPasswordExpires), 0U);
}

TEST_F(ExpiryWarning, NeverBlocksARecovery) {
  world_.clock().Advance(absl::Hours(24 * 400));
  EXPECT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter), IsOk());
}

}  // namespace
}  // namespace tc::identity
