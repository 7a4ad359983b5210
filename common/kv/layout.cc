#include "common/kv/layout.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/kv/key.h"

namespace tc::kv {
namespace {

constexpr char kOwn = 0x01;

std::string Own(const Key& key) { return kOwn + key.bytes(); }
Range Under(const Key& key) { return {Own(key), kOwn + key.End()}; }
Key At(Key key, const Place& place) { return key.U64(place.revision).U64(place.index); }

Range Behind(const Key& table, const Place& place) {
  return {Own(At(table, place)) + '\0', kOwn + table.End()};
}

}  // namespace

std::string MetaKey(absl::string_view name) { return Own(Key("meta").Str(name)); }

std::string EventKey(const Place& place) { return Own(At(Key("event"), place)); }
Range EventsAfterPlace(const Place& place) { return Behind(Key("event"), place); }

std::string TimerKey(const Timer& timer) {
  return Own(Key("timer").Time(CeilToMicros(timer.fire_at)).Str(timer.kind).Str(timer.subject));
}
Range TimersUntil(absl::Time now) { return {Own(Key("timer")), kOwn + Key("timer").Time(now).End()}; }
Range WholeTimers() { return Under(Key("timer")); }
bool ReadTimerKey(absl::string_view key, Timer& timer) {
  if (key.empty() || key[0] != kOwn) return false;
  std::string table;
  KeyReader reader(key.substr(1));
  return reader.Str(table) && table == "timer" && reader.Time(timer.fire_at) && reader.Str(timer.kind) &&
         reader.Str(timer.subject) && reader.done();
}

std::string OutboxKey(const Place& place) { return Own(At(Key("outbox"), place)); }
Range OutboxAfter(const Place& place) { return Behind(Key("outbox"), place); }
Range WholeOutbox() { return Under(Key("outbox")); }
std::string OutboxDueKey(absl::Time due, const Place& place) {
  return Own(At(Key("outbox_due").Time(due), place));
}
Range OutboxDueUntil(absl::Time now) {
  return {Own(Key("outbox_due")), kOwn + Key("outbox_due").Time(now).End()};
}
Range WholeOutboxDue() { return Under(Key("outbox_due")); }
std::string OutboxOrderKey(absl::string_view order_key, const Place& place) {
  return Own(At(Key("outbox_order").Str(order_key), place));
}
Range OutboxOrder(absl::string_view order_key) { return Under(Key("outbox_order").Str(order_key)); }

bool ReadPlace(absl::string_view key, Place& place) {
  constexpr size_t kTwoIntegers = 18;
  if (key.size() < kTwoIntegers) return false;
  uint64_t index = 0;
  KeyReader reader(key.substr(key.size() - kTwoIntegers));
  if (!reader.U64(place.revision) || !reader.U64(index) || index > std::numeric_limits<uint32_t>::max())
    return false;
  place.index = static_cast<uint32_t>(index);
  return true;
}

std::string RowId(const Place& place) {
  return absl::StrCat(absl::Hex(place.revision, absl::kZeroPad16), "-",
                      absl::Hex(place.index, absl::kZeroPad8));
}

bool ParseRowId(absl::string_view id, Place& place) {
  const size_t dash = id.find('-');
  if (dash == absl::string_view::npos) return false;
  Place found;
  // Comparing with the id that this place has refuses signs, blanks and other widths.
  if (!absl::SimpleHexAtoi(id.substr(0, dash), &found.revision) ||
      !absl::SimpleHexAtoi(id.substr(dash + 1), &found.index) || RowId(found) != id) {
    return false;
  }
  place = found;
  return true;
}

absl::Status UnreadableRecord(absl::string_view kind) {
  return absl::DataLossError(absl::StrCat("a record of the store's own cannot be read: ", kind));
}

}  // namespace tc::kv
