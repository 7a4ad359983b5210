// A recovery of purpose PHONE_CHANGE permits one change of the main number (R13).

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/identity/domain/guarded.h"
#include "services/identity/rpc/convert_peers.h"
#include "services/identity/rpc/phone_handlers.h"

namespace tc::identity {

absl::StatusOr<pb::PhoneChangePermit> PhoneHandlers::PermitPhoneChange(
    const rpc::Call& call, const pb::PermitPhoneChangeRequest& in) {
  if (std::optional<pb::PhoneChangePermit> earlier = TRY(desk_.once.Replay<pb::PhoneChangePermit>(call)))
    return *std::move(earlier);
  const PermitOrder order = TRY(Parse(in, call.now));
  return desk_.once.Run<pb::PhoneChangePermit>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::PhoneChangePermit> {
        const Account before = TRY(desk_.accounts.Get(txn, order.account));
        const Account account = TRY(desk_.accounts.Update(
            txn, TRY(identity::PermitPhoneChange(before, order.until, call.now)), call.now));
        const absl::Time until = *account.phone_permit_until;
        TRY(desk_.Record(txn, call, account, "PhoneChangePermitted",
                         {{"permitted_until", absl::StrCat(absl::ToUnixMicros(until))}}));
        pb::PhoneChangePermit out;
        out.set_account(account.id.Name());
        SetTime(out.mutable_expire_time(), until);
        return out;
      });
}

}  // namespace tc::identity
