#include "services/recovery/domain/notice.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tc::recovery {
namespace {

Notice Make(const Recovery& recovery, NoticeKind kind, bool to_contact) {
  Notice notice;
  notice.id = absl::StrCat(recovery.id.text(), "-", recovery.version, to_contact ? "-c" : "-p",
                           static_cast<int>(kind));
  notice.kind = kind;
  notice.receiver = to_contact ? recovery.contact : recovery.principal;
  // The contact is told who asks; the principal knows who he is.
  notice.about = to_contact ? recovery.principal : recovery.contact;
  return notice;
}

// What both sides, or the principal alone, learn of entering this state.
std::optional<NoticeKind> KindOf(State state) {
  switch (state) {
    case State::kApproved:
      return NoticeKind::kApproved;
    case State::kCompleted:
      return NoticeKind::kCompleted;
    case State::kRejected:
      return NoticeKind::kRejected;
    case State::kHeld:
    case State::kExpired:
    case State::kCancelled:
    case State::kLocked:
      return NoticeKind::kEnded;
    case State::kAwaitingOwnCode:
    case State::kAwaitingContact:
    case State::kContactCodeSent:
    case State::kInPerson:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string Notice::Encode() const {
  return absl::StrCat(id, "|", static_cast<int>(kind), "|", receiver.text(), "|", about.text());
}

absl::StatusOr<Notice> Notice::Decode(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '|');
  int kind = 0;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[1], &kind) || kind < 1 || kind > 6) {
    return absl::DataLossError("an unreadable notice");
  }
  Notice notice;
  notice.id = parts[0];
  notice.kind = static_cast<NoticeKind>(kind);
  notice.receiver = AccountId::FromTrusted(parts[2]);
  notice.about = AccountId::FromTrusted(parts[3]);
  return notice;
}

std::vector<Notice> NoticesFor(const Recovery& before, const Recovery& after) {
  std::vector<Notice> notices;
  if (after.decoy || before.state == after.state || !IsProved(after)) return notices;
  const bool assigned = after.contact.has_value();
  if (!IsProved(before)) notices.push_back(Make(after, NoticeKind::kStarted, false));
  if (after.state == State::kAwaitingContact && before.state != State::kHeld) {
    notices.push_back(Make(after, NoticeKind::kAwaitingContact, true));
  }
  const std::optional<NoticeKind> kind = KindOf(after.state);
  if (!kind.has_value()) return notices;
  // A grant without a contact comes at once in answer to the code: the start is told, the approval is nobody
  // else's.
  if (*kind == NoticeKind::kApproved && !assigned) return notices;
  notices.push_back(Make(after, *kind, false));
  const bool both = *kind == NoticeKind::kEnded || *kind == NoticeKind::kCompleted;
  if (both && assigned) notices.push_back(Make(after, *kind, true));
  return notices;
}

}  // namespace tc::recovery
