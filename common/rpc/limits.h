#pragma once

// Limits: how often peers and persons may call, and how many calls and streams of one peer may be under way.
// What goes beyond is counted in tc_rpc_limited_total. Thread-safe.

#include <string>

#include "absl/status/status.h"
#include "common/obs/metrics.h"
#include "common/rpc/call.h"
#include "common/rpc/peer_room.h"
#include "common/rpc/rate.h"
#include "common/rpc/rate_table.h"

namespace tc::rpc {

struct GateOptions;
enum class Room;

class Limits {
 public:
  explicit Limits(const GateOptions& options);

  // RESOURCE_EXHAUSTED / RATE_LIMITED with RetryInfo. A service's calls are those of the people behind it,
  // who are counted where they come in: services have no rate.
  absl::Status CheckPeer(Role role, const std::string& caller, SteadyTime now);
  absl::Status CheckPerson(const AccountId& account, SteadyTime now);
  // OK, and one Leave of the same when the call has ended; RESOURCE_EXHAUSTED / OVERLOADED: the peer's other
  // calls, or its other streams of this method, must end first, as if the queue were full. kNone is always
  // OK, and its Leave nothing.
  absl::Status Enter(Room room, const std::string& caller, const std::string& method);
  void Leave(Room room, const std::string& caller, const std::string& method);

 private:
  RateTable peers_;
  RateTable persons_;
  PeerRoom room_;
  PeerRoom streams_;  // of each peer and method
  obs::Counter& by_peer_;
  obs::Counter& by_person_;
  obs::Counter& by_room_;
  obs::Counter& by_streams_;
};

}  // namespace tc::rpc
