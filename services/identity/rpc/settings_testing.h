#pragma once

// What a World of tests is set up with.

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/kv/testing.h"
#include "services/identity/domain/policy.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

inline kv::TestSwitches RunTwice() {
  kv::TestSwitches switches;
  switches.run_twice = true;
  return switches;
}

inline Policy TestPolicy(const std::string& profile = "gosuslugi") {
  return MakePolicy(*ResolvePolicy(PolicyKeys(), profile, {}));
}

inline absl::TimeZone MoscowZone() {
  absl::TimeZone zone;
  absl::LoadTimeZone("Europe/Moscow", &zone);
  return zone;
}

inline std::vector<std::string> TestPurposes() {
  std::vector<std::string> purposes = Vault::Purposes();
  purposes.insert(purposes.end(), {"once", "page", "attempts", Vault::kWrapping});
  return purposes;
}

}  // namespace tc::identity
