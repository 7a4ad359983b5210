#include "services/linking/domain/history.h"

#include <algorithm>

namespace tc::linking {
namespace {

bool IsSuspensionOrResumption(const LinkChange& change) {
  return change.actor == Actor::kService && Guards(change.to);
}

}  // namespace

void Remember(std::vector<LinkChange>& changes, const LinkChange& change) {
  changes.push_back(change);
  const auto count = std::count_if(changes.begin(), changes.end(), IsSuspensionOrResumption);
  if (static_cast<size_t>(count) <= kRememberedSuspensions) return;
  changes.erase(std::find_if(changes.begin(), changes.end(), IsSuspensionOrResumption));
}

std::optional<LinkState> GuardedAt(const Link& link, const Protection& protection, absl::Time at) {
  if (at >= RemovalDue(link, protection)) return std::nullopt;
  std::optional<LinkState> state;
  for (const LinkChange& change : link.changes) {
    if (change.at <= at) state = change.to;
  }
  if (!state.has_value() || !Guards(*state)) return std::nullopt;
  return state;
}

}  // namespace tc::linking
