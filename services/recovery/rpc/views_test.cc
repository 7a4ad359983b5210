// Who sees what, field by field (REC-22). A new field shows up here before it shows up anywhere else.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "services/recovery/domain/recovery_testing.h"
#include "services/recovery/rpc/convert.h"
#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using testing::InState;
using testing::Noon;
using testing::PolicyOf;
using testing::World;

using Names = std::set<std::string>;

TEST(TheContactsView, HasTheseFieldsAndNoOthers) {
  Names names;
  const auto* descriptor = pb::AssignedRecovery::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) names.insert(descriptor->field(i)->name());
  EXPECT_EQ(names, (Names{"name", "purpose", "state", "masked_principal", "link", "request_time", "place",
                          "device_kind", "expire_time", "warning", "acknowledge_time", "code_allowed_time",
                          "code", "match_code_required", "match_attempts_left", "session_max_age_seconds",
                          "reject_reason", "end_time", "server_time"}));
}

TEST(TheContactsView, ShowsWhoWhenAndFromWhereButNeverASecret) {
  World world("strict");
  const World::Case c = world.ToApproved();
  const auto seen = world.See("bob", c.assigned);
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->masked_principal(), "Алиса И.");
  EXPECT_EQ(seen->place(), "Moscow");
  EXPECT_EQ(seen->device_kind(), pb::DEVICE_KIND_COMPUTER);
  const std::string all = seen->DebugString() + seen->SerializeAsString();
  for (const std::string& secret :
       {std::string(testing::kAlicePhone), std::string("alice@example.org"), c.grant, c.name.substr(11),
        c.match_code, std::string("192.0.2.77"), std::string("device-of-claimant"),
        std::string("accounts/alice"), std::string("00-01")}) {
    EXPECT_FALSE(absl::StrContains(all, secret)) << secret;
  }
}

TEST(TheContactsView, BringsTheWarningInBothLanguages) {
  World world;
  const World::Case c = world.ToContact();
  const auto seen = world.See("bob", c.assigned);
  ASSERT_EQ(seen->warning().texts_size(), 2);
  EXPECT_EQ(seen->warning().texts(0).language_code(), "ru");
  EXPECT_EQ(seen->warning().texts(0).questions_size(), 4);
  EXPECT_EQ(seen->warning().version(), "1");
  EXPECT_FALSE(world.List("bob")->recoveries(0).has_warning());
}

class ClaimantsView : public ::testing::TestWithParam<State> {};

TEST_P(ClaimantsView, HoldsTheGrantWhenApprovedAndTheMatchCodeWhileAwaited) {
  Recovery recovery = InState(GetParam());
  recovery.match_code = "4711";
  if (IsFinal(GetParam())) recovery.ended_at = Noon();
  const pb::Recovery view = ToClaimantView(recovery, "capability", "grant", Noon());
  EXPECT_EQ(view.grant(), GetParam() == State::kApproved ? "grant" : "");
  const bool awaited = GetParam() == State::kAwaitingContact || GetParam() == State::kContactCodeSent;
  EXPECT_EQ(view.match_code(), awaited ? "4711" : "");
  EXPECT_EQ(view.has_own_code(), GetParam() == State::kAwaitingOwnCode);
  EXPECT_EQ(view.has_expire_time(), !IsFinal(GetParam()));
  EXPECT_EQ(view.has_end_time(), IsFinal(GetParam()));
  const std::string all = view.DebugString();
  for (const char* secret : {"bob", "alice", "link-1", "recovery-1"})
    EXPECT_FALSE(absl::StrContains(all, secret)) << secret;
}
TEST_P(ClaimantsView, HasTheStateOfTheSameNumber) {
  EXPECT_EQ(pb::RecoveryState_Name(ToClaimantView(InState(GetParam()), "c", "g", Noon()).state()),
            absl::StrCat("RECOVERY_STATE_", StateName(GetParam())));
}
INSTANTIATE_TEST_SUITE_P(All, ClaimantsView, ::testing::ValuesIn(kAllStates));

TEST(TheOperatorsView, HasNoPersonalData) {
  World world("strict");
  world.ToApproved();
  const auto list = world.handlers.ListRecoveries(world.Portal(), {});
  ASSERT_EQ(list->recoveries_size(), 1);
  EXPECT_EQ(list->recoveries(0).principal(), "accounts/alice");
  EXPECT_EQ(list->recoveries(0).contact(), "accounts/bob");
  const std::string all = list->DebugString();
  for (const char* secret : {"Алиса", "+7916", "example.org", "192.0.2.77", "Moscow"}) {
    EXPECT_FALSE(absl::StrContains(all, secret)) << secret;
  }
}

TEST(TheOperatorsView, IsFilteredAndPaged) {
  World world;
  world.ToContact();
  world.clock.Advance(absl::Seconds(1));
  world.ToApprovedUnguarded();
  pb::ListRecoveriesRequest in;
  in.set_principal("accounts/dave");
  EXPECT_EQ(world.handlers.ListRecoveries(world.Portal(), in)->recoveries_size(), 1);
  in.clear_principal();
  in.add_states(pb::RECOVERY_STATE_AWAITING_CONTACT);
  EXPECT_EQ(world.handlers.ListRecoveries(world.Portal(), in)->recoveries(0).principal(), "accounts/alice");
  pb::ListRecoveriesRequest paged;
  paged.set_page_size(1);
  const auto first = world.handlers.ListRecoveries(world.Portal(), paged);
  EXPECT_EQ(first->recoveries(0).principal(), "accounts/alice");
  paged.set_page_token(first->next_page_token());
  const auto second = world.handlers.ListRecoveries(world.Portal(), paged);
  EXPECT_EQ(second->recoveries(0).principal(), "accounts/dave");
  EXPECT_EQ(second->next_page_token(), "");
}

TEST(Enums, HaveTheNumbersOfTheDomain) {
  for (const HoldReason reason :
       {HoldReason::kPrincipalNotEligible, HoldReason::kContactNotEligible,
        HoldReason::kPrincipalAddressChanged, HoldReason::kContactPhoneChanged,
        HoldReason::kContactPhoneTooNew, HoldReason::kGuardChanged, HoldReason::kAccountNotActive,
        HoldReason::kMutualRecovery, HoldReason::kSameDevice, HoldReason::kOperator}) {
    EXPECT_EQ(pb::HoldReason_Name(static_cast<pb::HoldReason>(reason)),
              absl::StrCat("HOLD_REASON_", HoldReasonName(reason)));
  }
  for (const RejectReason reason : {RejectReason::kFraud, RejectReason::kUnknownPerson,
                                    RejectReason::kNotReached, RejectReason::kOther}) {
    EXPECT_EQ(pb::RejectReason_Name(static_cast<pb::RejectReason>(reason)),
              absl::StrCat("REJECT_REASON_", RejectReasonName(reason)));
  }
  for (const Canceller who : {Canceller::kClaimant, Canceller::kPrincipal, Canceller::kNotMe,
                              Canceller::kOperator, Canceller::kSystem}) {
    EXPECT_EQ(pb::Canceller_Name(static_cast<pb::Canceller>(who)),
              absl::StrCat("CANCELLER_", CancellerName(who)));
  }
}

// Nothing secret or personal goes out in events or outbox rows.
TEST(EventsAndRows, CarryIdsOnly) {
  World world("strict");
  const World::Case c = world.ToApproved();
  ASSERT_TRUE(world.Complete(c.name, c.grant, "new password").ok());
  std::string all;
  for (const kv::Event& event : world.Events()) {
    absl::StrAppend(&all, event.type, event.resource);
    for (const auto& [key, value] : event.attributes) absl::StrAppend(&all, key, value);
  }
  const auto rows = world.db->ListOutbox("", 100);
  for (const kv::OutboxRow& row : *rows) absl::StrAppend(&all, row.payload, row.order_key);
  for (const std::string& secret : {std::string("+7916"), std::string("example.org"), std::string("Алиса"),
                                    c.grant, c.name.substr(11), std::string("new password")}) {
    EXPECT_FALSE(absl::StrContains(all, secret)) << secret;
  }
}

}  // namespace
}  // namespace tc::recovery
