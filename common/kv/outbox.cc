#include "common/kv/outbox.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/key.h"
#include "common/kv/records.pb.h"

namespace tc::kv {
namespace {

using ::trustedcontact::kv::OutboxRecord;

// An expired row becomes due, so that it is dropped then.
absl::Time DueOf(const OutboxRecord& record) {
  return FromMicros(std::min(record.not_before_us(), record.expire_at_us()));
}

bool Decode(absl::string_view bytes, OutboxRecord& record) {
  return record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

OutboxRow ToRow(const Place& place, OutboxRecord record) {
  OutboxRow row;
  row.kind = std::move(*record.mutable_kind());
  row.payload = std::move(*record.mutable_payload());
  row.order_key = std::move(*record.mutable_order_key());
  row.not_before = FromMicros(record.not_before_us());
  row.expire_at = FromMicros(record.expire_at_us());
  row.id = RowId(place);
  row.request_id = std::move(*record.mutable_request_id());
  row.attempts = record.attempts();
  row.last_error = std::move(*record.mutable_last_error());
  row.dead = record.dead();
  return row;
}

absl::StatusOr<std::optional<OutboxRecord>> Load(ReadTxn& txn, const Place& place) {
  const std::optional<std::string> bytes = TRY(txn.Get(OutboxKey(place)));
  if (!bytes.has_value()) return std::optional<OutboxRecord>();
  OutboxRecord record;
  if (!Decode(*bytes, record)) return UnreadableRecord("outbox");
  return std::optional<OutboxRecord>(std::move(record));
}

absl::StatusOr<OutboxRecord> MustLoad(ReadTxn& txn, const Place& place) {
  std::optional<OutboxRecord> record = TRY(Load(txn, place));
  if (!record.has_value()) return UnreadableRecord("outbox index");
  return *std::move(record);
}

// The first waiting row of an order_key.
absl::StatusOr<std::optional<Place>> Head(ReadTxn& txn, absl::string_view order_key) {
  std::optional<Place> head;
  bool readable = true;
  const Range range = OutboxOrder(order_key);
  TRY(txn.Scan(range.begin, range.end, [&](absl::string_view key, absl::string_view) {
    readable = ReadPlace(key, head.emplace());
    return false;
  }));
  if (!readable) return UnreadableRecord("outbox order");
  return head;
}

absl::Status Line(Txn& txn, const Place& place, const OutboxRecord& record) {
  if (!record.order_key().empty()) {
    const std::optional<Place> head = TRY(Head(txn, record.order_key()));
    TRY(txn.Put(OutboxOrderKey(record.order_key(), place), ""));
    if (head.has_value() && *head < place) return absl::OkStatus();
    if (head.has_value()) TRY(txn.Delete(OutboxDueKey(DueOf(TRY(MustLoad(txn, *head))), *head)));
  }
  return txn.Put(OutboxDueKey(DueOf(record), place), "");
}

absl::Status Unline(Txn& txn, const Place& place, const OutboxRecord& record) {
  if (record.dead()) return absl::OkStatus();
  if (record.order_key().empty()) return txn.Delete(OutboxDueKey(DueOf(record), place));
  const bool was_head = TRY(Head(txn, record.order_key())) == place;
  TRY(txn.Delete(OutboxOrderKey(record.order_key(), place)));
  if (!was_head) return absl::OkStatus();
  TRY(txn.Delete(OutboxDueKey(DueOf(record), place)));
  const std::optional<Place> next = TRY(Head(txn, record.order_key()));
  if (!next.has_value()) return absl::OkStatus();
  return txn.Put(OutboxDueKey(DueOf(TRY(MustLoad(txn, *next))), *next), "");
}

absl::StatusOr<Place> PlaceOf(absl::string_view id) {
  Place place;
  if (!ParseRowId(id, place))
    return InvalidField("outbox_entry", "ID_INVALID", "this is no id of an outbox entry");
  return place;
}

}  // namespace

absl::Status PutOutboxRow(Txn& txn, const Place& place, absl::string_view request_id, const OutboxRow& row) {
  OutboxRecord record;
  record.set_kind(row.kind);
  record.set_payload(row.payload);
  record.set_order_key(row.order_key);
  record.set_not_before_us(ToMicros(CeilToMicros(row.not_before)));
  record.set_expire_at_us(ToMicros(row.expire_at));
  record.set_request_id(request_id.data(), request_id.size());
  TRY(txn.Put(OutboxKey(place), record.SerializeAsString()));
  return Line(txn, place, record);
}

absl::Status RemoveOutboxRow(Txn& txn, absl::string_view id) {
  const Place place = TRY(PlaceOf(id));
  const std::optional<OutboxRecord> record = TRY(Load(txn, place));
  if (!record.has_value()) return absl::OkStatus();
  TRY(Unline(txn, place, *record));
  return txn.Delete(OutboxKey(place));
}

absl::Status RescheduleOutboxRow(Txn& txn, const OutboxRow& row) {
  const Place place = TRY(PlaceOf(row.id));
  std::optional<OutboxRecord> record = TRY(Load(txn, place));
  if (!record.has_value()) return NotFound("outbox entry");
  TRY(Unline(txn, place, *record));
  record->set_not_before_us(ToMicros(CeilToMicros(row.not_before)));
  record->set_attempts(row.attempts);
  record->set_last_error(row.last_error);
  record->set_dead(row.dead);
  TRY(txn.Put(OutboxKey(place), record->SerializeAsString()));
  return row.dead ? absl::OkStatus() : Line(txn, place, *record);
}

absl::StatusOr<std::vector<OutboxRow>> ReadDueRows(ReadTxn& txn, absl::string_view begin, absl::Time now,
                                                   size_t limit, std::string& next) {
  std::vector<Place> places;
  bool readable = true;
  const Range range = OutboxDueUntil(now);
  next = range.end;
  TRY(txn.Scan(std::max<absl::string_view>(begin, range.begin), range.end,
               [&](absl::string_view key, absl::string_view) {
                 if (places.empty()) next = std::string(key);
                 if (places.size() == limit) return false;
                 readable = ReadPlace(key, places.emplace_back());
                 return readable;
               }));
  if (!readable) return UnreadableRecord("outbox due");
  std::vector<OutboxRow> rows;
  for (const Place& place : places) rows.push_back(ToRow(place, TRY(MustLoad(txn, place))));
  return rows;
}

absl::StatusOr<std::vector<OutboxRow>> ReadRowsAfter(ReadTxn& txn, absl::string_view after_id, size_t limit) {
  const Range range = after_id.empty() ? WholeOutbox() : OutboxAfter(TRY(PlaceOf(after_id)));
  std::vector<OutboxRow> rows;
  bool readable = true;
  TRY(txn.Scan(range.begin, range.end, [&](absl::string_view key, absl::string_view value) {
    if (rows.size() == limit) return false;
    OutboxRecord record;
    Place place;
    readable = ReadPlace(key, place) && Decode(value, record);
    if (readable) rows.push_back(ToRow(place, std::move(record)));
    return readable;
  }));
  if (!readable) return UnreadableRecord("outbox");
  return rows;
}

}  // namespace tc::kv
