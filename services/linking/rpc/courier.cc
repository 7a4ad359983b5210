#include "services/linking/rpc/courier.h"

#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/linking/rpc/erasure.h"
#include "services/linking/rpc/recheck.h"

namespace tc::linking {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

absl::Status Notify(const Outbox& outbox, IdentityPeer& identity, const kv::OutboxRow& row,
                    absl::Time deadline) {
  const Notice notice = TRY(outbox.NoticeFrom(row));
  if (!notice.receiver.has_value()) return absl::OkStatus();
  return identity.Notify(notice, row.request_id, deadline);
}

absl::Status Freeze(const Outbox& outbox, IdentityPeer& identity, const kv::OutboxRow& row,
                    absl::Time deadline) {
  const FreezeOrder order = TRY(outbox.FreezeFrom(row));
  const absl::Status frozen = identity.Freeze(order.account, order.until, row.request_id, deadline);
  if (!absl::IsFailedPrecondition(frozen) && !absl::IsNotFound(frozen)) return frozen;
  obs::Warning("identity does not freeze an account", {{"account", order.account.text()}});
  return absl::OkStatus();
}

}  // namespace

std::map<std::string, kv::OutboxHandler> OutboxHandlers(kv::Database& database, const Stores& stores,
                                                        IdentityPeer& identity, const Clock& clock) {
  return {
      {kNotify,
       [&](const kv::OutboxRow& row) {
         return Notify(stores.outbox, identity, row, clock.Now() + kPatience);
       }},
      {kFreezeAccount,
       [&](const kv::OutboxRow& row) {
         return Freeze(stores.outbox, identity, row, clock.Now() + kPatience);
       }},
      {kRecheckLink, RecheckHandler(database, stores, identity, clock)},
      {kErasePerson, ErasureHandler(database, stores, clock)},
  };
}

}  // namespace tc::linking
