#include "common/rpc/refusal_log.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/kv/origin.h"
#include "common/rpc/authenticator.h"

namespace tc::rpc {

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
    if (call.now < state.entered_at + kEvery) return;
    state.entered_at = call.now;
    count = std::exchange(state.kept_back, 0);
  }
  Enter(kind, call.id, count, call.now);
}

void RefusalLog::Flush(absl::Time now) {
  std::vector<std::pair<Kind, uint64_t>> due;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = kinds_.begin(); it != kinds_.end();) {
      State& state = it->second;
      if (now < state.entered_at + kEvery) {
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
