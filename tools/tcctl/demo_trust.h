#pragma once

// The chapters of the demonstration about the unhappy cases: fraud, a contact who is lost, a stricter policy.
// The last two set clocks forward and need services of their own.

#include "absl/status/status.h"
#include "tools/tcctl/demo_scene.h"

namespace tc::ctl {

absl::Status AFraudsterIsRejected(const Scene& scene);
absl::Status AThiefIsStoppedByTheLink(const Scene& scene);
absl::Status TheContactIsLost(const Scene& scene);
absl::Status TheStrictProfile(const Scene& scene);

}  // namespace tc::ctl
