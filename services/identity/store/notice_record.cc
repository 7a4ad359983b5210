#include "services/identity/store/notice_record.h"

#include <cstdint>
#include <optional>

namespace tc::identity::store {
namespace {

std::optional<NoticeKind> KindOf(int32_t number) {
  if (number > kPeersNotices) return PeersKind(number - kPeersNotices);
  if (!IsAmong(number, NoticeKind::kPasswordChanged, NoticeKind::kPasswordChangeRequired)) return {};
  return static_cast<NoticeKind>(number);
}

}  // namespace

rec::NoticeRecord RecordOf(const Notice& notice) {
  rec::NoticeRecord r;
  r.set_kind(static_cast<int>(notice.kind));
  r.set_account(notice.account.text());
  for (const Phone& phone : notice.phones) r.add_phones(phone.e164());
  for (const Email& email : notice.emails) r.add_emails(email.address());
  r.set_locale(notice.locale);
  r.set_masked_address(notice.masked_address);
  r.set_masked_person(notice.masked_person);
  r.set_link(notice.link);
  r.set_id(notice.id);
  return r;
}

absl::StatusOr<Notice> FromRecord(const AccountId& account, const rec::NoticeRecord& r) {
  const std::optional<NoticeKind> kind = KindOf(r.kind());
  if (!kind.has_value() || r.account() != account.text()) return Unreadable("NoticeRecord");
  Notice notice;
  notice.kind = *kind;
  notice.account = account;
  for (const std::string& phone : r.phones()) notice.phones.push_back(Phone::FromTrusted(phone));
  for (const std::string& email : r.emails()) notice.emails.push_back(Email::FromTrusted(email));
  notice.locale = r.locale();
  notice.masked_address = r.masked_address();
  notice.masked_person = r.masked_person();
  notice.link = r.link();
  notice.id = r.id();
  return notice;
}

}  // namespace tc::identity::store
