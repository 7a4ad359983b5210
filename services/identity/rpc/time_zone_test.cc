// Where an owner lives, and the hours at which notices come there (O8).

#include "services/identity/rpc/sign_in_testing.h"
#include "services/identity/rpc/zones.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kInvalidArgument;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::SizeIs;
using testing::Violates;
namespace otp_pb = ::trustedcontact::otp::v1;

absl::TimeZone Vladivostok() { return *ZoneNamed("Asia/Vladivostok"); }

TEST(ZoneNamed, IsOneOfTheMachines) {
  for (const char* name : {"UTC", "Europe/Moscow", "Etc/GMT+5", "America/Argentina/Buenos_Aires"})
    EXPECT_TRUE(ZoneNamed(name).has_value()) << name;
  for (const char* name : {"Mars/Olympus_Mons", "Europe", "europe", "localtime", "leapseconds"})
    EXPECT_FALSE(ZoneNamed(name).has_value()) << name;
}

TEST(ZoneOf, IsTheServicesWhereNoneIsNamedOrKnown) {
  SecuritySettings settings;
  EXPECT_EQ(ZoneOf(settings, MoscowZone()), MoscowZone());
  settings.time_zone = "Asia/Vladivostok";
  EXPECT_EQ(ZoneOf(settings, MoscowZone()), Vladivostok());
  settings.time_zone = "Mars/Olympus_Mons";
  EXPECT_EQ(ZoneOf(settings, MoscowZone()), MoscowZone());
}

class TimeZone : public SignedUp {
 protected:
  absl::StatusOr<pb::SecuritySettings> Live(const std::string& zone) {
    pb::SecuritySettings wanted;
    wanted.set_time_zone(zone);
    return Choose(world_, "ivan", wanted, {"time_zone"});
  }
  void Tell(otp_pb::Template words) {
    pb::NotifyPersonRequest in;
    in.set_account("accounts/ivan");
    in.set_template_(words);
    ASSERT_THAT(world_.handlers().notices.NotifyPerson(world_.Service("linking"), in), IsOk());
  }
  void SetClock(int hour, int minute = 0) {
    world_.clock().Set(absl::FromCivil(absl::CivilSecond(2026, 3, 5, hour, minute, 0), MoscowZone()));
  }
  // Since the last look.
  std::vector<NoticeKind> News() {
    world_.Settle();
    std::vector<NoticeKind> kinds;
    const std::vector<Notice>& notices = world_.otp().notices();
    for (; seen_ < notices.size(); ++seen_) kinds.push_back(notices[seen_].kind);
    return kinds;
  }
  size_t seen_ = 0;
};

TEST_F(TimeZone, IsChosenEmptiedAndInTheJournalByItsFieldOnly) {
  EXPECT_EQ(Live("Asia/Vladivostok")->time_zone(), "Asia/Vladivostok");
  EXPECT_EQ(Settings(world_, "ivan")->time_zone(), "Asia/Vladivostok");
  EXPECT_EQ(Settings(world_, "ivan")->last_hour(), 21) << "the rest stays";
  EXPECT_THAT(world_.NewEvents(), ElementsAre("SettingsChanged"));
  EXPECT_EQ(LastEvent(world_, "SettingsChanged").attributes.at("fields"), "time_zone");
  ASSERT_THAT(Live("Asia/Vladivostok"), IsOk());
  EXPECT_THAT(world_.NewEvents(), IsEmpty()) << "as it was";
  EXPECT_EQ(Live("")->time_zone(), "");
  EXPECT_EQ(Settings(world_, "ivan")->time_zone(), "");
}

TEST_F(TimeZone, IsRefusedWhenThereIsNoSuch) {
  for (const std::string& name :
       {std::string("Mars/Olympus_Mons"), std::string("Europe"), std::string("localtime"),
        std::string("/etc/localtime"), std::string("../../etc/localtime"), std::string("Europe/Moscow "),
        std::string(65, 'x'), std::string("Азия/Чита")}) {
    const auto refused = Live(name);
    EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid)) << name;
    EXPECT_THAT(refused, Violates("TIME_ZONE_UNKNOWN")) << name;
    EXPECT_THAT(ViolationsOf(refused.status()), SizeIs(1)) << name;
  }
  pb::SecuritySettings wanted;
  wanted.set_time_zone("Mars/Olympus_Mons");
  EXPECT_THAT(Choose(world_, "ivan", wanted, {"sign_in_notices"}), IsOk()) << "it is not named";
  EXPECT_EQ(Settings(world_, "ivan")->time_zone(), "");
}

TEST_F(TimeZone, IsThatOfTheHoursOfAPeersNotices) {
  ASSERT_THAT(Live("Asia/Vladivostok"), IsOk());  // 23:00 in Moscow: 06:00 there
  News();
  SetClock(23);
  Tell(otp_pb::TEMPLATE_CONTACT_REMINDER);
  EXPECT_THAT(News(), IsEmpty());
  world_.clock().Advance(absl::Hours(3) - absl::Seconds(1));
  EXPECT_THAT(News(), IsEmpty());
  world_.clock().Advance(absl::Seconds(1));  // the middle of the night in Moscow
  EXPECT_THAT(News(), ElementsAre(NoticeKind::kContactReminder));
}

TEST_F(TimeZone, OnTheOtherSideOfTheDateLineIsAnothersNight) {
  ASSERT_THAT(Live("Pacific/Pago_Pago"), IsOk());  // noon in Moscow: 22:00 of the day before
  News();
  SetClock(12);
  Tell(otp_pb::TEMPLATE_CONTACT_REMINDER);
  Tell(otp_pb::TEMPLATE_DANGER_REPORTED);
  EXPECT_THAT(News(), ElementsAre(NoticeKind::kDangerReported)) << "security waits for nobody";
  world_.clock().Advance(absl::Hours(11));
  EXPECT_THAT(News(), ElementsAre(NoticeKind::kContactReminder));
}

TEST_F(TimeZone, IsThatOfTheHoursOfAWarningToo) {
  const absl::Time warning = world_.now() + absl::Hours(24 * 76);
  const absl::CivilHour there = absl::ToCivilHour(warning, Vladivostok());
  pb::SecuritySettings wanted;
  wanted.set_time_zone("Asia/Vladivostok");
  wanted.set_first_hour((there + 2).hour());
  wanted.set_last_hour((there + 2).hour() + 1);
  ASSERT_THAT(Choose(world_, "ivan", wanted, {"time_zone", "first_hour", "last_hour"}), IsOk());
  News();
  world_.clock().Set(warning);
  News();
  world_.clock().Advance(absl::Hours(2) - absl::Minutes(1));
  EXPECT_THAT(News(), IsEmpty());
  world_.clock().Advance(absl::Minutes(1));
  EXPECT_THAT(News(), ElementsAre(NoticeKind::kPasswordExpires));
}

TEST_F(TimeZone, ThatTheMachineForgotIsTheServicesOwn) {
  SecuritySettings kept;
  kept.time_zone = "Mars/Olympus_Mons";  // it was a zone once
  ASSERT_THAT(world_.database().Update([&](kv::Txn& txn) {
    return world_.handlers().desk.preferences.Put(txn, AccountId::FromTrusted("ivan"), kept);
  }),
              IsOk());
  News();
  SetClock(20, 59);
  Tell(otp_pb::TEMPLATE_CONTACT_REMINDER);
  EXPECT_THAT(News(), ElementsAre(NoticeKind::kContactReminder));
  SetClock(21);
  Tell(otp_pb::TEMPLATE_INVITATION_SENT);
  EXPECT_THAT(News(), IsEmpty());
  EXPECT_EQ(Settings(world_, "ivan")->time_zone(), "Mars/Olympus_Mons") << "still his choice";
}

// NTF-06, O8: whoever has taken a session over cannot keep the owner from being told.
TEST_F(TimeZone, AndEverySwitchKeepNoSecurityNoticeBack) {
  pb::SecuritySettings off;
  off.set_time_zone("Pacific/Pago_Pago");
  off.set_first_hour(9);
  off.set_last_hour(10);
  off.set_least_importance(pb::IMPORTANCE_SECURITY);
  ASSERT_THAT(
      Choose(world_, "ivan", off,
             {"channels", "time_zone", "first_hour", "last_hour", "least_importance", "sign_in_notices"}),
      IsOk());
  News();
  SetClock(23, 59);
  world_.clock().Advance(absl::Minutes(31));  // 10:30 there
  ASSERT_THAT(world_.SetPassword("ivan", kGood, kBetter), IsOk());
  Tell(otp_pb::TEMPLATE_RECOVERY_STARTED);
  EXPECT_THAT(News(), ElementsAre(NoticeKind::kPasswordChanged, NoticeKind::kRecoveryStarted));
  for (const Notice& notice : world_.otp().notices()) {
    EXPECT_THAT(notice.phones, SizeIs(1));
    EXPECT_THAT(notice.emails, SizeIs(1));
  }
}

}  // namespace
}  // namespace tc::identity
