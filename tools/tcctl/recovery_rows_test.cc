#include "tools/tcctl/recovery_rows.h"

#include <gmock/gmock.h>

#include "common/testing/status.h"

namespace tc::ctl {
namespace {

namespace pb = trustedcontact::recovery::v1;

using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

pb::RecoverySummary Held() {
  pb::RecoverySummary recovery;
  recovery.set_name("assignedRecoveries/r1");
  recovery.set_state(pb::RECOVERY_STATE_HELD);
  recovery.set_principal("accounts/anna");
  recovery.set_contact("accounts/boris");
  recovery.set_hold_reason(pb::HOLD_REASON_OPERATOR);
  recovery.set_operator_comment("a call came in");
  recovery.mutable_create_time()->set_seconds(1772452800);
  recovery.mutable_expire_time()->set_seconds(1772539200);
  (*recovery.mutable_policy())["recovery.lifetime"] = 86400;
  return recovery;
}

pb::RecoverySummary InPerson() {
  pb::RecoverySummary recovery;
  recovery.set_name("assignedRecoveries/r2");
  recovery.set_state(pb::RECOVERY_STATE_IN_PERSON);
  recovery.mutable_in_person()->set_officer("bank/north/ivanov");
  recovery.mutable_in_person()->set_visit("visit-1");
  recovery.mutable_in_person()->mutable_confirm_allowed_time()->set_seconds(1772539200);
  return recovery;
}

TEST(RenderRecoveries, IsARowForEach) {
  const std::string table = RenderRecoveries({Held(), InPerson()}, Format::kTable);
  for (const char* text : {"recovery", "until", "assignedRecoveries/r1", "HELD", "OPERATOR", "accounts/boris",
                           "2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z", "IN_PERSON"}) {
    EXPECT_THAT(table, HasSubstr(text));
  }
  EXPECT_THAT(table, Not(HasSubstr("recovery.lifetime")));
  EXPECT_THAT(RenderRecoveries({}, Format::kTable), HasSubstr("(empty)"));
}

TEST(RenderRecoveries, IsTheContractsListAsJson) {
  const std::string json = RenderRecoveries({Held()}, Format::kJson);
  EXPECT_THAT(json, HasSubstr("\"operator_comment\": \"a call came in\""));
  EXPECT_THAT(json, HasSubstr("\"recovery.lifetime\""));
}

TEST(RenderRecovery, ShowsCommentAndOfficersWhereThereAreAny) {
  const std::string held = RenderRecovery(Held(), Format::kTable);
  EXPECT_THAT(held, HasSubstr("a call came in"));
  EXPECT_THAT(held, Not(HasSubstr("officer")));
  const std::string in_person = RenderRecovery(InPerson(), Format::kTable);
  EXPECT_THAT(in_person, HasSubstr("bank/north/ivanov"));
  EXPECT_THAT(in_person, HasSubstr("2026-03-03T12:00:00Z"));
  EXPECT_THAT(in_person, Not(HasSubstr("comment")));
  EXPECT_THAT(RenderRecovery(InPerson(), Format::kJson), HasSubstr("\"RECOVERY_STATE_IN_PERSON\""));
}

TEST(ParseState, TakesItAsPeopleWriteIt) {
  for (const char* text : {"held", "HELD", "RECOVERY_STATE_HELD"}) {
    EXPECT_EQ(*ParseState(text), pb::RECOVERY_STATE_HELD);
  }
  for (const char* text : {"", "lost", "UNSPECIFIED"}) {
    EXPECT_THAT(std::string(ParseState(text).status().message()), HasSubstr("IN_PERSON"));
  }
}

TEST(Names, MayBeGivenShort) {
  EXPECT_EQ(RecoveryName("r1"), "assignedRecoveries/r1");
  EXPECT_EQ(RecoveryName("assignedRecoveries/r1"), "assignedRecoveries/r1");
  EXPECT_EQ(AccountName("42"), "accounts/42");
  EXPECT_EQ(AccountName("accounts/42"), "accounts/42");
}

TEST(ParseHash, TakesHexadecimalDigitsOnly) {
  EXPECT_EQ(*ParseHash(std::string(64, 'a')), std::string(32, '\xaa'));
  EXPECT_THAT(ParseHash(std::string(62, 'a')), Not(IsOk()));
  EXPECT_THAT(ParseHash(std::string(64, 'g')), Not(IsOk()));
}

}  // namespace
}  // namespace tc::ctl
