#pragma once

// Layout: where the store's own records lie beside the tables, the same for every engine. Private to
// common/kv.
//
//   0x01 "meta" name                              format, uid, revision, purge (empty; see rocks_purge)
//   0x01 "event" revision index                   EventRecord
//   0x01 "timer" fire_at kind subject             (empty)
//   0x01 "outbox" revision index                  OutboxRecord
//   0x01 "outbox_due" due revision index          (empty)  rows that may be tried from `due`
//                                                 on: the heads of their order
//   0x01 "outbox_order" order_key revision index  (empty)  rows that wait, dead ones apart
//
// Everything behind 0x01 is a Key.

#include <compare>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"

namespace tc::kv {

// Where in the history of commits something was made.
struct Place {
  uint64_t revision = 0;
  uint32_t index = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

// Keys [begin, end).
struct Range {
  std::string begin;
  std::string end;
};

std::string MetaKey(absl::string_view name);

std::string EventKey(const Place& place);
Range EventsAfterPlace(const Place& place);

std::string TimerKey(const Timer& timer);
Range TimersUntil(absl::Time now);
Range WholeTimers();
bool ReadTimerKey(absl::string_view key, Timer& timer);

std::string OutboxKey(const Place& place);
Range OutboxAfter(const Place& place);
Range WholeOutbox();
std::string OutboxDueKey(absl::Time due, const Place& place);
Range OutboxDueUntil(absl::Time now);
Range WholeOutboxDue();
std::string OutboxOrderKey(absl::string_view order_key, const Place& place);
Range OutboxOrder(absl::string_view order_key);

// The place at the end of an event, outbox, outbox_due or outbox_order key.
bool ReadPlace(absl::string_view key, Place& place);

// "<revision>-<index>" in hex with leading zeros, so that ids sort as places do.
std::string RowId(const Place& place);
bool ParseRowId(absl::string_view id, Place& place);

// The answer to a record of the store's own that cannot be read.
absl::Status UnreadableRecord(absl::string_view kind);

}  // namespace tc::kv
