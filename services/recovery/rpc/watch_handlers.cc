// The claimant's page follows its recovery.

#include <memory>
#include <optional>
#include <string>

#include "common/base/status.h"
#include "services/recovery/rpc/handlers.h"

namespace tc::recovery {
namespace {

// What makes two views the same to the claimant: all but the server's time.
std::string ContentOf(pb::Recovery view) {
  view.clear_server_time();
  if (view.has_own_code()) view.mutable_own_code()->clear_server_time();
  return view.SerializeAsString();
}

struct Seen {
  std::string content;  // of the last view; empty: none was sent
  bool final = false;
};

}  // namespace

absl::StatusOr<rpc::Next<pb::WatchRecoveryResponse>> Handlers::WatchRecovery(
    const pb::WatchRecoveryRequest& in, const Clock& clock) const {
  const std::string capability = TRY(ParseCapability(in.name()));
  // A stream asks one step after the other, so that what it has seen needs no lock.
  auto seen = std::make_shared<Seen>();
  return rpc::Next<pb::WatchRecoveryResponse>(
      [this, capability, seen,
       &clock](bool heartbeat) -> absl::StatusOr<std::optional<pb::WatchRecoveryResponse>> {
        if (seen->final) return rpc::EndOfStream();
        const absl::Time now = clock.Now();
        const Recovery recovery = TRY(Read(capability));
        const pb::Recovery view = ToClaimantView(recovery, capability, parts_.tokens.GrantOf(recovery), now);
        std::string content = ContentOf(view);
        const bool changed = content != seen->content;
        if (!changed && !heartbeat) return std::optional<pb::WatchRecoveryResponse>();
        pb::WatchRecoveryResponse out;
        *out.mutable_server_time() = view.server_time();
        if (changed) *out.mutable_recovery() = view;
        seen->content = std::move(content);
        seen->final = IsFinal(AsOf(recovery, now).state);
        return std::optional<pb::WatchRecoveryResponse>(std::move(out));
      });
}

}  // namespace tc::recovery
