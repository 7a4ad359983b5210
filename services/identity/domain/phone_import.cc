#include "services/identity/domain/phone_import.h"

#include <algorithm>

#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::identity {

const OwnedPhone* ScheduledPhone(const std::vector<OwnedPhone>& phones) {
  const auto found = std::find_if(phones.begin(), phones.end(), [](const OwnedPhone& phone) {
    return phone.state == PhoneState::kScheduled;
  });
  return found == phones.end() ? nullptr : &*found;
}

absl::Status CheckProof(const std::vector<OwnedPhone>& phones, absl::Time proved_at) {
  const bool outdated = std::any_of(phones.begin(), phones.end(), [&](const OwnedPhone& phone) {
    if (phone.kind != PhoneKind::kMain) return false;
    const absl::Time changed = std::max(phone.bound_at.value_or(absl::InfinitePast()),
                                        phone.released_at.value_or(absl::InfinitePast()));
    return proved_at <= changed;
  });
  if (!outdated) return absl::OkStatus();
  return InvalidField("proof_time", "PROOF_OUTDATED",
                      "the main number was changed later than this was proved");
}

absl::Status CheckImport(const Account& account, const std::vector<OwnedPhone>& phones,
                         const std::optional<Holder>& holder, absl::Time proved_at, const PhonePolicy& policy,
                         absl::Time now) {
  TRY(RequireState(account, {State::kActive}, now));
  if (ScheduledPhone(phones) != nullptr) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                  "another change of the number is scheduled")
        .With("state", "SCHEDULED");
  }
  TRY(CheckProof(phones, proved_at));
  return CheckFree(holder, account.id, policy, now);
}

}  // namespace tc::identity
