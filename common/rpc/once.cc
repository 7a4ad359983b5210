#include "common/rpc/once.h"

#include <utility>
#include <vector>

#include "common/base/refusal.h"
#include "common/kv/key.h"

namespace tc::rpc {
namespace {

// once · role · peer · person · method · request id → time · fingerprint · sealed answer
// once_at · time · key of the record                → (empty): what Sweep walks
constexpr char kRecords[] = "once";
constexpr char kByTime[] = "once_at";

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

absl::StatusOr<std::string> KeyOf(const Call& call) {
  if (call.request_id.empty()) {
    return Refuse(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing,
                  "the request needs a request_id");
  }
  const std::string person = call.person.has_value() ? call.person->account.text() : "";
  return kv::Key(kRecords)
      .U64(static_cast<uint64_t>(call.peer.role))
      .Str(call.peer.name)
      .Str(person)
      .Str(call.method)
      .Str(call.request_id)
      .bytes();
}

std::string TimeKey(absl::Time at, absl::string_view key) {
  return kv::Key(kByTime).Time(at).Str(key).bytes();
}

// An entry of once_at, and what it leads to.
struct Entry {
  std::string time_key;
  absl::Time at;
  std::string key;
};

bool Decode(absl::string_view bytes, Entry& entry) {
  std::string table;
  kv::KeyReader reader(bytes);
  entry.time_key = std::string(bytes);
  return reader.Str(table) && reader.Time(entry.at) && reader.Str(entry.key) && reader.done();
}

absl::StatusOr<std::vector<Entry>> EntriesBefore(kv::ReadTxn& txn, absl::Time end, int limit) {
  std::vector<Entry> entries;
  const auto visit = [&](absl::string_view bytes, absl::string_view) {
    if (static_cast<int>(entries.size()) >= limit) return false;
    if (!Decode(bytes, entries.emplace_back())) entries.pop_back();
    return true;
  };
  TRY(txn.Scan(kv::Key(kByTime).bytes(), kv::Key(kByTime).Time(end).bytes(), visit));
  return entries;
}

}  // namespace

absl::StatusOr<std::optional<std::string>> Once::RecallIn(kv::ReadTxn& txn, const Call& call) const {
  const std::string key = TRY(KeyOf(call));
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

absl::Status Once::RememberIn(kv::Txn& txn, const Call& call, absl::string_view answer) const {
  const std::string key = TRY(KeyOf(call));
  TRY(txn.Put(key, Encode({call.now, call.fingerprint, sealer_.Seal(answer, key)})));
  return txn.Put(TimeKey(call.now, key), "");
}

absl::StatusOr<int> Once::Sweep(absl::Time now, int limit) const {
  int removed = 0;
  TRY(database_->Update([&](kv::Txn& txn) -> absl::Status {
    removed = 0;
    for (const Entry& entry : TRY(EntriesBefore(txn, now - kKept, limit))) {
      TRY(txn.Delete(entry.time_key));
      const std::optional<std::string> bytes = TRY(txn.Get(entry.key));
      if (!bytes.has_value()) continue;
      const absl::StatusOr<Record> record = Decode(*bytes);
      // Made anew since: it has a later entry of its own.
      if (record.ok() && record->at != entry.at) continue;
      TRY(txn.Delete(entry.key));
      ++removed;
    }
    return absl::OkStatus();
  }));
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

absl::Status Once::Update(const Call& call, std::string& answer,
                          absl::FunctionRef<absl::StatusOr<std::string>(kv::Txn& txn)> decide) const {
  return database_
      ->Update([&](kv::Txn& txn) -> absl::Status {
        const std::optional<std::string> earlier = TRY(RecallIn(txn, call));
        if (earlier.has_value()) {
          answer = *earlier;
          return absl::OkStatus();
        }
        answer = TRY(decide(txn));
        return RememberIn(txn, call, answer);
      })
      .status();
}

absl::Status Once::Unreadable() { return absl::DataLossError("an earlier answer cannot be read"); }

}  // namespace tc::rpc
