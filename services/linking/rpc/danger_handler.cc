// ReportDanger: the contact says that his principal is being deceived at this moment (L10). Nothing of the
// principal's can be changed then until the freeze is over: the contact here, the account at identity.

#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/rpc/handlers.h"

namespace tc::linking {

absl::StatusOr<pb::DangerReport> Handlers::ReportDanger(const rpc::Call& call,
                                                        const pb::ReportDangerRequest& in) {
  const LinkId id = TRY(LinkId::ParseName(in.name()));
  return parts_.once.Run<pb::DangerReport>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::DangerReport> {
    const AccountId principal = TRY(links().Get(txn, id)).link.principal;
    Protection protection = TRY(links().ProtectionOf(txn, principal));
    // A removal that is due is over before the freeze begins.
    TRY(SettleLink(txn, parts_.stores, protection, call.now));
    LinkRow row = TRY(links().Get(txn, id));
    if (row.link.contact != call.person->account) return NotFound("link");
    row.link = TRY(linking::ReportDanger(std::move(row.link), protection, parts_.policy, call.now));
    TRY(Record(txn, parts_.stores, row, protection, call.now));
    TRY(links().SaveProtection(txn, protection));
    return ToProto(row.link, protection);
  });
}

}  // namespace tc::linking
