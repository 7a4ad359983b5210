#include "common/rpc/limits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/rpc/gate.h"

namespace tc::rpc {
namespace {

// More peers than a certificate authority of this kind ever names; as many persons as call within the seconds
// in which a bucket fills. About 15 MB at most.
constexpr size_t kPeers = 1024;
constexpr size_t kPersons = 65536;

int RoomOf(const GateOptions& options) {
  if (options.peer_in_flight > 0) return options.peer_in_flight;
  return std::max(1, (options.workers + options.queue) * 3 / 4);
}

obs::Counter& Limited(const char* kind) {
  return obs::GetCounter("tc_rpc_limited_total",
                         "Calls refused because of who calls too much, by whose limit.", {{"kind", kind}});
}

std::string PlaceOf(const std::string& caller, const std::string& method) {
  return absl::StrCat(caller, " ", method);
}

absl::Status Slower(absl::Duration wait, obs::Counter& counter) {
  if (wait <= absl::ZeroDuration()) return absl::OkStatus();
  counter.Increment();
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kRateLimited, "too many calls in a short time")
      .RetryAfter(wait);
}

}  // namespace

Limits::Limits(const GateOptions& options)
    : peers_(options.peer_rate, kPeers),
      persons_(options.person_rate, kPersons),
      room_(RoomOf(options)),
      streams_(options.peer_streams),
      by_peer_(Limited("peer")),
      by_person_(Limited("person")),
      by_room_(Limited("in_flight")),
      by_streams_(Limited("streams")) {}

absl::Status Limits::CheckPeer(Role role, const std::string& caller, SteadyTime now) {
  if (role == Role::kService) return absl::OkStatus();
  return Slower(peers_.Take(caller, now), by_peer_);
}

absl::Status Limits::CheckPerson(const AccountId& account, SteadyTime now) {
  return Slower(persons_.Take(account.text(), now), by_person_);
}

absl::Status Limits::Enter(Room room, const std::string& caller, const std::string& method) {
  if (room == Room::kNone) return absl::OkStatus();
  const bool streams = room == Room::kStream;
  if (streams ? streams_.Enter(PlaceOf(caller, method)) : room_.Enter(caller)) return absl::OkStatus();
  (streams ? by_streams_ : by_room_).Increment();
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kOverloaded,
                streams ? "too many streams of this peer are open" : "too many calls of this peer wait")
      .RetryAfter(absl::Seconds(1));
}

void Limits::Leave(Room room, const std::string& caller, const std::string& method) {
  if (room == Room::kTaken) room_.Leave(caller);
  if (room == Room::kStream) streams_.Leave(PlaceOf(caller, method));
}

}  // namespace tc::rpc
