#include "services/identity/domain/notice.h"

namespace tc::identity {

std::optional<NoticeKind> PeersKind(int template_number) {
  const bool theirs = (template_number >= 1 && template_number <= 15) ||  // INVITATION_RECEIVED …
                      (template_number >= 32 && template_number <= 39);   // RECOVERY_REMINDER …
  if (!theirs) return std::nullopt;
  return static_cast<NoticeKind>(kPeersNotices + template_number);
}

bool IsSecurity(NoticeKind kind) {
  return kind != NoticeKind::kPasswordExpires && kind != NoticeKind::kContactReminder &&
         kind != NoticeKind::kInvitationReceived && kind != NoticeKind::kInvitationSent &&
         kind != NoticeKind::kInvitationEnded;
}

bool MayHoldLink(NoticeKind kind) {
  return kind == NoticeKind::kRecoveryStarted || kind == NoticeKind::kRecoveryApproved ||
         kind == NoticeKind::kRecoveryHeld || kind == NoticeKind::kRecoveryInPerson;
}

Notice NoticeTo(NoticeKind kind, const Account& account, const std::vector<OwnedPhone>& phones) {
  Notice notice;
  notice.kind = kind;
  notice.account = account.id;
  notice.locale = account.locale;
  const OwnedPhone* main = MainPhone(phones);
  if (main != nullptr && kind != NoticeKind::kInvitationReceived) notice.phones.push_back(main->number);
  if (account.email.has_value()) notice.emails.push_back(account.email);
  return notice;
}

}  // namespace tc::identity
