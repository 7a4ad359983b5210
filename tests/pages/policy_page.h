#pragma once

// docs/policy.md: every number of every service, with its bounds.

#include <string>
#include <vector>

#include "common/base/policy.h"

namespace tc::pages {

struct ServiceKeys {
  std::string service;
  std::vector<PolicyKey> keys;
};

// Of all four, in the order of the page.
std::vector<ServiceKeys> AllPolicyKeys();

std::string PolicyPage();

}  // namespace tc::pages
