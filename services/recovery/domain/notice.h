#pragma once

// Who is told what when a recovery changes (L11). Names only: addresses and words are looked up when the
// notice is sent.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// Kinds of outbox rows. The payload of the first is a Notice, of the second the id of a verification.
inline constexpr char kNoticeRow[] = "notify";
inline constexpr char kCancelVerificationRow[] = "cancel_verification";

// Numbers are stored in outbox rows; never reused.
enum class NoticeKind {
  kStarted = 1,
  kAwaitingContact = 2,
  kApproved = 3,
  kRejected = 4,
  kEnded = 5,
  kCompleted = 6
};

struct Notice {
  std::string id;  // the same for the same event and receiver
  NoticeKind kind = NoticeKind::kStarted;
  AccountId receiver;
  AccountId about;  // whose masked name the words mention; empty: nobody's
  friend bool operator==(const Notice&, const Notice&) = default;

  std::string Encode() const;
  static absl::StatusOr<Notice> Decode(absl::string_view text);  // DATA_LOSS
};

// Notices for a change of state; none when the state is the same, none for a decoy or an unproved claim.
std::vector<Notice> NoticesFor(const Recovery& before, const Recovery& after);

}  // namespace tc::recovery
