// One peer's calls and the room that they leave for those of others.

#include <grpc/health/v1/health.grpc.pb.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "common/rpc/gate_wire_testing.h"
#include "common/rpc/status.h"
#include "common/testing/status.h"

namespace tc::rpc {
namespace {

using testing::IsOk;
using testing::Refused;
using testing::WireServer;

// Calls of one peer to the method that waits, and how they end.
class Crowd {
 public:
  Crowd(const WireServer& wire, pb::AdminService::Stub& stub) : wire_(wire), stub_(stub) {}
  ~Crowd() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ == started_; });
  }

  void Send(absl::string_view peer, int calls) {
    for (int i = 0; i < calls; ++i) {
      contexts_.push_back(wire_.Context(peer));
      answers_.emplace_back();
      const std::lock_guard lock(mutex_);
      ++started_;
      stub_.async()->GetPolicy(contexts_.back().get(), &request_, &answers_.back(),
                               [this](grpc::Status status) {
                                 const std::lock_guard held(mutex_);
                                 ++ended_;
                                 if (status.ok()) {
                                   ++answered_;
                                 } else {
                                   refusals_.push_back(FromWire(status));
                                 }
                                 changed_.notify_all();
                               });
    }
  }
  // The refusals, when there are `n`.
  std::vector<absl::Status> AwaitRefusals(size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return refusals_.size() >= n || ended_ == started_; });
    return refusals_;
  }
  int AwaitAnswered() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ == started_; });
    return answered_;
  }

 private:
  const WireServer& wire_;
  pb::AdminService::Stub& stub_;
  const pb::GetPolicyRequest request_;
  std::deque<std::unique_ptr<grpc::ClientContext>> contexts_;
  std::deque<pb::Policy> answers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int started_ = 0;
  int ended_ = 0;
  int answered_ = 0;
  std::vector<absl::Status> refusals_;
};

// Two workers and six places in their queue, of which one peer may take as many as the test says.
GateOptions RoomForEight(int peer_in_flight) {
  GateOptions options = testing::WithoutRates();
  options.workers = 2;
  options.queue = 6;
  options.peer_in_flight = peer_in_flight;
  return options;
}

struct CrowdedWireTest : GateWireTest {
  explicit CrowdedWireTest(int peer_in_flight = 0) : GateWireTest(RoomForEight(peer_in_flight)) {}
};
// As it would be without the bound.
struct UnboundedCrowdedWireTest : CrowdedWireTest {
  UnboundedCrowdedWireTest() : CrowdedWireTest(1000) {}
};

absl::Status Health(const WireServer& wire) {
  const auto stub = grpc::health::v1::Health::NewStub(wire.channel());
  const auto context = wire.Context("monitor/m");
  grpc::health::v1::HealthCheckResponse response;
  return FromWire(stub->Check(context.get(), {}, &response));
}

TEST_F(CrowdedWireTest, OnePeersCallsLeaveRoomForThoseOfOthers) {
  Crowd crowd(wire_, *stub_);
  crowd.Send("operator/greedy", 9);
  // Six wait with all workers busy, and the rest was refused.
  for (const absl::Status& refusal : crowd.AwaitRefusals(3)) {
    EXPECT_THAT(refusal, Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
    EXPECT_TRUE(RetryAfterOf(refusal).has_value());
  }
  Crowd others(wire_, *stub_);
  others.Send("operator/modest", 3);
  EXPECT_EQ(others.AwaitRefusals(1).size(), 1u) << "the queue is full now, and not before";
  EXPECT_THAT(wire_.Ask(*stub_, &pb::AdminService::Stub::GetKeyInventory, pb::GetKeyInventoryRequest(),
                        "operator/modest"),
              IsOk())
      << "what is answered at once waits for no worker";
  EXPECT_THAT(Health(wire_), IsOk());
  handlers_.release.count_down();
  EXPECT_EQ(crowd.AwaitAnswered(), 6);
  EXPECT_EQ(others.AwaitAnswered(), 2);
}

TEST_F(UnboundedCrowdedWireTest, OnePeersCallsWouldTakeAllRoom) {
  Crowd crowd(wire_, *stub_);
  crowd.Send("operator/greedy", 9);
  crowd.AwaitRefusals(1);
  Crowd others(wire_, *stub_);
  others.Send("operator/modest", 3);
  EXPECT_EQ(others.AwaitRefusals(3).size(), 3u);
  EXPECT_THAT(Health(wire_), IsOk());
  handlers_.release.count_down();
  EXPECT_EQ(crowd.AwaitAnswered(), 8);
  EXPECT_EQ(others.AwaitAnswered(), 0);
}

}  // namespace
}  // namespace tc::rpc
