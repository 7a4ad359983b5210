// Notices of linking and recovery to people (L11, NTF-01).

#include "services/identity/rpc/notice_handlers.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "services/identity/rpc/convert_peers.h"
#include "services/identity/rpc/zones.h"
#include "services/identity/store/notices.h"

namespace tc::identity {

absl::StatusOr<pb::NotifyPersonResponse> NoticeHandlers::NotifyPerson(const rpc::Call& call,
                                                                      const pb::NotifyPersonRequest& in) {
  const PeerNotice order = TRY(Parse(in));
  return desk_.once.Run<pb::NotifyPersonResponse>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::NotifyPersonResponse> {
        pb::NotifyPersonResponse out;
        const std::optional<Account> account = TRY(desk_.accounts.Find(txn, order.account));
        if (!account.has_value() || account->deleted) return out;
        // Whatever stands against the account: who is frozen or locked out needs to know most.
        Notice notice = NoticeTo(order.kind, *account, TRY(desk_.phones.List(txn, account->id)));
        notice.masked_person = order.masked_person;
        notice.link = order.link;
        // The caller's request makes it, so that it is sent once, however long he repeats himself.
        notice.id = crypto::DerivedUuid({"notify-person", call.peer.name, call.request_id});
        out.set_told(notice.HasRecipients());
        const SecuritySettings settings = TRY(desk_.preferences.Get(txn, account->id));
        const Delivery delivery =
            AsChosen(std::move(notice), settings, ZoneOf(settings, desk_.zone), call.now);
        TRY(EnqueueNotice(txn, desk_.vault, delivery.notice, call.now, delivery.not_before));
        return out;
      });
}

}  // namespace tc::identity
