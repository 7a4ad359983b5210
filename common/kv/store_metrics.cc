#include "common/kv/store_metrics.h"

namespace tc::kv {

StoreMetrics::StoreMetrics(const std::string& store)
    : labels_(store.empty() ? obs::Labels() : obs::Labels{{"store", store}}),
      commits_(obs::GetCounter("tc_store_commits_total", "Transactions committed.", labels_)),
      syncs_(
          obs::GetCounter("tc_store_syncs_total", "Disk syncs; each commits what had gathered.", labels_)) {}

void StoreMetrics::Committed(uint64_t commits, const std::vector<std::string>& event_types) {
  commits_.Increment(static_cast<double>(commits));
  syncs_.Increment();
  for (const std::string& type : event_types) CounterOf(type).Increment();
}

obs::Counter& StoreMetrics::CounterOf(const std::string& event_type) {
  obs::Counter*& counter = events_[event_type];
  if (counter == nullptr) {
    obs::Labels labels = labels_;
    labels["type"] = event_type;
    counter = &obs::GetCounter("tc_events_total", "Events committed, by type.", labels);
  }
  return *counter;
}

}  // namespace tc::kv
