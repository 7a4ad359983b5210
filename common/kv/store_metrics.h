#pragma once

// StoreMetrics: what a store tells operators: tc_store_commits_total, tc_store_syncs_total and, as the
// domain's own counters, tc_events_total{type}. A store with a name has it as the label `store`; the main one
// has none. One caller at a time.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/obs/metrics.h"

namespace tc::kv {

class StoreMetrics {
 public:
  explicit StoreMetrics(const std::string& store);

  // One sync has made `commits` transactions durable, with events of these types.
  void Committed(uint64_t commits, const std::vector<std::string>& event_types);

 private:
  obs::Counter& CounterOf(const std::string& event_type);

  const obs::Labels labels_;
  obs::Counter& commits_;
  obs::Counter& syncs_;
  std::map<std::string, obs::Counter*> events_;
};

}  // namespace tc::kv
