#pragma once

// Standing: what becomes of an accepted link when its people change (E5, L6). Who is not eligible any more
// does not lose the link, it is SUSPENDED until he is eligible again.

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/linking/domain/link.h"

namespace tc::linking {

// What identity says of the two now.
struct PeopleNow {
  bool principal_eligible = false;
  bool contact_eligible = false;
  bool same_person = false;
  bool same_phone = false;
};

// The step that is due: kSuspend with its reason, or kResume with kNone.
struct Judgement {
  LinkTrigger trigger = LinkTrigger::kSuspend;
  SuspendReason reason = SuspendReason::kNone;

  friend bool operator==(const Judgement&, const Judgement&) = default;
};

// ACTIVE or SUSPENDED: a link in another state goes its way whatever its people are.
bool Rechecked(LinkState state);

// nullopt: the link stays as it is. A reason stays as long as it holds. Of several that hold, the first of
// SAME_PERSON, SAME_PHONE, CONTACT_NOT_ELIGIBLE, PRINCIPAL_NOT_ELIGIBLE is told: what only another contact
// mends comes first, what the principal can mend by himself last. It resumes when none holds. A link that is
// about to be removed or has ended is left alone.
std::optional<Judgement> Judge(const Link& link, const PeopleNow& people);

// The link after the judgement. FAILED_PRECONDITION / STATE_TRANSITION_NOT_ALLOWED for one that was not made
// of it.
absl::StatusOr<Link> Follow(Link link, const Judgement& judgement, absl::Time now);

}  // namespace tc::linking
