#pragma once

// The part of the target `record` that is about the store's own records: events, outbox rows, timers.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/kv/journal.h"
#include "common/kv/key.h"
#include "common/kv/outbox.h"
#include "common/kv/records.pb.h"
#include "common/testing/noon.h"
#include "tests/fuzz/fill.h"
#include "tests/fuzz/fuzz.h"

namespace tc::fuzz {

template <typename Record>
std::vector<std::string> SeedsOf() {
  std::vector<std::string> seeds = WithOneStrangeNumber(Record::default_instance());
  for (const Filling filling : {Filling::kOne, Filling::kLast}) {
    Record record;
    Fill(record, filling);
    seeds.push_back(BytesOf(record));
  }
  return seeds;
}

// A store that holds one entry, whatever is looked for: the other readers of it must cope.
class OneEntry final : public kv::ReadTxn {
 public:
  OneEntry(std::string key, std::string value) : key_(std::move(key)), value_(std::move(value)) {}
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view) override {
    return std::optional<std::string>(value_);
  }
  absl::Status Scan(absl::string_view, absl::string_view,
                    absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) override {
    visit(key_, value_);
    return absl::OkStatus();
  }
  absl::Status ScanReverse(absl::string_view begin, absl::string_view end,
                           absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) override {
    return Scan(begin, end, visit);
  }

 private:
  const std::string key_, value_;
};

template <typename T>
void MustBeReadable(const absl::StatusOr<T>& found) {
  if (!found.ok()) Require(absl::IsDataLoss(found.status()), "what cannot be read is DATA_LOSS");
}

// The key behind its length, then the value.
inline void CheckOwnRecords(absl::string_view bytes) {
  Input input(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const std::string key(input.Text());
  OneEntry txn(key, std::string(input.Rest()));
  std::string next;
  const auto events = kv::ReadEvents(txn, {}, 1);
  MustBeReadable(events);
  kv::Place place;
  const bool placed = kv::ReadPlace(key, place);
  if (events.ok()) {
    Require(events->size() == 1 && placed, "an event is not lost, and has a place");
    Require(events->front().revision == place.revision && events->front().index == place.index, "its own");
  }
  const auto rows = kv::ReadRowsAfter(txn, "", 10);
  MustBeReadable(rows);
  if (rows.ok()) {
    Require(rows->size() == 1 && placed, "an outbox row is not lost, and has a place");
    Require(rows->front().id == kv::RowId(place), "its own");
  }
  MustBeReadable(kv::ReadDueRows(txn, "", absl::InfiniteFuture(), 10, next));
  MustBeReadable(kv::ReadDueTimers(txn, "", absl::InfiniteFuture(), 10, next));
}

inline std::vector<std::string> OwnRecords() {
  std::vector<std::string> seeds;
  for (const std::string& event : SeedsOf<trustedcontact::kv::EventRecord>()) {
    seeds.push_back(Text(kv::EventKey({7, 1})) + event);
    seeds.push_back(Text("no place") + event);
  }
  for (const std::string& row : SeedsOf<trustedcontact::kv::OutboxRecord>()) {
    seeds.push_back(Text(kv::OutboxKey({7, 1})) + row);
    seeds.push_back(Text(kv::OutboxDueKey(testing::Noon(), {7, 1})) + row);
  }
  seeds.push_back(Text(kv::TimerKey({testing::Noon(), "expire_invitation", "42"})));
  return seeds;
}

}  // namespace tc::fuzz
