#pragma once

// Who is told what when a recovery changes (L11, NTF-01): what the rows it took say. Names only: addresses
// and words are looked up when the notice is sent.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// Numbers are stored in outbox rows; never reused.
enum class NoticeKind {
  kStarted = 1,
  kAwaitingContact = 2,
  kApproved = 3,
  kRejected = 4,
  kEnded = 5,
  kCompleted = 6,
  kReminder = 7,
  kHeld = 8,
  kInPerson = 9,
  kFraud = 10,
  kActionConfirmed = 11,  // a purpose other than the password
};

struct Notice {
  NoticeKind kind = NoticeKind::kStarted;
  PublicId recovery;
  AccountId receiver;
  AccountId about;  // whose masked name the words mention; empty: nobody's
  friend bool operator==(const Notice&, const Notice&) = default;

  std::string Encode() const;
  static absl::StatusOr<Notice> Decode(absl::string_view text);  // DATA_LOSS
};

// One for each notice effect of the rows that `after` took, and each receiver there is. None for a decoy or
// for a claim that was never proved.
std::vector<Notice> NoticesFor(const Recovery& after);

// The contact has still to answer.
Notice ReminderOf(const Recovery& recovery);
// When he is reminded: at 50 and 90 % of the time that he has since he was asked (NTF-07: with the asking
// itself that makes three messages).
std::vector<absl::Time> RemindersOf(const Recovery& asked);

// Whether it carries the way to say "this was not me": to the principal, while there is something to stop.
bool HasNotMeWay(const Notice& notice, const AccountId& principal);

}  // namespace tc::recovery
