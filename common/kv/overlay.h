#pragma once

// Overlay: what transactions have written but not committed, over a store. A transaction that refuses is
// rolled back to where it began; those before it stay. Not thread-safe.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tc::kv {

class Overlay {
 public:
  using Value = std::optional<std::string>;  // nullopt: deleted
  using Entries = std::map<std::string, Value, std::less<>>;
  using Entry = Entries::value_type;

  void Set(absl::string_view key, Value value);
  // Null when the key was not written.
  const Value* Find(absl::string_view key) const;
  // The neighbours in key order; null when there is none.
  const Entry* AtOrAfter(absl::string_view key) const;
  const Entry* After(absl::string_view key) const;
  const Entry* Before(absl::string_view key) const;
  // The first entry of [begin, end) that is no deletion; null when there is none.
  const Entry* FirstPut(absl::string_view begin, absl::string_view end) const;

  // Rollback(m) undoes every Set since m was Mark().
  size_t Mark() const { return undo_.size(); }
  void Rollback(size_t mark);

  const Entries& entries() const { return entries_; }

 private:
  struct Undo {
    Entries::iterator entry;
    std::optional<Value> before;  // nullopt: there was no entry
  };
  Entries entries_;
  std::vector<Undo> undo_;
};

}  // namespace tc::kv
