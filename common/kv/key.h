#pragma once

// Key: ordered, self-delimiting tuple keys. Encoded keys sort as their tuples do, no component can forge a
// separator (API-05), and a key of fewer components is a prefix of exactly its own extensions.
//
//   Key("link").Str(principal).Time(created).U64(revision).bytes()
//
// Bytes: a string is 0x02, its bytes with 0x00 → 0x00 0xFF, then 0x00 0x01; an integer is 0x03 and 8 bytes
// big-endian; a time is 0x04 and microseconds since the epoch with the sign bit flipped, big-endian.

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace tc::kv {

class Key {
 public:
  Key() = default;
  explicit Key(absl::string_view table) { Str(table); }

  Key& Str(absl::string_view text);
  Key& U64(uint64_t value);
  Key& Time(absl::Time time);

  const std::string& bytes() const { return bytes_; }
  // The first key after every extension of this one: the end of a prefix scan.
  std::string End() const;

 private:
  std::string bytes_;
};

// Times as they lie on the disk: whole microseconds since the epoch, rounded down; the infinite times are the
// ends of the range.
int64_t ToMicros(absl::Time time);
absl::Time FromMicros(int64_t micros);
// Rounded up instead, for moments before which nothing may happen.
absl::Time CeilToMicros(absl::Time time);

// Reads the components of a key back, in order. Each returns false, and moves nothing, when the next
// component is of another kind or malformed.
class KeyReader {
 public:
  explicit KeyReader(absl::string_view bytes) : rest_(bytes) {}
  bool Str(std::string& text);
  bool U64(uint64_t& value);
  bool Time(absl::Time& time);
  bool done() const { return rest_.empty(); }

 private:
  absl::string_view rest_;
};

}  // namespace tc::kv
