#pragma once

// EventFollower: follows another service's event log (EventService.WatchEvents) and applies each event once,
// in order. The cursor is saved in the transaction of the effect, so a crash repeats nothing and loses
// nothing. Reconnects for ever, with back-off.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/kv/database.h"

namespace tc::rpc {

class PeerChannel;

struct FollowedEvent {
  std::string type;      // "RecoveryEnded"
  std::string resource;  // "recoveries/…"
  std::map<std::string, std::string> attributes;
  absl::Time at;

  std::string Attribute(const std::string& key) const;  // empty when absent
};

// Runs in the transaction that saves the cursor. An error stops the follower at this event: it is tried
// again, never skipped.
using EventHandler = std::function<absl::Status(kv::Txn& txn, const FollowedEvent& event)>;

class EventFollower {
 public:
  // Over a connection of its own. `types`: only these, at most 32; empty: all. Every other event costs
  // nothing then; a type that is added later is followed from where the follower stands.
  EventFollower(const PeerChannel& peer, kv::Database& database, EventHandler handler,
                std::vector<std::string> types = {});
  ~EventFollower();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tc::rpc
