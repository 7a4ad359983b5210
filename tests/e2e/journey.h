#pragma once

// Journey: from two registered citizens to a new password, as a list of steps. A step reads what the earlier
// ones have left in the journey, makes its calls and leaves its own results; each call is one that a portal
// makes.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/tcctl/people.h"

namespace tc::e2e {

struct Journey {
  dev::Citizen principal;
  dev::Citizen contact;
  std::string new_password = "Heron+Lantern-58";
  std::string phone;  // accounts/…/phones/… of the principal
  std::string invitation;
  std::string link;
  std::string recovery;
  std::string assigned;
  std::string principal_code;
  std::string contact_code;
  dev::recovery_pb::Recovery approved;
};

struct Step {
  const char* name;
  absl::Status (*run)(dev::People& people, Journey& journey);
};

// In their order.
const std::vector<Step>& Steps();

// Whether everything that the journey was told has happened did happen: the link guards, the recovery is
// completed, the new password signs in and the old one does not.
absl::Status CheckOutcome(dev::People& people, const Journey& journey);

}  // namespace tc::e2e
