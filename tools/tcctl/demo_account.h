#pragma once

// The chapters of the demonstration about one person's own account.

#include "absl/status/status.h"
#include "tools/tcctl/demo_scene.h"

namespace tc::ctl {

// `anna` has signed in, with a bound phone, no e-mail address, and this password.
absl::Status AnnaChangesHerPhone(const Scene& scene, const dev::Citizen& anna);
// `maria` has a bound phone and this password.
absl::Status SomebodyGuessesMariasPassword(const Scene& scene, const dev::Citizen& maria);

}  // namespace tc::ctl
