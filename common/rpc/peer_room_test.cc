#include "common/rpc/peer_room.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace tc::rpc {
namespace {

TEST(PeerRoom, HoldsEachPeerToItsOwnBound) {
  PeerRoom room(2);
  EXPECT_TRUE(room.Enter("portal/web"));
  EXPECT_TRUE(room.Enter("portal/web"));
  EXPECT_FALSE(room.Enter("portal/web"));
  EXPECT_TRUE(room.Enter("portal/mobile"));
  room.Leave("portal/web");
  EXPECT_TRUE(room.Enter("portal/web"));
  EXPECT_FALSE(room.Enter("portal/web"));
}

TEST(PeerRoom, NeverHoldsMoreThanItsBoundWhoeverComesAtOnce) {
  PeerRoom room(3);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::latch ready(8);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      ready.arrive_and_wait();
      for (int i = 0; i < 20000; ++i) {
        if (!room.Enter("p")) continue;
        const int now = ++inside;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
        --inside;
        room.Leave("p");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(room.Enter("p")) << "everybody has left";
}

}  // namespace
}  // namespace tc::rpc
