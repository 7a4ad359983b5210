#include "common/kv/store_metrics.h"

namespace tc::kv {

void StoreMetrics::Committed(uint64_t commits, const std::vector<std::string>& event_types) {
  commits_.Increment(static_cast<double>(commits));
  syncs_.Increment();
  for (const std::string& type : event_types) CounterOf(type).Increment();
}

obs::Counter& StoreMetrics::CounterOf(const std::string& event_type) {
  obs::Counter*& counter = events_[event_type];
  if (counter == nullptr) {
    counter = &obs::GetCounter("tc_events_total", "Events committed, by type.", {{"type", event_type}});
  }
  return *counter;
}

}  // namespace tc::kv
