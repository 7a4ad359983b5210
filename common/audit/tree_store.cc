#include "common/audit/tree_store.h"

#include "common/base/status.h"
#include "common/kv/key.h"

namespace tc::audit {
namespace {

kv::Key EntryKey() { return kv::Key("audit-entry"); }
kv::Key NodeKey(const NodeId& id) {
  return kv::Key("audit-node").U64(static_cast<uint64_t>(id.level)).U64(id.index);
}
kv::Key NoteKey() { return kv::Key("audit-checkpoint"); }
const std::string& HeadKey() {
  static const auto& key = *new std::string(kv::Key("audit-head").bytes());
  return key;
}

absl::Status Unreadable() { return absl::DataLossError("the audit log cannot be read"); }

bool ReadNumber(absl::string_view key, uint64_t& number) {
  kv::KeyReader reader(key);
  std::string table;
  return reader.Str(table) && reader.U64(number) && reader.done();
}

// Size as a key's integer, then the hash.
std::string Encode(const Head& head) { return kv::Key().U64(head.size).bytes() + head.last_leaf; }

absl::StatusOr<std::optional<StoredNote>> Last(kv::ReadTxn& txn, const std::string& end) {
  std::optional<StoredNote> found;
  bool readable = true;
  TRY(txn.ScanReverse(NoteKey().bytes(), end, [&](absl::string_view key, absl::string_view value) {
    found = StoredNote{0, std::string(value)};
    readable = ReadNumber(key, found->size);
    return false;
  }));
  if (!readable) return Unreadable();
  return found;
}

}  // namespace

absl::StatusOr<Head> FindHead(kv::ReadTxn& txn) {
  const std::optional<std::string> bytes = TRY(txn.Get(HeadKey()));
  Head head;
  if (!bytes.has_value()) return head;
  const size_t number = kv::Key().U64(0).bytes().size();
  kv::KeyReader reader(absl::string_view(*bytes).substr(0, number));
  if (bytes->size() != number + kHashBytes || !reader.U64(head.size) || head.size == 0) return Unreadable();
  head.last_leaf = bytes->substr(number);
  return head;
}

absl::Status AppendLeaf(kv::Txn& txn, const Head& head, absl::string_view leaf) {
  Hash hash = LeafHash(leaf);
  TRY(txn.Put(EntryKey().U64(head.size).bytes(), leaf));
  TRY(txn.Put(HeadKey(), Encode(Head{head.size + 1, hash})));
  const auto read = [&](const NodeId& id) -> absl::StatusOr<Hash> {
    return id.level == 0 ? head.last_leaf : ReadNodeAt(txn, id);
  };
  for (const Node& node : TRY(Append(head.size, std::move(hash), read))) {
    TRY(txn.Put(NodeKey(node.id).bytes(), node.hash));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> FindLeaf(kv::ReadTxn& txn, uint64_t number) {
  return txn.Get(EntryKey().U64(number).bytes());
}

absl::Status VisitLeaves(kv::ReadTxn& txn, uint64_t first,
                         absl::FunctionRef<bool(uint64_t, absl::string_view)> visit) {
  bool readable = true;
  TRY(txn.Scan(EntryKey().U64(first).bytes(), EntryKey().End(),
               [&](absl::string_view key, absl::string_view leaf) {
                 uint64_t number = 0;
                 readable = ReadNumber(key, number);
                 return readable && visit(number, leaf);
               }));
  return readable ? absl::OkStatus() : Unreadable();
}

absl::StatusOr<Hash> ReadNodeAt(kv::ReadTxn& txn, const NodeId& id) {
  const std::optional<std::string> hash = TRY(txn.Get(NodeKey(id).bytes()));
  if (!hash.has_value() || hash->size() != kHashBytes) return Unreadable();
  return *hash;
}

absl::Status PutNote(kv::Txn& txn, const StoredNote& note) {
  return txn.Put(NoteKey().U64(note.size).bytes(), note.note);
}

absl::StatusOr<std::optional<StoredNote>> NewestNote(kv::ReadTxn& txn) { return Last(txn, NoteKey().End()); }

absl::StatusOr<std::optional<StoredNote>> NoteAtOrBelow(kv::ReadTxn& txn, uint64_t size) {
  return Last(txn, NoteKey().U64(size).bytes() + '\0');
}

absl::Status VisitNotes(kv::ReadTxn& txn, uint64_t from_size,
                        absl::FunctionRef<bool(const StoredNote& note)> visit) {
  bool readable = true;
  TRY(txn.Scan(NoteKey().U64(from_size).bytes(), NoteKey().End(),
               [&](absl::string_view key, absl::string_view value) {
                 StoredNote note{0, std::string(value)};
                 readable = ReadNumber(key, note.size);
                 return readable && visit(note);
               }));
  return readable ? absl::OkStatus() : Unreadable();
}

}  // namespace tc::audit
