#pragma once

// Table<T>: typed records under a prefix of the key space. A store's codec is a specialisation of Codec<T>:
//
//   template <> struct tc::kv::Codec<Link> {
//     static std::string Encode(const Link& link);
//     static absl::StatusOr<Link> Decode(absl::string_view bytes);   // DATA_LOSS when unreadable
//   };
//   inline const kv::Table<Link> kLinks{"link"};
//
// Absent and unreadable are different answers: Find gives nullopt only for absent.

#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"
#include "common/kv/database.h"
#include "common/kv/key.h"

namespace tc::kv {

template <typename T>
struct Codec;

// Index tables hold ids: their value is the text itself.
template <>
struct Codec<std::string> {
  static std::string Encode(const std::string& text) { return text; }
  static absl::StatusOr<std::string> Decode(absl::string_view bytes) { return std::string(bytes); }
};

template <typename T>
class Table {
 public:
  explicit Table(absl::string_view name) : name_(name.data(), name.size()) {}

  // The start of a key of this table: kLinks.At().Str(id).
  Key At() const { return Key(name_); }

  absl::StatusOr<std::optional<T>> Find(ReadTxn& txn, const Key& key) const {
    const std::optional<std::string> bytes = TRY(txn.Get(key.bytes()));
    if (!bytes.has_value()) return std::optional<T>();
    return std::optional<T>(TRY(Codec<T>::Decode(*bytes)));
  }
  absl::Status Put(Txn& txn, const Key& key, const T& value) const {
    return txn.Put(key.bytes(), Codec<T>::Encode(value));
  }
  // ALREADY_EXISTS when present.
  absl::Status Insert(Txn& txn, const Key& key, const T& value) const {
    return txn.Insert(key.bytes(), Codec<T>::Encode(value));
  }
  absl::Status Delete(Txn& txn, const Key& key) const { return txn.Delete(key.bytes()); }

  // Visits the records under `prefix`, ascending, until `visit` returns false. `after` (a whole key, empty =
  // from the start) resumes behind a key. An unreadable record ends the scan with DATA_LOSS.
  absl::Status Scan(ReadTxn& txn, const Key& prefix, absl::string_view after,
                    absl::FunctionRef<bool(absl::string_view key, T value)> visit) const {
    std::string begin = prefix.bytes();
    if (!after.empty() && after >= begin) begin = std::string(after) + '\0';
    absl::Status broken;
    TRY(txn.Scan(begin, prefix.End(), [&](absl::string_view key, absl::string_view bytes) {
      absl::StatusOr<T> value = Codec<T>::Decode(bytes);
      if (!value.ok()) {
        broken = value.status();
        return false;
      }
      return visit(key, *std::move(value));
    }));
    return broken;
  }

 private:
  std::string name_;
};

}  // namespace tc::kv
