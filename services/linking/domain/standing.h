#pragma once

// Standing: what becomes of an accepted link when its people change (E5). Who is not eligible any more does
// not lose the link, it is SUSPENDED until he is eligible again.

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/linking/domain/link.h"

namespace tc::linking {

// The step that is due: kSuspend with its reason, or kResume with kNone.
struct Judgement {
  LinkTrigger trigger = LinkTrigger::kSuspend;
  SuspendReason reason = SuspendReason::kNone;

  friend bool operator==(const Judgement&, const Judgement&) = default;
};

// ACTIVE or SUSPENDED: a link in another state goes its way whatever its people are.
bool Rechecked(LinkState state);

// nullopt: the link stays as it is. A reason stays as long as it holds; where both sides have failed at once
// the contact's is told. A link that is suspended for another reason than these two, is about to be removed
// or has ended is left alone.
std::optional<Judgement> Judge(const Link& link, bool principal_eligible, bool contact_eligible);

// The link after the judgement. FAILED_PRECONDITION / STATE_TRANSITION_NOT_ALLOWED for one that was not made
// of it.
absl::StatusOr<Link> Follow(Link link, const Judgement& judgement, absl::Time now);

}  // namespace tc::linking
