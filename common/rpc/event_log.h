#pragma once

// EventLog: the store's events for those who follow: pages and streams after a cursor. A cursor is a place
// (revision, index), authenticated and bound to this store (Pager). Knows no gRPC. Thread-safe.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "common/rpc/feed.h"
#include "common/rpc/page.h"
#include "trustedcontact/events/v1/events.pb.h"

namespace tc::rpc {

// A place in the event log: after the event (revision, index).
struct EventPlace {
  uint64_t revision = 0;
  uint32_t index = 0;
  friend bool operator==(const EventPlace&, const EventPlace&) = default;
};

class EventLog {
 public:
  EventLog(kv::Database& database, Pager pager);

  // INVALID_ARGUMENT / CURSOR_INVALID for what is no cursor of this store, FIELD_INVALID for a page size or
  // types out of bounds.
  absl::StatusOr<trustedcontact::events::v1::ListEventsResponse> List(
      const trustedcontact::events::v1::ListEventsRequest& in) const;
  // The source of one stream: whole revisions, and checkpoints for heartbeats.
  absl::StatusOr<Next<trustedcontact::events::v1::WatchEventsResponse>> Watch(
      const trustedcontact::events::v1::WatchEventsRequest& in) const;

  std::string CursorOf(const EventPlace& place) const;

 private:
  struct Range {
    EventPlace after;
    size_t size = 0;
  };
  absl::StatusOr<Range> Parse(const std::string& cursor, int32_t page_size) const;
  // At most `limit` events, cut so that the last revision is whole; more when one revision has more.
  absl::StatusOr<std::vector<kv::Event>> WholeRevisions(const EventPlace& after, size_t limit) const;
  trustedcontact::events::v1::Event ToProto(const kv::Event& event) const;

  kv::Database* database_;
  Pager pager_;
  std::string list_;  // what cursors are bound to
};

}  // namespace tc::rpc
