#include "services/linking/store/block_store.h"

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/store/codec.h"
#include "services/linking/store/list.h"

namespace tc::linking {
namespace {

const kv::Table<BlockRow> kBlocks{"block"};
const kv::Table<std::string> kPairs{"block_pair"};
const kv::Table<std::string> kSenders{"block_sender"};  // the contact

std::string Context(const BlockId& id) { return absl::StrCat("block/", id.text(), "/principal"); }

kv::Key Place(const AccountId& contact, const BlockId& id) {
  return kBlocks.At().Str(contact.text()).Str(id.text());
}
kv::Key Pair(const AccountId& contact, const AccountId& principal) {
  return kPairs.At().Str(contact.text()).Str(principal.text());
}

kv::Key Sender(const AccountId& principal, const AccountId& contact) {
  return kSenders.At().Str(principal.text()).Str(contact.text());
}

}  // namespace

std::string BlockStore::Seal(const BlockId& id, absl::string_view masked_principal) const {
  return sealer_.Seal(masked_principal, Context(id));
}

absl::StatusOr<std::string> BlockStore::Open(const BlockRow& row) const {
  return sealer_.Open(row.sealed_name, Context(row.block.id));
}

absl::StatusOr<bool> BlockStore::IsBlocked(kv::ReadTxn& txn, const AccountId& contact,
                                           const AccountId& principal) const {
  return TRY(kPairs.Find(txn, Pair(contact, principal))).has_value();
}

absl::Status BlockStore::Insert(kv::Txn& txn, const BlockRow& row) const {
  const Block& block = row.block;
  if (TRY(IsBlocked(txn, block.contact, block.principal))) return absl::OkStatus();
  TRY(kPairs.Put(txn, Pair(block.contact, block.principal), block.id.text()));
  TRY(kSenders.Put(txn, Sender(block.principal, block.contact), block.contact.text()));
  return kBlocks.Put(txn, Place(block.contact, block.id), row);
}

absl::Status BlockStore::Erase(kv::Txn& txn, const AccountId& contact, const BlockId& id) const {
  const std::optional<BlockRow> row = TRY(kBlocks.Find(txn, Place(contact, id)));
  if (!row.has_value()) return NotFound("blocked sender");
  TRY(kPairs.Delete(txn, Pair(contact, row->block.principal)));
  TRY(kSenders.Delete(txn, Sender(row->block.principal, contact)));
  return kBlocks.Delete(txn, Place(contact, id));
}

absl::StatusOr<std::vector<ListedBlock>> BlockStore::List(kv::ReadTxn& txn, const AccountId& contact,
                                                          absl::string_view after, size_t limit) const {
  std::vector<ListedBlock> rows;
  if (limit == 0) return rows;
  TRY(kBlocks.Scan(txn, kBlocks.At().Str(contact.text()), after, [&](absl::string_view key, BlockRow row) {
    rows.push_back({std::string(key), std::move(row)});
    return rows.size() < limit;
  }));
  return rows;
}

absl::StatusOr<std::vector<Block>> BlockStore::Against(kv::ReadTxn& txn, const AccountId& principal,
                                                       size_t limit) const {
  std::vector<Block> blocks;
  for (const IndexEntry& entry :
       TRY(ReadIndex(txn, kSenders, kSenders.At().Str(principal.text()), "", limit))) {
    const AccountId contact = AccountId::FromTrusted(entry.id);
    const std::optional<std::string> id = TRY(kPairs.Find(txn, Pair(contact, principal)));
    if (!id.has_value()) return absl::DataLossError("a list names a block that is absent");
    const std::optional<BlockRow> row = TRY(kBlocks.Find(txn, Place(contact, BlockId::FromTrusted(*id))));
    if (!row.has_value()) return absl::DataLossError("a list names a block that is absent");
    blocks.push_back(row->block);
  }
  return blocks;
}

}  // namespace tc::linking
