#pragma once

// Zones of the IANA database that this machine has. Thread-safe.

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/identity/domain/settings.h"

namespace tc::identity {

// nullopt: the machine knows no zone of this name. The name has the form that MistakesOf demands.
std::optional<absl::TimeZone> ZoneNamed(const std::string& name);

// Where the owner lives; `ours` when he has not said, or the machine does not know his zone any more.
absl::TimeZone ZoneOf(const SecuritySettings& settings, absl::TimeZone ours);

}  // namespace tc::identity
