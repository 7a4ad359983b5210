#include "services/recovery/domain/notice.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tc::recovery {
namespace {

Notice ToPrincipal(const Recovery& recovery, NoticeKind kind) {
  return {kind, recovery.id, recovery.principal, recovery.contact};
}

Notice ToContact(const Recovery& recovery, NoticeKind kind) {
  return {kind, recovery.id, recovery.contact, recovery.principal};
}

void Both(const Recovery& recovery, NoticeKind kind, std::vector<Notice>& notices) {
  notices.push_back(ToPrincipal(recovery, kind));
  if (recovery.contact.has_value()) notices.push_back(ToContact(recovery, kind));
}

void Follow(const Recovery& after, Effect effect, std::vector<Notice>& notices) {
  const bool fraud = after.reject_reason == RejectReason::kFraud;
  switch (effect) {
    case Effect::kTellStarted:
      return notices.push_back(ToPrincipal(after, NoticeKind::kStarted));
    case Effect::kAskContact:
      return notices.push_back(ToContact(after, NoticeKind::kAwaitingContact));
    case Effect::kTellApproved:
      return notices.push_back(ToPrincipal(after, NoticeKind::kApproved));
    case Effect::kTellRejected:
      return notices.push_back(ToPrincipal(after, fraud ? NoticeKind::kFraud : NoticeKind::kRejected));
    case Effect::kTellHeld:
      return Both(after, NoticeKind::kHeld, notices);
    case Effect::kTellInPerson:
      return Both(after, NoticeKind::kInPerson, notices);
    case Effect::kTellEnded:
      return Both(after, NoticeKind::kEnded, notices);
    case Effect::kTellCompleted:
      return Both(after,
                  after.purpose == Purpose::kPassword ? NoticeKind::kCompleted : NoticeKind::kActionConfirmed,
                  notices);
    case Effect::kCancelOwnCode:
    case Effect::kCancelContactCode:
    case Effect::kFreezeOnFraud:
    case Effect::kEventAwaitingContact:
    case Effect::kEventHeld:
    case Effect::kEventInPerson:
    case Effect::kEventApproved:
    case Effect::kEventRejected:
    case Effect::kEventCompleted:
    case Effect::kEventEnded:
      return;
  }
}

}  // namespace

std::string Notice::Encode() const {
  return absl::StrCat(static_cast<int>(kind), "|", recovery.text(), "|", receiver.text(), "|", about.text());
}

absl::StatusOr<Notice> Notice::Decode(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '|');
  int kind = 0;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &kind) || kind < 1 ||
      kind > static_cast<int>(NoticeKind::kActionConfirmed)) {
    return absl::DataLossError("an unreadable notice");
  }
  Notice notice;
  notice.kind = static_cast<NoticeKind>(kind);
  notice.recovery = PublicId::FromTrusted(parts[1]);
  notice.receiver = AccountId::FromTrusted(parts[2]);
  notice.about = AccountId::FromTrusted(parts[3]);
  return notice;
}

std::vector<Notice> NoticesFor(const Recovery& after) {
  std::vector<Notice> notices;
  if (after.decoy || !IsProved(after)) return notices;
  for (const RecoveryTransition& row : after.taken) {
    for (const Effect effect : kAllEffects) {
      if (row.effects.Has(effect)) Follow(after, effect, notices);
    }
  }
  return notices;
}

Notice ReminderOf(const Recovery& recovery) { return ToContact(recovery, NoticeKind::kReminder); }

std::vector<absl::Time> RemindersOf(const Recovery& asked) {
  const absl::Duration left = asked.expires_at - asked.asked_at;
  return {asked.asked_at + left / 2, asked.asked_at + left / 10 * 9};
}

bool HasNotMeWay(const Notice& notice, const AccountId& principal) {
  if (notice.receiver != principal) return false;
  switch (notice.kind) {
    case NoticeKind::kStarted:
    case NoticeKind::kApproved:
    case NoticeKind::kHeld:
    case NoticeKind::kInPerson:
      return true;
    case NoticeKind::kAwaitingContact:
    case NoticeKind::kRejected:
    case NoticeKind::kEnded:
    case NoticeKind::kCompleted:
    case NoticeKind::kReminder:
    case NoticeKind::kFraud:
    case NoticeKind::kActionConfirmed:
      return false;
  }
  return false;
}

}  // namespace tc::recovery
