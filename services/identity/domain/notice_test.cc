#include "services/identity/domain/notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(PeersKind, IsThatOfLinkingsAndRecoverysTemplatesOnly) {
  for (int number = -1; number <= 45; ++number) {
    const std::optional<NoticeKind> kind = PeersKind(number);
    const bool theirs = (number >= 1 && number <= 15) || (number >= 32 && number <= 39);
    ASSERT_EQ(kind.has_value(), theirs) << number;
    if (theirs) {
      EXPECT_TRUE(IsPeers(*kind)) << number;
    }
  }
  EXPECT_EQ(PeersKind(1), NoticeKind::kInvitationReceived);
  EXPECT_EQ(PeersKind(15), NoticeKind::kRecoveryCompleted);
  EXPECT_EQ(PeersKind(32), NoticeKind::kRecoveryReminder);
  EXPECT_EQ(PeersKind(39), NoticeKind::kActionConfirmed);
  EXPECT_FALSE(IsPeers(NoticeKind::kPasswordChangeRequired));
}

TEST(IsSecurity, IsEverythingButInvitationsAndReminders) {  // O8
  for (int number = 1; number <= 139; ++number) {
    const auto kind = static_cast<NoticeKind>(number);
    if (number > 16 && (!IsPeers(kind) || !PeersKind(number - kPeersNotices).has_value())) continue;
    const bool light = kind == NoticeKind::kPasswordExpires || kind == NoticeKind::kContactReminder ||
                       kind == NoticeKind::kInvitationReceived || kind == NoticeKind::kInvitationSent ||
                       kind == NoticeKind::kInvitationEnded;
    EXPECT_EQ(IsSecurity(kind), !light) << number;
  }
}

TEST(NoticeTo, SendsAnInvitationToNoPhone) {  // L3, SND-07
  Account account = GoodAccount();
  account.email = Email::FromTrusted("ivan@example.org");
  const std::vector<OwnedPhone> phones = {BoundPhone(account)};
  EXPECT_THAT(NoticeTo(NoticeKind::kInvitationReceived, account, phones).phones, IsEmpty());
  EXPECT_THAT(NoticeTo(NoticeKind::kInvitationReceived, account, phones).emails, SizeIs(1));
  EXPECT_THAT(NoticeTo(NoticeKind::kInvitationEnded, account, phones).phones, SizeIs(1));
  account.email = Email();
  EXPECT_FALSE(NoticeTo(NoticeKind::kInvitationReceived, account, phones).HasRecipients());
}

}  // namespace
}  // namespace tc::identity
