#include "services/identity/domain/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::TimeZone Zone(const char* name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
  return zone;
}
absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

struct Hours {
  const char* zone;
  int first, last;
  const char* now;
  const char* wanted;  // "": now
};

class NextAllowedTable : public ::testing::TestWithParam<Hours> {};

TEST_P(NextAllowedTable, IsTheFirstMomentOfTheChosenHours) {
  const Hours& p = GetParam();
  const absl::Time now = At(p.now);
  EXPECT_EQ(NextAllowed(p.first, p.last, Zone(p.zone), now), *p.wanted == '\0' ? now : At(p.wanted));
}

// O8
INSTANTIATE_TEST_SUITE_P(
    Moscow, NextAllowedTable,
    ::testing::Values(Hours{"Europe/Moscow", 9, 21, "2026-03-05T08:59:59+03:00", "2026-03-05T09:00:00+03:00"},
                      Hours{"Europe/Moscow", 9, 21, "2026-03-05T09:00:00+03:00", ""},
                      Hours{"Europe/Moscow", 9, 21, "2026-03-05T20:59:59+03:00", ""},
                      Hours{"Europe/Moscow", 9, 21, "2026-03-05T21:00:00+03:00", "2026-03-06T09:00:00+03:00"},
                      Hours{"Europe/Moscow", 9, 21, "2026-12-31T23:00:00+03:00", "2027-01-01T09:00:00+03:00"},
                      Hours{"Europe/Moscow", 9, 24, "2026-03-05T23:59:59+03:00", ""},
                      Hours{"Europe/Moscow", 9, 24, "2026-03-06T00:00:00+03:00",
                            "2026-03-06T09:00:00+03:00"}));
INSTANTIATE_TEST_SUITE_P(OverMidnight, NextAllowedTable,
                         ::testing::Values(Hours{"Europe/Moscow", 22, 6, "2026-03-05T23:30:00+03:00", ""},
                                           Hours{"Europe/Moscow", 22, 6, "2026-03-05T05:59:59+03:00", ""},
                                           Hours{"Europe/Moscow", 22, 6, "2026-03-05T06:00:00+03:00",
                                                 "2026-03-05T22:00:00+03:00"}));
INSTANTIATE_TEST_SUITE_P(AtEveryHour, NextAllowedTable,
                         ::testing::Values(Hours{"Europe/Moscow", 0, 24, "2026-03-05T03:00:00+03:00", ""},
                                           Hours{"Europe/Moscow", 9, 9, "2026-03-05T03:00:00+03:00", ""}));
// Berlin leaves out 02:00 to 03:00 on 29 March 2026 and has it twice on 25 October.
INSTANTIATE_TEST_SUITE_P(
    WhenClocksChange, NextAllowedTable,
    ::testing::Values(Hours{"Europe/Berlin", 2, 5, "2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00"},
                      Hours{"Europe/Berlin", 2, 3, "2026-03-29T01:30:00+01:00", "2026-03-30T02:00:00+02:00"},
                      Hours{"Europe/Berlin", 9, 21, "2026-03-28T22:00:00+01:00", "2026-03-29T09:00:00+02:00"},
                      Hours{"Europe/Berlin", 2, 3, "2026-10-25T01:30:00+02:00", "2026-10-25T02:00:00+02:00"},
                      Hours{"Europe/Berlin", 2, 3, "2026-10-25T02:30:00+01:00", ""},
                      Hours{"Europe/Berlin", 2, 3, "2026-10-25T03:00:00+01:00",
                            "2026-10-26T02:00:00+01:00"}));

std::set<std::string> All() { return {SettingsFields().begin(), SettingsFields().end()}; }

std::vector<std::string> Reasons(const SecuritySettings& settings, const std::set<std::string>& fields) {
  std::vector<std::string> reasons;
  for (const FieldViolation& v : MistakesOf(settings, fields)) reasons.push_back(v.field + " " + v.reason);
  return reasons;
}

TEST(MistakesOf, TheDefaultsIsNothing) { EXPECT_THAT(Reasons(SecuritySettings(), All()), IsEmpty()); }

TEST(MistakesOf, EverythingIsNamedAtOnceAndOnlyOfTheNamedFields) {
  SecuritySettings wrong;
  wrong.second_factor = static_cast<SecondFactor>(0);
  wrong.channels = {CodeChannel::kSms, CodeChannel::kSms, CodeChannel::kVoice};
  wrong.first_hour = 24;
  wrong.last_hour = 0;
  wrong.least_importance = static_cast<Importance>(4);
  EXPECT_THAT(
      Reasons(wrong, All()),
      ElementsAre("settings.second_factor SECOND_FACTOR_MISSING", "settings.channels CHANNEL_NOT_ALLOWED",
                  "settings.channels CHANNEL_REPEATED", "settings.first_hour HOUR_RANGE",
                  "settings.last_hour HOUR_RANGE", "settings.least_importance IMPORTANCE_MISSING"));
  EXPECT_THAT(Reasons(wrong, {"last_hour"}), ElementsAre("settings.last_hour HOUR_RANGE"));
  EXPECT_THAT(Reasons(wrong, {"sign_in_notices"}), IsEmpty());
}

TEST(MistakesOf, AnUnknownChannelIsOne) {
  SecuritySettings wrong;
  wrong.channels = {static_cast<CodeChannel>(0)};
  EXPECT_THAT(Reasons(wrong, All()), ElementsAre("settings.channels CHANNEL_NOT_ALLOWED"));
  wrong.channels = {CodeChannel::kSms, CodeChannel::kEmail, CodeChannel::kPush};
  EXPECT_THAT(Reasons(wrong, All()), IsEmpty());
  wrong.channels.clear();  // no notices but security's
  EXPECT_THAT(Reasons(wrong, All()), IsEmpty());
}

TEST(MistakesOf, ATimeZoneIsWhatCannotBeANameOfOne) {
  const auto wrong = [](const std::string& name) {
    SecuritySettings settings;
    settings.time_zone = name;
    return !MistakesOf(settings, All()).empty();
  };
  for (const char* name : {"", "UTC", "Europe/Moscow", "Etc/GMT+5", "America/Port-au-Prince", "Mars/Olympus"})
    EXPECT_FALSE(wrong(name)) << name;
  EXPECT_FALSE(wrong(std::string(64, 'x')));
  for (const char* name : {"/etc/passwd", "../passwd", "Europe/../x", "file:x", " UTC", "UTC ", "Азия/Чита",
                           "+3", "Etc/GMT\n", "UTC;"}) {
    EXPECT_TRUE(wrong(name)) << name;
  }
  EXPECT_TRUE(wrong(std::string(65, 'x')));
  SecuritySettings settings;
  settings.time_zone = "/";
  EXPECT_THAT(Reasons(settings, All()), ElementsAre("settings.time_zone TIME_ZONE_UNKNOWN"));
  EXPECT_THAT(Reasons(settings, {"first_hour"}), IsEmpty());
}

TEST(CheckFactorChange, LetsAnAppComeAndGoWithItsCodesOnly) {
  const std::vector<OwnedPhone> phones = {BoundPhone(GoodAccount())};
  struct Case {
    SecondFactor present, wanted;
    bool number;
    const char* reason;  // "": allowed
  };
  using enum SecondFactor;
  for (const Case& c :
       {Case{kNone, kSms, true, ""}, Case{kNone, kSms, false, "PHONE_MISSING"}, Case{kSms, kSms, false, ""},
        Case{kSms, kNone, false, ""}, Case{kNone, kTotp, true, "TOTP_NOT_CONFIRMED"},
        Case{kSms, kTotp, true, "TOTP_NOT_CONFIRMED"}, Case{kTotp, kNone, true, "TOTP_IN_USE"},
        Case{kTotp, kSms, true, "TOTP_IN_USE"}, Case{kTotp, kTotp, false, ""}}) {
    const auto mistake = CheckFactorChange(c.present, c.wanted, AccountType::kPersonal,
                                           c.number ? phones : std::vector<OwnedPhone>());
    EXPECT_EQ(mistake.has_value() ? mistake->reason : "", c.reason);
  }
}

TEST(Changed, TakesTheNamedFieldsAndDifferencesFindThem) {
  SecuritySettings other;
  other.second_factor = SecondFactor::kSms;
  other.channels = {};
  other.first_hour = 1;
  other.last_hour = 2;
  other.least_importance = Importance::kLow;
  other.sign_in_notices = false;
  other.time_zone = "Asia/Kamchatka";
  EXPECT_EQ(Differences(SecuritySettings(), other), SettingsFields());
  EXPECT_EQ(Changed(SecuritySettings(), other, All()), other);
  for (const std::string& field : SettingsFields())
    EXPECT_THAT(Differences(SecuritySettings(), Changed(SecuritySettings(), other, {field})),
                ElementsAre(field));
}

Notice To(NoticeKind kind) {
  Account account = GoodAccount();
  account.email = Email::FromTrusted("ivan@example.org");
  return NoticeTo(kind, account, {BoundPhone(account)});
}

TEST(AsChosen, KeepsHoursChannelsAndImportance) {
  const absl::Time night = At("2026-03-05T23:00:00+03:00");
  const absl::TimeZone zone = Zone("Europe/Moscow");
  SecuritySettings settings;
  const Notice notice = To(NoticeKind::kPasswordExpires);
  EXPECT_EQ(AsChosen(notice, settings, zone, night).not_before, At("2026-03-06T09:00:00+03:00"));
  EXPECT_EQ(AsChosen(notice, settings, zone, night).notice, notice);
  settings.channels = {CodeChannel::kEmail};
  EXPECT_THAT(AsChosen(notice, settings, zone, night).notice.phones, IsEmpty());
  EXPECT_EQ(AsChosen(notice, settings, zone, night).notice.emails.size(), 1U);
  settings.channels = {CodeChannel::kSms};
  EXPECT_THAT(AsChosen(notice, settings, zone, night).notice.emails, IsEmpty());
  settings.least_importance = Importance::kSecurity;
  EXPECT_FALSE(AsChosen(notice, settings, zone, night).notice.HasRecipients());
}

struct Night {
  const char* zone;
  const char* now;
  const char* wanted;  // "": now
};

class AsChosenIn : public ::testing::TestWithParam<Night> {};

// The default hours, 9 to 21, where the owner lives.
TEST_P(AsChosenIn, WaitsForTheOwnersMorning) {
  const Night& p = GetParam();
  const absl::Time now = At(p.now);
  EXPECT_EQ(AsChosen(To(NoticeKind::kPasswordExpires), {}, Zone(p.zone), now).not_before,
            *p.wanted == '\0' ? now : At(p.wanted));
}

// 23:00 in Moscow is 06:00 in Vladivostok and 22:00 in Kaliningrad.
INSTANTIATE_TEST_SUITE_P(
    Russia, AsChosenIn,
    ::testing::Values(Night{"Asia/Vladivostok", "2026-03-05T23:00:00+03:00", "2026-03-06T09:00:00+10:00"},
                      Night{"Asia/Vladivostok", "2026-03-06T02:00:00+03:00", ""},
                      Night{"Asia/Vladivostok", "2026-03-05T14:00:00+03:00", "2026-03-06T09:00:00+10:00"},
                      Night{"Europe/Kaliningrad", "2026-03-05T21:30:00+03:00", ""}));
// Kiritimati is a day ahead of Pago Pago at the same hour, 25 hours away; Samoa left out 30 December 2011.
INSTANTIATE_TEST_SUITE_P(
    AcrossTheDateLine, AsChosenIn,
    ::testing::Values(Night{"Pacific/Kiritimati", "2026-03-05T10:30:00Z", "2026-03-06T09:00:00+14:00"},
                      Night{"Pacific/Kiritimati", "2026-03-05T19:00:00Z", ""},
                      Night{"Pacific/Pago_Pago", "2026-03-05T19:00:00Z", "2026-03-05T09:00:00-11:00"},
                      Night{"Pacific/Pago_Pago", "2026-03-06T07:59:59Z", ""},
                      Night{"Pacific/Pago_Pago", "2026-03-06T08:00:00Z", "2026-03-06T09:00:00-11:00"},
                      Night{"Pacific/Apia", "2011-12-29T22:00:00-10:00", "2011-12-31T09:00:00+14:00"}));
INSTANTIATE_TEST_SUITE_P(
    WhenClocksChange, AsChosenIn,
    ::testing::Values(Night{"Europe/Berlin", "2026-03-28T22:00:00+01:00", "2026-03-29T09:00:00+02:00"},
                      Night{"Europe/Berlin", "2026-10-24T22:00:00+02:00", "2026-10-25T09:00:00+01:00"},
                      Night{"America/New_York", "2026-11-01T01:30:00-04:00", "2026-11-01T09:00:00-05:00"}));

TEST(AsChosen, DropsAnInvitationThatWouldBeOverInTheMorning) {
  const absl::TimeZone zone = Zone("Europe/Moscow");
  const Notice notice = To(NoticeKind::kInvitationReceived);
  EXPECT_EQ(AsChosen(notice, {}, zone, At("2026-03-05T20:59:59+03:00")).notice, notice);
  EXPECT_FALSE(AsChosen(notice, {}, zone, At("2026-03-05T21:00:00+03:00")).notice.HasRecipients());
  EXPECT_TRUE(AsChosen(To(NoticeKind::kInvitationEnded), {}, zone, At("2026-03-05T21:00:00+03:00"))
                  .notice.HasRecipients());
}

// NTF-06, O8: whoever has the session can switch everything off; these come nevertheless.
TEST(AsChosen, LeavesEverySecurityNoticeAlone) {
  SecuritySettings settings;
  settings.channels = {};
  settings.least_importance = Importance::kSecurity;
  settings.sign_in_notices = false;
  int kinds = 0;
  for (int number = 1; number <= static_cast<int>(NoticeKind::kActionConfirmed); ++number) {
    const auto kind = static_cast<NoticeKind>(number);
    const bool known = number <= static_cast<int>(NoticeKind::kPasswordChangeRequired) ||
                       PeersKind(number - kPeersNotices).has_value();
    if (!known || !IsSecurity(kind)) continue;
    ++kinds;
    const Notice notice = To(kind);
    const Delivery delivery =
        AsChosen(notice, settings, Zone("Europe/Moscow"), At("2026-03-05T23:00:00+03:00"));
    EXPECT_EQ(delivery.notice, notice) << number;
    EXPECT_TRUE(delivery.notice.HasRecipients()) << number;
    EXPECT_EQ(delivery.not_before, absl::InfinitePast()) << number;
  }
  EXPECT_EQ(kinds, 34);  // 16 of our own and 23 of the peers', but five
}

}  // namespace
}  // namespace tc::identity
