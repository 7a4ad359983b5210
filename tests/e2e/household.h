#pragma once

// Household: people with one of everything that a person of the suite can have, for tests that somebody else
// tries to reach it.

#include <string>

#include "absl/status/status.h"
#include "tests/e2e/requests.h"
#include "tools/tcctl/people.h"

namespace tc::e2e {

struct Household {
  dev::Citizen principal;  // guarded by contact, recovering his password
  dev::Citizen contact;
  dev::Citizen inviter;  // waits for contact's answer
  std::string phone;     // accounts/…/phones/… of the principal
  std::string link;
  std::string invitation;
  std::string blocked_sender;  // of contact
  std::string capability;      // recoveries/…
  std::string assigned;
  std::string verification;  // made as "service/recovery", with these words
  std::string subject;
  std::string request;
  std::string delivery;

  // Makes all of it; the four citizens must be new.
  static absl::StatusOr<Household> Settle(dev::SuiteClients& clients, dev::People& people,
                                          const dev::Citizen& principal, const dev::Citizen& contact,
                                          const dev::Citizen& inviter, const dev::Citizen& blocked);

  // What it has of this kind; empty: nothing.
  std::string ThingOf(Held kind) const;
};

}  // namespace tc::e2e
