#include "common/rpc/event_follower.h"

#include <atomic>

#include "absl/strings/str_cat.h"
#include "common/rpc/client.h"
#include "common/rpc/event_testing.h"

namespace tc::rpc {
namespace {

using testing::IsOk;
using testing::WireServer;

// What a follower has applied, written in the transaction of the event.
class FollowerTest : public EventServiceWireTest {
 protected:
  EventHandler Record() {
    return [this](kv::Txn& txn, const FollowedEvent& event) -> absl::Status {
      if (event.type == "Hard" && failures_-- > 0) return absl::UnavailableError("not now");
      const std::string so_far = TRY(txn.Get("applied")).value_or("");
      return txn.Put("applied", absl::StrCat(so_far, event.type, " "));
    };
  }

  std::string Applied() {
    std::string applied;
    EXPECT_THAT(own_->View([&](kv::ReadTxn& txn) -> absl::Status {
      applied = TRY(txn.Get("applied")).value_or("");
      return absl::OkStatus();
    }),
                IsOk());
    return applied;
  }
  std::string WaitFor(const std::string& expected) {
    for (uint64_t seen = own_->revision(); Applied().size() < expected.size(); seen = own_->revision()) {
      own_->WaitForChange(seen, absl::Milliseconds(50));
    }
    return Applied();
  }

  std::atomic<int> failures_{0};
  std::unique_ptr<kv::Database> own_ = kv::InMemory();
};

TEST_F(FollowerTest, AppliesEachEventOnceInOrder) {
  EventServer server(*database_);
  Emit("A");
  const auto peer = server.wire.Peer("recovery", "linking");
  const EventFollower follower(*peer, *own_, Record());
  EXPECT_EQ(WaitFor("A "), "A ");
  Emit("B");
  Emit("C");
  EXPECT_EQ(WaitFor("A B C "), "A B C ");
}

TEST_F(FollowerTest, GoesOnWhereItWasAfterItsOwnRestart) {
  EventServer server(*database_);
  const auto peer = server.wire.Peer("recovery", "linking");
  Emit("A");
  {
    const EventFollower follower(*peer, *own_, Record());
    WaitFor("A ");
  }
  Emit("B");
  const EventFollower follower(*peer, *own_, Record());
  EXPECT_EQ(WaitFor("A B "), "A B ");
}

TEST_F(FollowerTest, TriesAnEventAgainThatCouldNotBeApplied) {
  EventServer server(*database_);
  failures_ = 2;
  Emit("A");
  Emit("Hard");
  Emit("B");
  const auto peer = server.wire.Peer("recovery", "linking");
  const EventFollower follower(*peer, *own_, Record());
  EXPECT_EQ(WaitFor("A Hard B "), "A Hard B ");
  EXPECT_LT(failures_, 0);
}

TEST_F(FollowerTest, ComesBackAfterTheConnectionBroke) {
  EventServer server(*database_);
  const auto peer = server.wire.Peer("recovery", "linking");
  const EventFollower follower(*peer, *own_, Record());
  Emit("A");
  WaitFor("A ");
  server.Restart();
  Emit("B");
  EXPECT_EQ(WaitFor("A B "), "A B ");
}

TEST_F(FollowerTest, SavesCheckpointsToo) {
  EventServer server(*database_, absl::Milliseconds(20));
  ASSERT_THAT(database_->Update([](kv::Txn& txn) { return txn.Put("k", "v"); }), IsOk());
  const auto peer = server.wire.Peer("recovery", "linking");
  const uint64_t before = own_->revision();
  const EventFollower follower(*peer, *own_, Record());
  while (own_->revision() == before) own_->WaitForChange(before, absl::Milliseconds(50));
  EXPECT_EQ(Applied(), "");
}

TEST_F(FollowerTest, StopsWhileItsPeerIsAway) {
  WireServer nobody;
  const auto peer = nobody.Peer("recovery", "linking");
  const EventFollower follower(*peer, *own_, Record());
}

}  // namespace
}  // namespace tc::rpc
