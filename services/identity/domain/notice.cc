#include "services/identity/domain/notice.h"

namespace tc::identity {

Notice NoticeTo(NoticeKind kind, const Account& account, const std::vector<OwnedPhone>& phones) {
  Notice notice;
  notice.kind = kind;
  notice.account = account.id;
  notice.locale = account.locale;
  if (const OwnedPhone* main = MainPhone(phones)) notice.phones.push_back(main->number);
  if (account.email.has_value()) notice.emails.push_back(account.email);
  return notice;
}

}  // namespace tc::identity
