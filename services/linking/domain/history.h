#pragma once

// History: what a link remembers of itself, and who guarded when (L8).

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "services/linking/domain/link.h"
#include "services/linking/domain/protection.h"

namespace tc::linking {

// Of suspensions and resumptions a link remembers the latest hundred, so that an account that is frozen again
// and again cannot make it grow without end. All else, with it the answer to "who guarded", stays for ever.
inline constexpr size_t kRememberedSuspensions = 100;

// Adds the change at the end, and forgets the oldest suspension or resumption beyond the hundred.
void Remember(std::vector<LinkChange>& changes, const LinkChange& change);

// The state in which the link guarded at the moment `at`, by its history; nullopt when it did not guard then.
// It guards from the moment of the acceptance on and not at the moment of its end; a removal that is due ends
// it whether or not that has been written down. Between ACTIVE and SUSPENDED it is as exact as is remembered.
std::optional<LinkState> GuardedAt(const Link& link, const Protection& protection, absl::Time at);

}  // namespace tc::linking
