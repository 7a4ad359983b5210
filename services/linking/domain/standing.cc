#include "services/linking/domain/standing.h"

#include <utility>

#include "common/base/status.h"

namespace tc::linking {
namespace {

constexpr SuspendReason kInOrder[] = {SuspendReason::kSamePerson, SuspendReason::kSamePhone,
                                      SuspendReason::kContactNotEligible,
                                      SuspendReason::kPrincipalNotEligible};

bool Holds(SuspendReason reason, const PeopleNow& people) {
  switch (reason) {
    case SuspendReason::kNone:
      return false;
    case SuspendReason::kPrincipalNotEligible:
      return !people.principal_eligible;
    case SuspendReason::kContactNotEligible:
      return !people.contact_eligible;
    case SuspendReason::kSamePhone:
      return people.same_phone;
    case SuspendReason::kSamePerson:
      return people.same_person;
  }
  return false;
}

}  // namespace

bool Rechecked(LinkState state) { return state == LinkState::kActive || state == LinkState::kSuspended; }

std::optional<Judgement> Judge(const Link& link, const PeopleNow& people) {
  if (!Rechecked(link.state) || Holds(link.suspend_reason, people)) return std::nullopt;
  for (const SuspendReason reason : kInOrder) {
    if (Holds(reason, people)) return Judgement{LinkTrigger::kSuspend, reason};
  }
  if (link.state == LinkState::kActive) return std::nullopt;
  return Judgement{LinkTrigger::kResume, SuspendReason::kNone};
}

absl::StatusOr<Link> Follow(Link link, const Judgement& judgement, absl::Time now) {
  link = TRY(Apply(std::move(link), judgement.trigger, Actor::kService, now));
  link.suspend_reason = judgement.reason;
  return link;
}

}  // namespace tc::linking
