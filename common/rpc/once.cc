#include "common/rpc/once.h"

#include <utility>
#include <vector>

#include "common/base/refusal.h"
#include "common/crypto/hmac.h"
#include "common/kv/key.h"

namespace tc::rpc {
namespace {

// once · hash of (role, peer, person, method, request id) → time · fingerprint · sealed answer
constexpr char kRecords[] = "once";

struct Record {
  absl::Time at;
  std::string fingerprint;
  std::string sealed;
};

// Components of a key are self-delimiting, and so make a record.
std::string Encode(const Record& record) {
  return kv::Key().Time(record.at).Str(record.fingerprint).Str(record.sealed).bytes();
}

absl::StatusOr<Record> Decode(absl::string_view bytes) {
  Record record;
  kv::KeyReader reader(bytes);
  if (!reader.Time(record.at) || !reader.Str(record.fingerprint) || !reader.Str(record.sealed) ||
      !reader.done()) {
    return absl::DataLossError("the record of an earlier answer cannot be read");
  }
  return record;
}

// Longer ago than an answer is kept. What cannot be read is not for a sweeper to judge.
bool IsStale(absl::string_view bytes, absl::Time now) {
  const absl::StatusOr<Record> record = Decode(bytes);
  return record.ok() && now - record->at > Once::kKept;
}

}  // namespace

absl::StatusOr<std::string> Once::KeyOf(const Call& call) {
  if (call.request_id.empty()) {
    return Refuse(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing,
                  "the request needs a request_id");
  }
  const std::string person = call.person.has_value() ? call.person->account.text() : "";
  const std::string scope = kv::Key()
                                .U64(static_cast<uint64_t>(call.peer.role))
                                .Str(call.peer.name)
                                .Str(person)
                                .Str(call.method)
                                .Str(call.request_id)
                                .bytes();
  // Hashed, since every mutation writes this key: the scope is five times as long.
  return kv::Key(kRecords).Str(crypto::Sha256(scope)).bytes();
}

absl::StatusOr<std::optional<std::string>> Once::RecallIn(kv::ReadTxn& txn, const Call& call) const {
  return RecallAt(txn, TRY(KeyOf(call)), call);
}

absl::StatusOr<std::optional<std::string>> Once::RecallAt(kv::ReadTxn& txn, const std::string& key,
                                                          const Call& call) const {
  const std::optional<std::string> bytes = TRY(txn.Get(key));
  if (!bytes.has_value()) return std::optional<std::string>();
  const Record record = TRY(Decode(*bytes));
  if (call.now - record.at > kKept) return std::optional<std::string>();
  if (record.fingerprint != call.fingerprint) {
    return Refuse(absl::StatusCode::kInvalidArgument, Reason::kRequestIdReused,
                  "this request_id was used for a request with other content");
  }
  return std::optional<std::string>(TRY(sealer_.Open(record.sealed, key)));
}

absl::Status Once::RememberAt(kv::Txn& txn, const std::string& key, const Call& call,
                              absl::string_view answer) const {
  return txn.Put(key, Encode({call.now, call.fingerprint, sealer_.Seal(answer, key)}));
}

absl::StatusOr<int> Once::Sweep(absl::Time now, int limit, std::string& cursor) const {
  const std::string begin = cursor.empty() ? kv::Key(kRecords).bytes() : cursor;
  std::vector<std::string> stale;
  std::string next;
  TRY(database_->View([&](kv::ReadTxn& txn) -> absl::Status {
    int seen = 0;
    return txn.Scan(begin, kv::Key(kRecords).End(), [&](absl::string_view key, absl::string_view value) {
      if (seen++ == limit) {
        next = std::string(key);
        return false;
      }
      if (IsStale(value, now)) stale.emplace_back(key);
      return true;
    });
  }));
  int removed = 0;
  if (!stale.empty()) {
    TRY(database_->Update([&](kv::Txn& txn) -> absl::Status {
      removed = 0;
      for (const std::string& key : stale) {
        const std::optional<std::string> bytes = TRY(txn.Get(key));
        if (!bytes.has_value() || !IsStale(*bytes, now)) continue;  // made anew since
        TRY(txn.Delete(key));
        ++removed;
      }
      return absl::OkStatus();
    }));
  }
  cursor = next;
  return removed;
}

absl::StatusOr<std::optional<std::string>> Once::Recall(const Call& call) const {
  std::optional<std::string> answer;
  TRY(database_->View([&](kv::ReadTxn& txn) -> absl::Status {
    answer = TRY(RecallIn(txn, call));
    return absl::OkStatus();
  }));
  return answer;
}

absl::Status Once::Unreadable() { return absl::DataLossError("an earlier answer cannot be read"); }

}  // namespace tc::rpc
