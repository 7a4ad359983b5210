#pragma once

// Notice: what the owner of an account is told on all his addresses (L11, NTF-01). A value that waits in the
// outbox; sealed there, since it holds addresses as they were when it happened (NTF-04).

#include <string>
#include <vector>

#include "common/base/id.h"
#include "common/base/phone.h"
#include "services/identity/domain/account.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/phone_book.h"

namespace tc::identity {

enum class NoticeKind {
  kPasswordChanged = 1,
  kPhoneChanged = 2,
  kAccountFrozen = 3,
  kAccountUnfrozen = 4,
  kAccountLocked = 5,
};

struct Notice {
  NoticeKind kind = NoticeKind::kPasswordChanged;
  AccountId account;
  std::vector<Phone> phones;
  std::vector<Email> emails;
  std::string locale;
  std::string masked_address;  // of the new number, for kPhoneChanged
  friend bool operator==(const Notice&, const Notice&) = default;

  bool HasRecipients() const { return !phones.empty() || !emails.empty(); }
};

// To the bound main number and the confirmed e-mail address.
Notice NoticeTo(NoticeKind kind, const Account& account, const std::vector<OwnedPhone>& phones);

}  // namespace tc::identity
