#include "services/recovery/rpc/recorder.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "services/recovery/domain/notice.h"
#include "services/recovery/rpc/officers_testing.h"

namespace tc::recovery {
namespace {

using testing::Assigned;
using testing::IsOk;
using testing::Noon;
using testing::Officers;

// A stored recovery that is guarded and whose codes are out, in the row's first state.
Recovery Stored(Officers& world, State state) {
  Recovery recovery = Assigned();
  recovery.state = state;
  recovery.hold_taken = true;
  recovery.own_code.serial = 1;
  recovery.contact_code.serial = 1;
  recovery.reject_reason = RejectReason::kFraud;
  recovery.ended_at = Noon();
  recovery.taken.clear();
  Recovery saved;
  EXPECT_THAT(world.db->Update([&](kv::Txn& txn) -> absl::Status {
    saved = TRY(world.store.Insert(txn, recovery));
    return absl::OkStatus();
  }),
              IsOk());
  return saved;
}

Recovery Recorded(Officers& world, const Recovery& before, const RecoveryTransition& row) {
  Recovery after = before;
  after.state = row.to;
  after.acknowledged_at = Noon();  // something has changed, also where the state has not
  after.taken = {row};
  Recovery saved;
  EXPECT_THAT(world.db->Update([&](kv::Txn& txn) -> absl::Status {
    saved = TRY(Record(txn, world.store, before, after, Noon()));
    return absl::OkStatus();
  }),
              IsOk());
  return saved;
}

int Rows(Officers& world, const char* kind) {
  int count = 0;
  const auto rows = world.db->ListOutbox("", 100);
  for (const kv::OutboxRow& row : *rows) count += row.kind == kind ? 1 : 0;
  return count;
}

int Reminders(Officers& world) {
  int count = 0;
  const auto timers = world.db->DueTimers(absl::InfiniteFuture(), 100);
  for (const kv::Timer& timer : *timers) count += timer.kind == kRemindTimer ? 1 : 0;
  return count;
}

// What the rows' effects say is what follows, and nothing else does.
TEST(Record, FollowsEveryRowOfTheTable) {
  for (const RecoveryTransition& row : Transitions()) {
    SCOPED_TRACE(absl::StrCat(StateName(row.from), " ", TriggerName(row.trigger), " ", ActorName(row.actor)));
    Officers world;
    const Recovery before = Stored(world, row.from);
    Recovery expected = before;
    expected.state = row.to;
    expected.taken = {row};
    const Recovery saved = Recorded(world, before, row);
    EXPECT_EQ(saved.state, row.to);
    EXPECT_TRUE(saved.taken.empty());
    EXPECT_EQ(saved.version, before.version + 1);
    EXPECT_EQ(world.Events().size(), OccurrencesFor(expected).size());
    EXPECT_EQ(Rows(world, kNoticeRow), static_cast<int>(NoticesFor(expected).size()));
    const int cancels = (row.effects.Has(Effect::kCancelOwnCode) ? 1 : 0) +
                        (row.effects.Has(Effect::kCancelContactCode) ? 1 : 0);
    EXPECT_EQ(Rows(world, kCancelVerificationRow), cancels);
    EXPECT_EQ(Rows(world, kFreezeRow), row.effects.Has(Effect::kFreezeOnFraud) ? 1 : 0);
    EXPECT_EQ(Reminders(world), row.effects.Has(Effect::kAskContact) ? 2 : 0);
  }
}

TEST(Record, WritesNothingThatHasNotChanged) {
  Officers world;
  const Recovery before = Stored(world, State::kAwaitingContact);
  const std::string dump = world.Dump();
  const uint64_t revision = world.db->revision();
  Recovery after = before;
  after.taken = {*FindRow(State::kAwaitingContact, Trigger::kAcknowledge, Actor::kContact)};
  EXPECT_THAT(world.db->Update([&](kv::Txn& txn) -> absl::Status {
    EXPECT_EQ(TRY(Record(txn, world.store, before, after, Noon())), before);
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(world.Dump(), dump);
  EXPECT_EQ(world.db->revision(), revision);
}

}  // namespace
}  // namespace tc::recovery
