#include "services/linking/domain/standing.h"

#include <utility>

#include "common/base/status.h"

namespace tc::linking {
namespace {

std::optional<Judgement> JudgeSuspended(SuspendReason reason, bool principal_eligible,
                                        bool contact_eligible) {
  const bool for_principal = reason == SuspendReason::kPrincipalNotEligible;
  const bool for_contact = reason == SuspendReason::kContactNotEligible;
  if (!for_principal && !for_contact) return std::nullopt;
  if (principal_eligible && contact_eligible) return Judgement{LinkTrigger::kResume, SuspendReason::kNone};
  const bool holds = for_principal ? !principal_eligible : !contact_eligible;
  if (holds) return std::nullopt;
  return Judgement{LinkTrigger::kSuspend,
                   for_principal ? SuspendReason::kContactNotEligible : SuspendReason::kPrincipalNotEligible};
}

}  // namespace

bool Rechecked(LinkState state) { return state == LinkState::kActive || state == LinkState::kSuspended; }

std::optional<Judgement> Judge(const Link& link, bool principal_eligible, bool contact_eligible) {
  switch (link.state) {
    case LinkState::kActive:
      if (!contact_eligible) return Judgement{LinkTrigger::kSuspend, SuspendReason::kContactNotEligible};
      if (!principal_eligible) return Judgement{LinkTrigger::kSuspend, SuspendReason::kPrincipalNotEligible};
      return std::nullopt;
    case LinkState::kSuspended:
      return JudgeSuspended(link.suspend_reason, principal_eligible, contact_eligible);
    case LinkState::kRemovalPending:
    case LinkState::kRemoved:
    case LinkState::kResigned:
      return std::nullopt;
  }
  return std::nullopt;
}

absl::StatusOr<Link> Follow(Link link, const Judgement& judgement, absl::Time now) {
  link = TRY(Apply(std::move(link), judgement.trigger, Actor::kService, now));
  link.suspend_reason = judgement.reason;
  return link;
}

}  // namespace tc::linking
