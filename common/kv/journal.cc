#include "common/kv/journal.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/kv/key.h"
#include "common/kv/records.pb.h"

namespace tc::kv {
namespace {

bool DecodeEvent(absl::string_view key, absl::string_view value, Event& event) {
  ::trustedcontact::kv::EventRecord record;
  Place place;
  if (!ReadPlace(key, place) || !record.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return false;
  event.type = std::move(*record.mutable_type());
  event.resource = std::move(*record.mutable_resource());
  event.attributes.insert(record.attributes().begin(), record.attributes().end());
  event.at = FromMicros(record.at_us());
  event.revision = place.revision;
  event.index = place.index;
  return true;
}

}  // namespace

absl::Status PutEvent(Txn& txn, const Place& place, const Event& event) {
  ::trustedcontact::kv::EventRecord record;
  record.set_type(event.type);
  record.set_resource(event.resource);
  record.mutable_attributes()->insert(event.attributes.begin(), event.attributes.end());
  record.set_at_us(ToMicros(event.at));
  return txn.Put(EventKey(place), record.SerializeAsString());
}

absl::StatusOr<std::vector<Event>> ReadEvents(ReadTxn& txn, const Place& after, size_t limit) {
  std::vector<Event> events;
  if (limit == 0) return events;
  bool readable = true;
  const Range range = EventsAfterPlace(after);
  TRY(txn.Scan(range.begin, range.end, [&](absl::string_view key, absl::string_view value) {
    Event event;
    readable = DecodeEvent(key, value, event);
    if (readable) events.push_back(std::move(event));
    return readable && events.size() < limit;
  }));
  if (!readable) return UnreadableRecord("event");
  return events;
}

absl::Status PutTimer(Txn& txn, const Timer& timer) { return txn.Put(TimerKey(timer), ""); }
absl::Status DeleteTimer(Txn& txn, const Timer& timer) { return txn.Delete(TimerKey(timer)); }

absl::StatusOr<bool> HasTimer(ReadTxn& txn, const Timer& timer) {
  return TRY(txn.Get(TimerKey(timer))).has_value();
}

absl::StatusOr<std::vector<Timer>> ReadDueTimers(ReadTxn& txn, absl::string_view begin, absl::Time now,
                                                 size_t limit, std::string& next) {
  std::vector<Timer> timers;
  bool readable = true;
  const Range range = TimersUntil(now);
  next = range.end;
  TRY(txn.Scan(std::max<absl::string_view>(begin, range.begin), range.end,
               [&](absl::string_view key, absl::string_view) {
                 if (timers.empty()) next = std::string(key);
                 if (timers.size() == limit) return false;
                 readable = ReadTimerKey(key, timers.emplace_back());
                 return readable;
               }));
  if (!readable) return UnreadableRecord("timer");
  return timers;
}

}  // namespace tc::kv
