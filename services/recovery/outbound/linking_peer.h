#pragma once

// What recovery asks linking. As identity_peer.h.

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

class LinkingPeer {
 public:
  virtual ~LinkingPeer() = default;
  virtual absl::StatusOr<GuardNow> GetGuard(const AccountId& principal, absl::Time deadline) = 0;
  // The same, and the link is held until `until` or the event RecoveryEnded.
  virtual absl::StatusOr<GuardNow> HoldGuard(const AccountId& principal, const PublicId& recovery,
                                             absl::Time until, const std::string& request_id,
                                             absl::Time deadline) = 0;
  // Ends the link that the contact has confirmed to be removed (purpose CONTACT_REMOVAL). OK also when it has
  // ended already.
  virtual absl::Status RemoveGuard(const AccountId& principal, const LinkId& link, const PublicId& recovery,
                                   const std::string& request_id, absl::Time deadline) = 0;
};

}  // namespace tc::recovery
