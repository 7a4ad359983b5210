#include "common/kv/overlay.h"

#include <iterator>
#include <utility>

namespace tc::kv {

void Overlay::Set(absl::string_view key, Value value) {
  const auto place = entries_.lower_bound(key);
  if (place != entries_.end() && place->first == key) {
    undo_.push_back({place, std::exchange(place->second, std::move(value))});
  } else {
    undo_.push_back({entries_.emplace_hint(place, std::string(key), std::move(value)), std::nullopt});
  }
}

const Overlay::Value* Overlay::Find(absl::string_view key) const {
  const auto entry = entries_.find(key);
  return entry == entries_.end() ? nullptr : &entry->second;
}

const Overlay::Entry* Overlay::AtOrAfter(absl::string_view key) const {
  const auto entry = entries_.lower_bound(key);
  return entry == entries_.end() ? nullptr : &*entry;
}

const Overlay::Entry* Overlay::After(absl::string_view key) const {
  const auto entry = entries_.upper_bound(key);
  return entry == entries_.end() ? nullptr : &*entry;
}

const Overlay::Entry* Overlay::Before(absl::string_view key) const {
  const auto entry = entries_.lower_bound(key);
  return entry == entries_.begin() ? nullptr : &*std::prev(entry);
}

const Overlay::Entry* Overlay::FirstPut(absl::string_view begin, absl::string_view end) const {
  for (auto entry = entries_.lower_bound(begin); entry != entries_.end() && entry->first < end; ++entry) {
    if (entry->second.has_value()) return &*entry;
  }
  return nullptr;
}

void Overlay::Rollback(size_t mark) {
  for (; undo_.size() > mark; undo_.pop_back()) {
    Undo& last = undo_.back();
    if (last.before.has_value()) {
      last.entry->second = *std::move(last.before);
    } else {
      entries_.erase(last.entry);
    }
  }
}

}  // namespace tc::kv
