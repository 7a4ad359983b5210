// What was acknowledged is there after a restart, on a real disk.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kUnavailable;
using ::testing::ElementsAre;
using testing::HasCode;
using testing::IsOk;
using testing::Refused;
using ::testing::SizeIs;

class Restart : public ::testing::Test {
 protected:
  Restart()
      : dir_(std::filesystem::path(::testing::TempDir()) / absl::StrCat("linking-", getpid(), "-", ++made_)) {
    std::filesystem::remove_all(dir_);
  }
  ~Restart() override { std::filesystem::remove_all(dir_); }

  std::unique_ptr<kv::Database> Open(const kv::TestSwitches& switches = {}) {
    auto database = kv::OpenRocksForTest(dir_.string(), switches);
    EXPECT_THAT(database, IsOk());
    return *std::move(database);
  }

 private:
  static inline int made_ = 0;
  const std::filesystem::path dir_;
};

TEST_F(Restart, KeepsInvitationsLinksHoldsBlocksAndLimits) {
  World world(TestPolicy(), Open());
  world.Link("alice", "bob");
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(24)), IsOk());
  ASSERT_THAT(world.Decline("bob", world.Invite("carol", "bob")->name(), true), IsOk());
  const std::string open = world.Invite("dave", "bob")->name();

  world.Restart(TestPolicy(), [&] { return Open(); });
  EXPECT_EQ(world.Guard("alice").contact(), "accounts/bob");
  EXPECT_EQ(world.TrustedContact("alice")->masked_contact(), "Борис С.");
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  EXPECT_THAT(world.Invitations("bob", pb::INVITATION_VIEW_RECEIVED), SizeIs(3));
  world.Know("erin", "Ирина", "+79160000005", "Ирина Е.");
  EXPECT_THAT(world.Invite("erin", "bob"),
              Refused(absl::StatusCode::kResourceExhausted, Reason::kInvitationLimitReached));
  EXPECT_THAT(world.Accept("bob", open), IsOk());
  EXPECT_EQ(world.handlers().ListBlockedSenders(world.As("bob"), {})->blocked_senders_size(), 1);
}

TEST_F(Restart, ExpiresWhatEndedWhileNobodyWatched) {
  World world(TestPolicy("strict"), Open());
  world.Link("alice", "bob");
  ASSERT_THAT(world.Remove("alice"), IsOk());
  ASSERT_THAT(world.Invite("carol", "bob"), IsOk());
  world.clock().Advance(absl::Hours(30));
  world.Restart(TestPolicy("strict"), [&] { return Open(); });
  EXPECT_FALSE(world.Guard("alice").guarded());
  world.RunTimers();
  const std::vector<std::string> types = world.EventTypes();
  EXPECT_THAT(std::vector<std::string>(types.end() - 2, types.end()),
              ElementsAre("InvitationExpired", "LinkRemoved"));
}

TEST_F(Restart, GivesTheEarlierAnswerToARequestSentAgain) {
  World world(TestPolicy(), Open());
  pb::AcceptInvitationRequest in;
  in.set_name(world.Invite("alice", "bob")->name());
  const rpc::Call call = world.As("bob");
  const auto first = world.Accept(call, in);
  ASSERT_THAT(first, IsOk());
  world.Restart(TestPolicy(), [&] { return Open(); });
  const auto again = world.Accept(call, in);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
}

TEST_F(Restart, AfterABrokenDiskAcknowledgesNothingThatIsNotThere) {
  kv::TestSwitches switches;
  switches.fail_next_write = std::make_shared<std::atomic<bool>>(false);
  World world(TestPolicy(), Open(switches));
  const std::string invitation = world.Invite("alice", "bob")->name();
  *switches.fail_next_write = true;
  EXPECT_THAT(world.Accept("bob", invitation), HasCode(kUnavailable));
  world.Restart(TestPolicy(), [&] { return Open(); });
  EXPECT_FALSE(world.Guard("alice").guarded());
  EXPECT_THAT(world.Accept("bob", invitation), IsOk());
}

}  // namespace
}  // namespace tc::linking
