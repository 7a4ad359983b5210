#include "common/rpc/event_log.h"

#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/key.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::events::v1;

constexpr size_t kStreamBatch = 100;
constexpr int kBatchesAStep = 10;
constexpr int kMaxTypes = 32;
constexpr size_t kMaxTypeLength = 64;
// A place behind every event of its revision.
constexpr uint32_t kEndOfRevision = std::numeric_limits<uint32_t>::max();

template <typename Request>
absl::StatusOr<std::set<std::string>> TypesOf(const Request& in) {
  if (in.types_size() > kMaxTypes) {
    return InvalidField("types", "TOO_MANY", absl::StrCat("at most ", kMaxTypes, " types"));
  }
  for (int i = 0; i < in.types_size(); ++i) {
    if (in.types(i).empty() || in.types(i).size() > kMaxTypeLength) {
      return InvalidField(absl::StrCat("types[", i, "]"), "TYPE_INVALID", "a type has 1 to 64 characters");
    }
  }
  return std::set<std::string>(in.types().begin(), in.types().end());
}

bool Matches(const std::set<std::string>& types, const kv::Event& event) {
  return types.empty() || types.count(event.type) > 0;
}

EventPlace PlaceOf(const kv::Event& event) { return {event.revision, event.index}; }

}  // namespace

EventLog::EventLog(kv::Database& database, Pager pager)
    : database_(&database), pager_(std::move(pager)), list_(absl::StrCat("events/", database.uid())) {}

std::string EventLog::CursorOf(const EventPlace& place) const {
  return pager_.NextToken(kv::Key().U64(place.revision).U64(place.index).bytes(), list_);
}

absl::StatusOr<EventLog::Range> EventLog::Parse(const std::string& cursor, int32_t page_size) const {
  const absl::StatusOr<Page> page = pager_.Parse(page_size, cursor, list_);
  const absl::Status not_ours = Refuse(absl::StatusCode::kInvalidArgument, Reason::kCursorInvalid,
                                       "the cursor was not made by this store");
  if (HasReason(page.status(), Reason::kPageTokenInvalid)) return not_ours;
  if (!page.ok()) return page.status();
  Range range{{}, page->size};
  if (page->after.empty()) return range;
  uint64_t index = 0;
  kv::KeyReader reader(page->after);
  if (!reader.U64(range.after.revision) || !reader.U64(index) || !reader.done() || index > kEndOfRevision)
    return not_ours;
  range.after.index = static_cast<uint32_t>(index);
  return range;
}

pb::Event EventLog::ToProto(const kv::Event& event) const {
  pb::Event out;
  out.set_cursor(CursorOf(PlaceOf(event)));
  out.set_revision(event.revision);
  out.set_type(event.type);
  out.set_resource(event.resource);
  const int64_t us = absl::ToUnixMicros(event.at);
  out.mutable_occur_time()->set_seconds(us / 1000000);
  out.mutable_occur_time()->set_nanos(static_cast<int32_t>(us % 1000000) * 1000);
  out.mutable_attributes()->insert(event.attributes.begin(), event.attributes.end());
  return out;
}

absl::StatusOr<pb::ListEventsResponse> EventLog::List(const pb::ListEventsRequest& in) const {
  const std::set<std::string> types = TRY(TypesOf(in));
  const Range range = TRY(Parse(in.cursor(), in.page_size()));
  pb::ListEventsResponse out;
  EventPlace place = range.after;
  for (const kv::Event& event : TRY(database_->Changes(place.revision, place.index, range.size))) {
    place = PlaceOf(event);
    if (Matches(types, event)) *out.add_events() = ToProto(event);
  }
  out.set_next_cursor(CursorOf(place));
  return out;
}

absl::StatusOr<std::vector<kv::Event>> EventLog::WholeRevisions(const EventPlace& after, size_t limit) const {
  while (true) {
    std::vector<kv::Event> events = TRY(database_->Changes(after.revision, after.index, limit));
    if (events.size() < limit) return events;
    const uint64_t cut = events.back().revision;
    // A single revision that fills the batch must be read whole, however long it is.
    if (events.front().revision != cut) {
      while (events.back().revision == cut) events.pop_back();
      return events;
    }
    limit *= 2;
  }
}

absl::StatusOr<Next<pb::WatchEventsResponse>> EventLog::Watch(const pb::WatchEventsRequest& in) const {
  const std::set<std::string> types = TRY(TypesOf(in));
  const Range range = TRY(Parse(in.cursor(), 0));
  // A stream asks one step after the other, so that its place needs no lock.
  auto place = std::make_shared<EventPlace>(range.after);
  return Next<pb::WatchEventsResponse>(
      [this, types, place](bool heartbeat) -> absl::StatusOr<std::optional<pb::WatchEventsResponse>> {
        pb::WatchEventsResponse out;
        bool behind = true;
        for (int batch = 0; behind && out.events().empty() && batch < kBatchesAStep; ++batch) {
          const uint64_t head = database_->revision();
          const std::vector<kv::Event> events = TRY(WholeRevisions(*place, kStreamBatch));
          for (const kv::Event& event : events) {
            if (Matches(types, event)) *out.add_events() = ToProto(event);
          }
          behind = !events.empty();
          if (behind) *place = {events.back().revision, kEndOfRevision};
          // Up to `head`, read before the events, nothing is missing.
          if (!behind && place->revision < head) *place = {head, kEndOfRevision};
        }
        // A filter that passes nothing for long shows its progress, and lets other streams have the thread.
        if (out.events().empty() && !behind && !heartbeat) return std::optional<pb::WatchEventsResponse>();
        out.set_cursor(CursorOf(*place));
        return std::optional<pb::WatchEventsResponse>(std::move(out));
      });
}

}  // namespace tc::rpc
