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
  kEmailChanged = 6,
  kPhoneChangeScheduled = 7,
  kSignInNewDevice = 8,
  kSecondFactorChanged = 9,
  kPasswordExpires = 10,
  kAccountDeleted = 11,
  kAccountUnlocked = 12,
  kAccountBlocked = 13,
  kAccountUnblocked = 14,
  kPersonalDataChanged = 15,
  kPasswordChangeRequired = 16,
};

// Security notices ignore hours and switches (O8); all but the warning that a password gets too old.
inline bool IsSecurity(NoticeKind kind) { return kind != NoticeKind::kPasswordExpires; }

struct Notice {
  NoticeKind kind = NoticeKind::kPasswordChanged;
  AccountId account;
  std::vector<Phone> phones;
  std::vector<Email> emails;
  std::string locale;
  std::string
      masked_address;  // of the new address, for kPhoneChanged, kPhoneChangeScheduled and kEmailChanged
  friend bool operator==(const Notice&, const Notice&) = default;

  bool HasRecipients() const { return !phones.empty() || !emails.empty(); }
};

// To the bound main number and the confirmed e-mail address.
Notice NoticeTo(NoticeKind kind, const Account& account, const std::vector<OwnedPhone>& phones);

}  // namespace tc::identity
