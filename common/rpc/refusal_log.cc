#include "common/rpc/refusal_log.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/kv/origin.h"
#include "common/rpc/authenticator.h"

namespace tc::rpc {

bool IsForTheRecord(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return true;
    case absl::StatusCode::kResourceExhausted:
      return !HasReason(status, Reason::kOverloaded) && !HasReason(status, Reason::kMessageTooLarge);
    default:
      return HasReason(status, Reason::kChallengeRequired) || HasReason(status, Reason::kAddressDisabled);
  }
}

void RefusalLog::Note(const Call& call, const std::string& method, const absl::Status& status) {
  const Peer& peer = call.peer;
  Kind kind{peer.name.empty() ? "" : absl::StrCat(RoleName(peer.role), "/", peer.name), method,
            ReasonOf(status).value_or(absl::StatusCodeToString(status.code()))};
  uint64_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    if (kinds_.size() >= kKinds && !kinds_.contains(kind)) kind = {"", "", std::get<2>(kind)};
    State& state = kinds_[kind];
    ++state.kept_back;
    if (state.EnteredLately(call.now)) return;
    state.entered_at = call.now;
    count = std::exchange(state.kept_back, 0);
  }
  Enter(kind, call.id, count, call.now);
}

OnRefused RefusalLog::AtTheDoor(const std::string& trust_domain, const Clock& clock) {
  return [this, &trust_domain, &clock](const std::vector<std::string>& peer_uris, const std::string& of,
                                       const absl::Status& why) {
    Call call;
    // Without a certificate of the suite he has no name, as in development.
    if (absl::StatusOr<Peer> peer = PeerOf(trust_domain, peer_uris); peer.ok()) call.peer = *std::move(peer);
    call.now = clock.Now();
    Note(call, of, why);
  };
}

void RefusalLog::Flush(absl::Time now) {
  std::vector<std::pair<Kind, uint64_t>> due;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = kinds_.begin(); it != kinds_.end();) {
      State& state = it->second;
      if (state.EnteredLately(now)) {
        ++it;
        continue;
      }
      // Nothing came for a minute: the kind is forgotten, and the next call of it is entered at once.
      if (state.kept_back == 0) {
        it = kinds_.erase(it);
        continue;
      }
      state.entered_at = now;
      due.emplace_back(it->first, std::exchange(state.kept_back, 0));
      ++it;
    }
  }
  for (const auto& [kind, count] : due) Enter(kind, "", count, now);
}

void RefusalLog::FlushAll(absl::Time now) {
  std::map<Kind, State> kinds;
  {
    const std::lock_guard lock(mutex_);
    kinds.swap(kinds_);
  }
  for (const auto& [kind, state] : kinds) {
    if (state.kept_back > 0) Enter(kind, "", state.kept_back, now);
  }
}

void RefusalLog::Enter(const Kind& kind, const std::string& call_id, uint64_t count, absl::Time now) {
  const auto& [peer, method, reason] = kind;
  kv::Event act;
  act.type = "CallRefused";
  act.attributes = {{"method", method}, {"count", absl::StrCat(count)}};
  act.at = now;
  act.result = reason;
  // Whoever was refused is not known to be the person that he names.
  const kv::OriginScope scope(kv::Origin{call_id, peer, ""});
  database_.Submit([act = std::move(act)](kv::Txn& txn) { return txn.Audit(act); },
                   [this, kind, count](const absl::StatusOr<uint64_t>& done) {
                     if (done.ok()) return;
                     const std::lock_guard lock(mutex_);
                     kinds_[kind].kept_back += count;
                   });
}

}  // namespace tc::rpc
