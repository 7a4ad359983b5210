#include "services/recovery/rpc/identity_news.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::kNobodysPhone;
using testing::Refused;
using testing::World;

struct News {
  const char* type;
  const char* key = "";  // of an attribute besides the account; empty: none
  const char* value = "";
};
constexpr News kBlocked = {"AccountBlocked"};
constexpr News kFrozen = {"AccountFrozen", "cause", "OWNER"};
constexpr News kErased = {"AccountDeleted", "reason", "asked for"};
constexpr News kPhoneBound = {"PhoneBound", "kind", "MAIN"};
constexpr News kPhoneReleased = {"PhoneReleased", "kind", "MAIN"};
constexpr News kEmailBound = {"EmailBound"};
constexpr News kEmailReleased = {"EmailReleased"};
constexpr News kUnconfirmed = {"AccountUpdated", "confirmation_lost", "true"};
constexpr News kAllNews[] = {kBlocked,       kFrozen,     kErased,        kPhoneBound,
                             kPhoneReleased, kEmailBound, kEmailReleased, kUnconfirmed};

// As the follower applies it.
absl::Status Tell(World& world, const std::string& account, const News& news, absl::Time at) {
  rpc::FollowedEvent event{news.type, "accounts/" + account, {}, at};
  if (!account.empty()) event.attributes["account"] = account;
  if (*news.key != '\0') event.attributes[news.key] = news.value;
  const rpc::EventHandler handler = IdentityNews(world.store, world.clock);
  return world.db->Update([&](kv::Txn& txn) { return handler(txn, event); }).status();
}
// It happens a second from now, and is learned at once.
absl::Status Tell(World& world, const std::string& account, const News& news) {
  world.clock.Advance(absl::Seconds(1));
  return Tell(world, account, news, world.clock.Now());
}

// Everything that a change leaves behind.
struct Traces {
  explicit Traces(World& world) : events(world.EventTypes()), outbox(world.OutboxSize()) {}
  std::vector<std::string> events;
  size_t outbox;
};

struct Row {
  News news;
  const char* principal;  // why it is held, with news of that side; empty: it is not
  const char* contact;
};
constexpr Row kRows[] = {
    {kBlocked, "ACCOUNT_NOT_ACTIVE", "CONTACT_NOT_ELIGIBLE"},
    {kFrozen, "ACCOUNT_NOT_ACTIVE", "CONTACT_NOT_ELIGIBLE"},
    {kPhoneBound, "PRINCIPAL_ADDRESS_CHANGED", "CONTACT_PHONE_CHANGED"},
    {kPhoneReleased, "PRINCIPAL_ADDRESS_CHANGED", "CONTACT_PHONE_CHANGED"},
    {kEmailBound, "PRINCIPAL_ADDRESS_CHANGED", ""},
    {kEmailReleased, "PRINCIPAL_ADDRESS_CHANGED", ""},
    {kUnconfirmed, "PRINCIPAL_NOT_ELIGIBLE", "CONTACT_NOT_ELIGIBLE"},
};

void ExpectHeld(World& world, const World::Case& c, const std::string& reason, const std::string& what) {
  if (reason.empty()) {
    EXPECT_NE(world.Get(c.name)->state(), pb::RECOVERY_STATE_HELD) << what;
    return;
  }
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_HELD) << what;
  ASSERT_EQ(world.Events().back().type, "RecoveryHeld") << what;
  EXPECT_EQ(world.Events().back().attributes.at("reason"), reason) << what;
}

TEST(News, HoldARecoveryThatTheContactHasNotAnswered) {  // R12, REC-21
  for (const Row& row : kRows) {
    for (World::Case (World::*way)() : {&World::ToContact, &World::ToContactCode}) {
      World ours;
      const World::Case own = (ours.*way)();
      ASSERT_THAT(Tell(ours, "alice", row.news), IsOk());
      ExpectHeld(ours, own, row.principal, absl::StrCat(row.news.type, " of the principal"));
      World theirs;
      const World::Case asked = (theirs.*way)();
      ASSERT_THAT(Tell(theirs, "bob", row.news), IsOk());
      ExpectHeld(theirs, asked, row.contact, absl::StrCat(row.news.type, " of the contact"));
    }
  }
}

TEST(AHeldRecovery, CannotBeApproved) {
  World world;
  const World::Case c = world.ToContactCode();
  const std::string code = world.otp.CodeTo(kBobPhone);
  ASSERT_THAT(Tell(world, "bob", kPhoneBound), IsOk());
  EXPECT_THAT(world.Approve("bob", c.assigned, code), Refused(kFailedPrecondition, Reason::kRecoveryHeld));
  EXPECT_EQ(world.Get(c.name)->grant(), "");
}

TEST(AHeldRecovery, SendsNoCodeToTheNewNumber) {  // REC-21
  World world;
  const World::Case c = world.ToContactCode();
  world.identity.account("bob").phone = Phone::FromTrusted("+79160000077");
  ASSERT_THAT(Tell(world, "bob", kPhoneReleased), IsOk());
  ASSERT_THAT(Tell(world, "bob", kPhoneBound), IsOk());
  EXPECT_THAT(world.SendCode("bob", c.assigned), Refused(kFailedPrecondition, Reason::kRecoveryHeld));
  EXPECT_EQ(world.otp.CodeTo("+79160000077"), "");
}

TEST(AHeldRecovery, TakesItsCodeBackAndTellsBothSides) {
  World world;
  const World::Case c = world.ToContactCode();
  world.RunOutbox();
  world.identity.notices.clear();
  ASSERT_THAT(Tell(world, "bob", kBlocked), IsOk());
  world.RunOutbox();
  const std::string id = c.assigned.substr(c.assigned.find('/') + 1);
  EXPECT_THAT(world.otp.cancelled, ElementsAre(id + "-contact-1"));
  std::vector<std::string> told;
  for (const NoticeMessage& notice : world.identity.notices) {
    EXPECT_EQ(notice.notice.kind, NoticeKind::kHeld);
    told.push_back(notice.notice.receiver.text());
  }
  EXPECT_THAT(told, ::testing::UnorderedElementsAre("alice", "bob"));
}

TEST(AHeldRecovery, StillExpires) {
  World world;
  const World::Case c = world.ToContact();
  ASSERT_THAT(Tell(world, "alice", kFrozen), IsOk());
  world.clock.Advance(absl::Hours(24));
  world.RunTimers();
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_EXPIRED);
  EXPECT_EQ(world.Events().back().type, "RecoveryEnded");
}

TEST(Erasure, OfThePrincipalCancelsWhateverIsOpen) {
  for (World::Case (World::*way)() : {&World::ToContact, &World::ToContactCode, &World::ToApproved}) {
    World world;
    const World::Case c = (world.*way)();
    ASSERT_THAT(Tell(world, "alice", kErased), IsOk());
    EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_CANCELLED);
    EXPECT_EQ(world.Events().back().type, "RecoveryEnded");
    EXPECT_EQ(world.Events().back().attributes.at("by"), "SYSTEM");
  }
}

TEST(Erasure, OfThePrincipalCancelsWhatHisReleasedPhoneHasHeld) {
  World world;
  const World::Case c = world.ToContact();
  ASSERT_THAT(Tell(world, "alice", kPhoneReleased), IsOk());
  ASSERT_THAT(Tell(world, "alice", kErased), IsOk());
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_CANCELLED);
}

TEST(Erasure, OfTheContactHolds) {
  World world;
  const World::Case c = world.ToContactCode();
  ASSERT_THAT(Tell(world, "bob", kErased), IsOk());
  ExpectHeld(world, c, "CONTACT_NOT_ELIGIBLE", "erased");
}

TEST(AGrant, EndsWhenThePrincipalIsBlockedOrFrozen) {
  for (const News& news : {kBlocked, kFrozen}) {
    for (World::Case (World::*way)() : {&World::ToApproved, &World::ToApprovedUnguarded}) {
      World world;
      const World::Case c = (world.*way)();
      const std::string principal = world.Events().back().attributes.at("principal");
      ASSERT_THAT(Tell(world, principal, news), IsOk());
      EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_CANCELLED) << news.type;
      EXPECT_THAT(world.Complete(c.name, c.grant, "new password"),
                  Refused(kFailedPrecondition, Reason::kRecoveryClosed));
      EXPECT_EQ(world.identity.resets(), 0);
    }
  }
}

TEST(AGrant, IsNoLongerTheContactsAffair) {
  World world;
  const World::Case c = world.ToApproved();
  for (const News& news : kAllNews) ASSERT_THAT(Tell(world, "bob", news), IsOk());
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"), IsOk());
}

TEST(AGrant, IsLeftWhileAPasswordIsBeingSet) {
  World world;
  const World::Case c = world.ToApproved();
  const rpc::Call call = world.Portal();
  world.faults.Arm(1, testing::Faults::When::kAfter);  // identity has set it, and its answer is lost
  EXPECT_FALSE(world.Complete(c.name, c.grant, "new password", call).ok());
  world.faults.Clear();
  ASSERT_THAT(Tell(world, "alice", kBlocked), IsOk());
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password", call), IsOk());
  EXPECT_EQ(world.identity.resets(), 1);
}

// R1: an unproved claim and a decoy look the same whatever happens to the account, and nobody is told.
TEST(News, LeaveAnUnprovedClaimAndADecoyAlone) {
  for (const News& news : kAllNews) {
    World world;
    const std::string real = world.Start(kAlicePhone)->name();
    const std::string second = world.Start(kAlicePhone)->name();  // one is open: a decoy
    const std::string unknown = world.Start(kNobodysPhone)->name();
    world.clock.Advance(absl::Seconds(1));
    std::vector<std::string> before;
    for (const std::string& name : {real, second, unknown})
      before.push_back(world.Get(name)->SerializeAsString());
    const Traces traces(world);
    ASSERT_THAT(Tell(world, "alice", news, world.clock.Now()), IsOk());
    EXPECT_EQ(world.EventTypes(), traces.events) << news.type;
    EXPECT_EQ(world.OutboxSize(), traces.outbox) << news.type;
    std::vector<std::string> after;
    for (const std::string& name : {real, second, unknown})
      after.push_back(world.Get(name)->SerializeAsString());
    EXPECT_EQ(after, before) << news.type;
  }
}

TEST(News, ToldTwiceTakeEffectOnce) {
  for (const News& news : kAllNews) {
    World world;
    const World::Case c = world.ToContactCode();
    ASSERT_THAT(Tell(world, "alice", news), IsOk());
    const Traces once(world);
    const auto state = world.Get(c.name)->state();
    ASSERT_THAT(Tell(world, "alice", news), IsOk());
    EXPECT_EQ(world.Get(c.name)->state(), state);
    EXPECT_EQ(world.EventTypes(), once.events) << news.type;
    EXPECT_EQ(world.OutboxSize(), once.outbox) << news.type;
  }
}

TEST(News, OfBeforeTheRecoveryComeTooLate) {
  World world;
  const absl::Time start = world.clock.Now();
  const World::Case c = world.ToContact();
  for (const News& news : kAllNews) {
    ASSERT_THAT(Tell(world, "alice", news, start), IsOk());
    ASSERT_THAT(Tell(world, "bob", news, start), IsOk());
  }
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
}

TEST(News, LeaveWhatHasEndedAlone) {
  World world;
  const World::Case c = world.ToApproved();
  ASSERT_THAT(world.Complete(c.name, c.grant, "new password"), IsOk());
  const Traces ended(world);
  for (const News& news : kAllNews) {
    ASSERT_THAT(Tell(world, "alice", news), IsOk());
    ASSERT_THAT(Tell(world, "bob", news), IsOk());
  }
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_COMPLETED);
  EXPECT_EQ(world.EventTypes(), ended.events);
  EXPECT_EQ(world.OutboxSize(), ended.outbox);
}

TEST(News, OfARecoveryThatIsOverByTheClockAreNothing) {
  World world;
  const World::Case c = world.ToContact();
  world.clock.Advance(absl::Hours(24));  // its timer has not run
  ASSERT_THAT(Tell(world, "alice", kErased), IsOk());
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_EXPIRED);
}

TEST(News, ReachEveryRecoveryThatIsLaidBeforeAContact) {
  World world;
  world.linking.guards["dave"] = {true, LinkId::FromTrusted("link-2"), testing::Account("bob")};
  const std::string alices = world.ToContact().name;
  const std::string daves = world.Start(testing::kDavePhone)->name();
  ASSERT_THAT(world.Verify(daves, world.otp.CodeTo(testing::kDavePhone)), IsOk());
  ASSERT_THAT(Tell(world, "bob", kBlocked), IsOk());
  for (const std::string& name : {alices, daves})
    EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_HELD);
}

TEST(News, ThatSayNothingToUsDoNotStopTheFollower) {
  World world;
  const World::Case c = world.ToContactCode();
  constexpr News kNothing[] = {
      {"PhoneBound", "kind", "ADDITIONAL"},
      {"PhoneReleased", "kind", "SECOND_FACTOR"},
      {"PhoneBound"},
      {"PhoneBindingStarted", "kind", "MAIN"},
      {"AccountUpdated", "confirmation_lost", "false"},
      {"AccountLocked"},  // R11: a lock never blocks recovery
      {"AccountUnlocked"},
      {"AccountUnfrozen"},
      {"PasswordReset", "version", "2"},  // recovery's own work
      {"SignedIn", "factor", "SMS"},
      {"NeverHeardOf"},
  };
  for (const News& news : kNothing) {
    EXPECT_THAT(Tell(world, "alice", news), IsOk()) << news.type;
    EXPECT_THAT(Tell(world, "bob", news), IsOk()) << news.type;
  }
  for (const char* const account : {"", "not an account", "stranger"})
    EXPECT_THAT(Tell(world, account, kBlocked), IsOk()) << account;
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_CONTACT_CODE_SENT);
}

// The news arrive while the evidence is on its way: nothing that was true before them is used (REC-21).
TEST(News, BetweenTheLookUpsAndTheProofAreNotLost) {
  for (const char* phone : {kAlicePhone, testing::kDavePhone}) {
    World world;
    const std::string principal = phone == kAlicePhone ? "alice" : "dave";
    const std::string name = world.Start(phone)->name();
    ASSERT_THAT(Tell(world, principal, kPhoneBound), IsOk());  // the look-ups do not see it yet
    EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_AWAITING_OWN_CODE);
    const auto proved = world.Verify(name, world.otp.CodeTo(phone));
    EXPECT_EQ(proved->state(), pb::RECOVERY_STATE_HELD);
    EXPECT_EQ(proved->grant(), "");
    EXPECT_EQ(world.Events().back().attributes.at("reason"), "PRINCIPAL_ADDRESS_CHANGED");
  }
}

TEST(AGrant, EndsWhenThePrincipalsAddressesChange) {  // R12
  for (const News& news : {kPhoneBound, kPhoneReleased, kEmailBound, kEmailReleased}) {
    World world;
    const World::Case c = world.ToApproved();
    ASSERT_THAT(Tell(world, "alice", news), IsOk());
    EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_CANCELLED) << news.type;
  }
}

std::vector<Recovery> Stored(World& world) {
  std::vector<Recovery> all;
  EXPECT_THAT(world.db->View([&](kv::ReadTxn& txn) {
    all.clear();
    return world.store.ScanReal(txn, "", [&](absl::string_view, const Recovery& recovery) {
      all.push_back(recovery);
      return true;
    });
  }),
              IsOk());
  return all;
}

TEST(Erasure, TakesThePersonsDataOutOfEveryRecoveryOfHis) {
  World world;
  const World::Case ended = world.ToApproved();
  ASSERT_THAT(world.Complete(ended.name, ended.grant, "new password"), IsOk());
  const World::Case open = world.ToContactCode();
  ASSERT_THAT(Tell(world, "alice", kErased), IsOk());
  const std::vector<Recovery> all = Stored(world);
  ASSERT_EQ(all.size(), 2U);
  for (const Recovery& recovery : all) {
    EXPECT_EQ(recovery.masked_principal, "");
    EXPECT_EQ(recovery.client, ClientContext());
    EXPECT_EQ(recovery.typed_mask, "");
    EXPECT_EQ(recovery.own_code.status.masked_address, "");
    EXPECT_NE(recovery.contact_code.status.masked_address, "");  // bob's
    EXPECT_EQ(recovery.principal, testing::Account("alice"));
    EXPECT_EQ(recovery.contact, testing::Account("bob"));
  }
  ASSERT_THAT(Tell(world, "bob", kErased), IsOk());
  for (const Recovery& recovery : Stored(world)) EXPECT_EQ(recovery.contact_code.status.masked_address, "");
}

}  // namespace
}  // namespace tc::recovery
