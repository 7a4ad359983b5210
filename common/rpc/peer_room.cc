#include "common/rpc/peer_room.h"

namespace tc::rpc {

bool PeerRoom::Enter(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  int& calls = calls_[peer];
  if (calls >= at_most_) return false;
  ++calls;
  return true;
}

void PeerRoom::Leave(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  const auto entry = calls_.find(peer);
  if (--entry->second == 0) calls_.erase(entry);
}

}  // namespace tc::rpc
