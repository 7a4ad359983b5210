#pragma once

// StoreMetrics: what a store tells operators: tc_store_commits_total, tc_store_syncs_total and, as the
// domain's own counters, tc_events_total{type}. One caller at a time.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/obs/metrics.h"

namespace tc::kv {

class StoreMetrics {
 public:
  // One sync has made `commits` transactions durable, with events of these types.
  void Committed(uint64_t commits, const std::vector<std::string>& event_types);

 private:
  obs::Counter& CounterOf(const std::string& event_type);

  obs::Counter& commits_ = obs::GetCounter("tc_store_commits_total", "Transactions committed.", {});
  obs::Counter& syncs_ =
      obs::GetCounter("tc_store_syncs_total", "Disk syncs; each commits what had gathered.", {});
  std::map<std::string, obs::Counter*> events_;
};

}  // namespace tc::kv
