#include "common/rpc/limits.h"

#include <algorithm>

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
      by_peer_(Limited("peer")),
      by_person_(Limited("person")),
      by_room_(Limited("in_flight")) {}

absl::Status Limits::CheckPeer(Role role, const std::string& caller, SteadyTime now) {
  if (role == Role::kService) return absl::OkStatus();
  return Slower(peers_.Take(caller, now), by_peer_);
}

absl::Status Limits::CheckPerson(const AccountId& account, SteadyTime now) {
  return Slower(persons_.Take(account.text(), now), by_person_);
}

absl::Status Limits::Enter(const std::string& caller) {
  if (room_.Enter(caller)) return absl::OkStatus();
  by_room_.Increment();
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kOverloaded, "too many calls of this peer wait")
      .RetryAfter(absl::Seconds(1));
}

void Limits::Leave(const std::string& caller) { room_.Leave(caller); }

}  // namespace tc::rpc
