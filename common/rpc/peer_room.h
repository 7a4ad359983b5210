#pragma once

// PeerRoom: how much of the server's room for calls each peer takes, and a bound on it, so that no peer takes
// all. Only peers that have calls under way are remembered. Thread-safe.

#include <mutex>
#include <string>
#include <unordered_map>

namespace tc::rpc {

class PeerRoom {
 public:
  // `at_most`: calls of one peer at a time.
  explicit PeerRoom(int at_most) : at_most_(at_most) {}

  // True, and one Leave when the call has ended; false when the peer has as many under way as it may.
  bool Enter(const std::string& peer);
  void Leave(const std::string& peer);

 private:
  const int at_most_;
  std::mutex mutex_;
  std::unordered_map<std::string, int> calls_;
};

}  // namespace tc::rpc
