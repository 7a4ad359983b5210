#include "tools/tcctl/journal_rows.h"

#include <gmock/gmock.h>

#include "common/testing/status.h"
#include "tools/tcctl/csv.h"

namespace tc::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
namespace pb = trustedcontact::identity::v1;

pb::SecurityEvent PhoneBound() {
  pb::SecurityEvent event;
  event.set_name("accounts/anna/events/e2");
  event.set_type("PhoneBound");
  event.mutable_occur_time()->set_seconds(1772452800);
  event.mutable_occur_time()->set_nanos(250000000);
  event.set_actor("owner");
  event.mutable_client()->set_address("203.0.113.7");
  event.mutable_client()->set_user_agent("Mozilla/5.0 (X11; Linux)");
  (*event.mutable_attributes())["phone"] = "+7 9** ***-**-67";
  (*event.mutable_attributes())["kind"] = "MAIN";
  return event;
}

pb::SecurityEvent Created() {
  pb::SecurityEvent event;
  event.set_type("AccountCreated");
  event.mutable_occur_time()->set_seconds(1772366400);
  event.set_actor("identity-provider/demo");
  return event;
}

TEST(JournalFields, AreOneForEachColumn) {
  ASSERT_EQ(JournalFields(PhoneBound()).size(), JournalColumns().size());
  EXPECT_THAT(JournalFields(PhoneBound()),
              ElementsAre("2026-03-02T12:00:00.250000Z", "PhoneBound", "owner", "203.0.113.7", "",
                          "Mozilla/5.0 (X11; Linux)", "", "kind=MAIN; phone=+7 9** ***-**-67"));
  EXPECT_THAT(JournalFields(Created()), ElementsAre("2026-03-01T12:00:00.000000Z", "AccountCreated",
                                                    "identity-provider/demo", "", "", "", "", ""));
}

TEST(JournalFields, CommandNoTerminalAndNoSpreadsheet) {
  pb::SecurityEvent event = PhoneBound();
  event.mutable_client()->set_user_agent(
      "\x1b[2Jgone\x07\r\n\xc2\x9b"
      "31mred");
  event.mutable_client()->set_place("=cmd|'/C calc'!A1");
  const std::vector<std::string> fields = JournalFields(event);
  EXPECT_EQ(fields[5], " [2Jgone    31mred");
  EXPECT_THAT(CsvRecord(fields), HasSubstr(",'=cmd|'/C calc'!A1,"));
}

TEST(JournalTable, LeavesOutColumnsThatSayNothing) {
  EXPECT_EQ(
      JournalTable({PhoneBound(), Created()}),
      "time                         type            actor                   address      user_agent        "
      "        attributes\n"
      "2026-03-02T12:00:00.250000Z  PhoneBound      owner                   203.0.113.7  Mozilla/5.0 (X11; "
      "Linux)  kind=MAIN; phone=+7 9** ***-**-67\n"
      "2026-03-01T12:00:00.000000Z  AccountCreated  identity-provider/demo  -            -                 "
      "        -\n");
  EXPECT_EQ(JournalTable({}), "(empty)\n");
}

TEST(JournalJson, IsTheContractsOwn) {
  const std::string json = JournalJson({PhoneBound()});
  EXPECT_THAT(json, HasSubstr("\"events\""));
  EXPECT_THAT(json, HasSubstr("\"occur_time\": \"2026-03-02T12:00:00.250Z\""));
  EXPECT_THAT(json, Not(HasSubstr("next_page_token")));
}

TEST(ParseMoment, TakesATimeADateOrHowLongAgo) {
  const absl::Time now = absl::FromUnixSeconds(1772452800);
  for (const auto& [text, seconds] :
       std::vector<std::pair<std::string, int64_t>>{{"2026-03-02T12:00:00Z", 1772452800},
                                                    {"2026-03-02T15:00:00+03:00", 1772452800},
                                                    {"2026-03-02", 1772409600},
                                                    {"36h", 1772452800 - 36 * 3600},
                                                    {"90m", 1772452800 - 90 * 60},
                                                    {"0", 1772452800}}) {
    ASSERT_OK_AND_ASSIGN(const absl::Time time, ParseMoment(text, now));
    EXPECT_EQ(absl::ToUnixSeconds(time), seconds) << text;
  }
  for (const char* bad : {"", "yesterday", "2026-13-01", "-3h", "inf", "12:00", "2026-03-02 noon"}) {
    EXPECT_THAT(ParseMoment(bad, now), Not(IsOk())) << bad;
  }
}

}  // namespace
}  // namespace tc::ctl
