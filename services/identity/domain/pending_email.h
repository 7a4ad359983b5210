#pragma once

// PendingEmail: an address that an account wants to have and whose possession is not proved yet. One for an
// account. A value.

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/phone_book.h"

namespace tc::identity {

struct PendingEmail {
  AccountId account;
  VerificationId id;  // of the address that waits, and of the verification that proves it
  Email email;
  absl::Time created_at;

  // accounts/{account}/emails/{id}
  std::string Name() const { return absl::StrCat(account.Name(), "/emails/", id.text()); }
  absl::Time EndsAt() const { return created_at + kPendingLifetime; }
  bool PendingAt(absl::Time now) const { return now < EndsAt(); }
  friend bool operator==(const PendingEmail&, const PendingEmail&) = default;
};

}  // namespace tc::identity
