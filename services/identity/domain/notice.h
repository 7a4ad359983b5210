#pragma once

// Notice: what the owner of an account is told on all his addresses (L11, NTF-01). A value that waits in the
// outbox; sealed there, since it holds addresses as they were when it happened (NTF-04). This service's own
// tell what happened to the account; those of its peers what happens in linking and recovery.

#include <optional>
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
  // The peers': kPeersNotices and the number of the contract's template.
  kInvitationReceived = 101,
  kContactLinked = 102,
  kPrincipalLinked = 103,
  kInvitationEnded = 104,
  kContactRemoved = 105,
  kContactResigned = 106,
  kContactSuspended = 107,
  kContactReminder = 108,
  kDangerReported = 109,
  kRecoveryStarted = 110,
  kRecoveryAwaitingContact = 111,
  kRecoveryApproved = 112,
  kRecoveryRejected = 113,
  kRecoveryEnded = 114,
  kRecoveryCompleted = 115,
  kRecoveryReminder = 132,
  kRecoveryHeld = 133,
  kRecoveryInPerson = 134,
  kRecoveryFraud = 135,
  kInvitationSent = 136,
  kContactRemovalPending = 137,
  kContactResumed = 138,
  kActionConfirmed = 139,
};
inline constexpr int kPeersNotices = 100;

inline bool IsPeers(NoticeKind kind) { return static_cast<int>(kind) > kPeersNotices; }
// The peers' notice with this number of the contract; nullopt when the template is none of theirs.
std::optional<NoticeKind> PeersKind(int template_number);

// Security notices ignore hours and switches (O8): all but the warning that a password gets too old,
// invitations and the yearly reminder.
bool IsSecurity(NoticeKind kind);
// It tells of a recovery that can still be stopped (NTF-02).
bool MayHoldLink(NoticeKind kind);

struct Notice {
  NoticeKind kind = NoticeKind::kPasswordChanged;
  AccountId account;
  std::vector<Phone> phones;
  std::vector<Email> emails;
  std::string locale;
  std::string
      masked_address;  // of the new address, for kPhoneChanged, kPhoneChangeScheduled and kEmailChanged
  std::string masked_person;  // of a peer's: the other side
  std::string link;           // of a peer's: where the receiver can stop it
  std::string id;  // under which it is sent once, however often it is enqueued; empty: that of its row
  friend bool operator==(const Notice&, const Notice&) = default;

  bool HasRecipients() const { return !phones.empty() || !emails.empty(); }
};

// To the bound main number and the confirmed e-mail address; an invitation to the latter only (L3).
Notice NoticeTo(NoticeKind kind, const Account& account, const std::vector<OwnedPhone>& phones);

}  // namespace tc::identity
