#include "services/recovery/rpc/courier.h"

#include <gtest/gtest.h>

#include "services/recovery/domain/notice.h"
#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using tc::testing::HasCode;
using testing::Account;
using testing::IsOk;
using testing::Noon;
using testing::World;

// Hands rows to the courier of a world in which alice's recovery waits for bob.
class Courier : public ::testing::Test {
 protected:
  Courier() : case_(world_.ToContact()) {}
  absl::Status Perform(const char* kind, const std::string& payload) {
    kv::OutboxRow row;
    row.kind = kind;
    row.payload = payload;
    row.request_id = "row-1";
    return CourierHandlers({*world_.db, world_.store, world_.tokens, world_.identity, world_.otp,
                            world_.clock, not_me_url_})
        .at(kind)(row);
  }
  std::string ANotice(NoticeKind kind, const char* receiver, const char* about) const {
    const PublicId id = *PublicId::ParseName(case_.assigned, "name");
    return Notice{kind, id, Account(receiver), Account(about)}.Encode();
  }

  World world_;
  World::Case case_;
  std::string not_me_url_ = testing::kNotMeUrl;
};

TEST_F(Courier, NamesTheOtherPersonMasked) {
  ASSERT_THAT(Perform(kNoticeRow, ANotice(NoticeKind::kAwaitingContact, "bob", "alice")), IsOk());
  ASSERT_EQ(world_.identity.notices.size(), 1U);
  EXPECT_EQ(world_.identity.notices[0].notice.receiver, Account("bob"));
  EXPECT_EQ(world_.identity.notices[0].masked_person, "Алиса И.");
  EXPECT_EQ(world_.identity.notices[0].link, "");
}

TEST_F(Courier, NamesNobodyWhereNobodyIsMeantOrKnown) {
  ASSERT_THAT(Perform(kNoticeRow, ANotice(NoticeKind::kStarted, "alice", "")), IsOk());
  ASSERT_THAT(Perform(kNoticeRow, ANotice(NoticeKind::kStarted, "alice", "erased")), IsOk());
  for (const NoticeMessage& message : world_.identity.notices) EXPECT_EQ(message.masked_person, "");
}

TEST_F(Courier, GivesTheWayToSayNotMeToThePrincipalAlone) {  // NTF-02
  ASSERT_THAT(Perform(kNoticeRow, ANotice(NoticeKind::kHeld, "alice", "bob")), IsOk());
  ASSERT_THAT(Perform(kNoticeRow, ANotice(NoticeKind::kHeld, "bob", "alice")), IsOk());
  ASSERT_EQ(world_.identity.notices.size(), 2U);
  EXPECT_TRUE(absl::StartsWith(world_.identity.notices[0].link, testing::kNotMeUrl));
  EXPECT_EQ(world_.identity.notices[0].link.size(), std::string(testing::kNotMeUrl).size() + 22);
  EXPECT_EQ(world_.identity.notices[1].link, "");
}

TEST_F(Courier, GivesNoWayWhereThePortalHasNone) {
  not_me_url_.clear();
  ASSERT_THAT(Perform(kNoticeRow, ANotice(NoticeKind::kHeld, "alice", "bob")), IsOk());
  EXPECT_EQ(world_.identity.notices[0].link, "");
}

TEST_F(Courier, ComesAgainWhenIdentityIsAway) {
  world_.faults.Arm(1, testing::Faults::When::kBefore);
  EXPECT_THAT(Perform(kNoticeRow, ANotice(NoticeKind::kStarted, "alice", "bob")),
              HasCode(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(world_.identity.notices.empty());
}

TEST_F(Courier, FreezesAnAccount) {  // R6
  const FreezeOrder order{Account("alice"), Noon() + absl::Hours(24)};
  ASSERT_THAT(Perform(kFreezeRow, order.Encode()), IsOk());
  EXPECT_EQ(world_.identity.freezes.at("alice"), order.until);
}

TEST_F(Courier, CancelsACode) {
  ASSERT_THAT(Perform(kCancelVerificationRow, "r-claim-1"), IsOk());
  EXPECT_EQ(world_.otp.cancelled, (std::vector<std::string>{"r-claim-1"}));
}

TEST_F(Courier, RefusesARowItCannotRead) {
  EXPECT_THAT(Perform(kNoticeRow, "nonsense"), HasCode(absl::StatusCode::kDataLoss));
  for (const char* text : {"", "alice", "alice|soon", "alice|1|2"})
    EXPECT_THAT(Perform(kFreezeRow, text), HasCode(absl::StatusCode::kDataLoss)) << text;
}

}  // namespace
}  // namespace tc::recovery
