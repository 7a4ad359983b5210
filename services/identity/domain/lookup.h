#pragma once

// Which of several accounts is meant, and what stands against a contact that was found (L6). Pure.

#include <vector>

#include "absl/time/time.h"
#include "services/identity/domain/account.h"
#include "services/identity/domain/phone_book.h"

namespace tc::identity {

// Of the accounts with one SNILS: the only one that is not erased; of several the only personal one; of
// several of these the only confirmed one. Null when that leaves none or a choice.
const Account* PickBySnils(const std::vector<Account>& accounts);

// The numbers are those of the public enum.
enum class ContactConflict { kSameAccount = 1, kSamePerson = 2, kSamePhone = 3 };

// The numbers are all of each account's; a main or additional one that is bound to both is in common. An
// erased account has nothing in common with anybody.
std::vector<ContactConflict> Conflicts(const Account& principal, const std::vector<OwnedPhone>& principals,
                                       const Account& contact, const std::vector<OwnedPhone>& contacts);

// A blocked or erased account fits nobody; everything else is told by its eligibility.
bool MayBeFound(const Account& contact, absl::Time now);

}  // namespace tc::identity
