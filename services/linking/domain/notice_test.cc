#include "services/linking/domain/notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tc::linking {
namespace {

TEST(Tellings, AreThereForEveryNoticeAndTellSomebody) {
  std::set<NoticeKind> told;
  for (const Effect effect : kAllEffects) {
    const auto telling = TellingOf(effect);
    if (!telling.has_value()) continue;
    EXPECT_TRUE(EventType(effect).empty()) << "an event is no notice";
    EXPECT_TRUE(telling->principal || telling->contact) << EffectName(effect);
    told.insert(telling->kind);
  }
  EXPECT_EQ(told.size(), std::size(kAllNoticeKinds));
}

// L2: the principal must not learn from a notice whom his invitation reached, nor the invitee who sent it.
TEST(Tellings, OfInvitationsNameNobody) {
  for (const Effect effect :
       {Effect::kTellInvitationSent, Effect::kTellInvitationReceived, Effect::kTellInvitationEnded}) {
    EXPECT_FALSE(TellingOf(effect)->names_other);
  }
}

TEST(Tellings, OfTheEndOfAnInvitationAreForThePrincipalAlone) {
  EXPECT_EQ(TellingOf(Effect::kTellInvitationEnded),
            (Telling{NoticeKind::kInvitationEnded, true, false, false}));
}

}  // namespace
}  // namespace tc::linking
