// What a contact's steps leave in the audit log, where no event tells of them (LOG-01).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/acts.h"
#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::kBobPhone;
using testing::Refused;
using testing::World;

class ContactEntries : public ::testing::Test {
 protected:
  std::vector<std::string> Entered(const std::string& type) {
    return tc::testing::Acts::Of(*world_.db, {type});
  }
  // "MatchCodeTried recoveries/… {…} of alice bob"
  static std::string Of(const std::string& type, const World::Case& c, const std::string& attributes = "") {
    const std::string id = c.assigned.substr(sizeof("assignedRecoveries/") - 1);
    return absl::StrCat(type, " recoveries/", id, attributes, " of alice bob");
  }

  tc::testing::Acts acts_;
  World world_{"strict", {.run_twice = true, .ledger = &acts_}};
};

TEST_F(ContactEntries, HaveEveryWrongMatchCodeThatWasChargedOnce) {
  const World::Case c = world_.ToContactCode();
  const std::string code = world_.otp.CodeTo(kBobPhone);
  pb::ApproveRecoveryRequest in;
  in.set_name(c.assigned);
  in.set_code(code);
  in.set_match_code(c.match_code == "0000" ? "0001" : "0000");
  const rpc::Call call = world_.Signed("bob");
  for (int repeated = 0; repeated < 3; ++repeated) {
    EXPECT_THAT(world_.handlers.ApproveRecovery(call, in),
                Refused(kInvalidArgument, Reason::kMatchCodeMismatch));
  }
  EXPECT_THAT(Entered("MatchCodeTried"), ElementsAre(Of("MatchCodeTried", c)));
  EXPECT_THAT(world_.Approve("bob", c.assigned, code, ""),
              Refused(kInvalidArgument, Reason::kMatchCodeMismatch));
  EXPECT_THAT(world_.Approve("bob", c.assigned, code, c.match_code), IsOk());
  EXPECT_EQ(Entered("MatchCodeTried").size(), 2U) << "the right one is charged to nobody";
}

TEST_F(ContactEntries, HaveTheAnswersToTheWarningWhenTheyChange) {
  const World::Case c = world_.ToContact();
  ASSERT_THAT(world_.Acknowledge("bob", c.assigned), IsOk());
  ASSERT_THAT(world_.Acknowledge("bob", c.assigned), IsOk());
  EXPECT_THAT(Entered("WarningAcknowledged"), ElementsAre(Of("WarningAcknowledged", c, " {answers=YES}")));
}

}  // namespace
}  // namespace tc::recovery
