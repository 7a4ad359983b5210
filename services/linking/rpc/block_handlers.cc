// Senders whom a contact does not want to hear of.

#include "common/base/status.h"
#include "services/linking/rpc/cut.h"
#include "services/linking/rpc/handlers.h"

namespace tc::linking {

absl::StatusOr<pb::ListBlockedSendersResponse> Handlers::ListBlockedSenders(
    const rpc::Call& call, const pb::ListBlockedSendersRequest& in) {
  const AccountId& contact = call.person->account;
  const std::string list = absl::StrCat("blockedSenders/", contact.text());
  const rpc::Page page = TRY(parts_.pager.Parse(in.page_size(), in.page_token(), list));
  std::vector<ListedBlock> rows;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    rows = TRY(blocks().List(txn, contact, page.after, page.size + 1));
    return absl::OkStatus();
  }));
  pb::ListBlockedSendersResponse out;
  out.set_next_page_token(CutToPage(rows, page, parts_.pager, list));
  for (const ListedBlock& listed : rows) {
    *out.add_blocked_senders() = ToProto(listed.row.block, TRY(blocks().Open(listed.row)));
  }
  return out;
}

absl::StatusOr<pb::UnblockSenderResponse> Handlers::UnblockSender(const rpc::Call& call,
                                                                  const pb::UnblockSenderRequest& in) {
  const BlockId id = TRY(BlockId::ParseName(in.name()));
  return parts_.once.Run<pb::UnblockSenderResponse>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::UnblockSenderResponse> {
        TRY(blocks().Erase(txn, call.person->account, id));
        TRY(EnterUnblock(txn, call.person->account, id, call.now));
        return pb::UnblockSenderResponse();
      });
}

}  // namespace tc::linking
