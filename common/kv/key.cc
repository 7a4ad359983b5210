#include "common/kv/key.h"

#include <limits>
#include <utility>

namespace tc::kv {
namespace {

constexpr char kStr = 0x02;
constexpr char kU64 = 0x03;
constexpr char kTime = 0x04;
constexpr char kPastEveryTag = '\xff';
constexpr uint64_t kSignBit = uint64_t{1} << 63;

void AppendBigEndian(uint64_t value, std::string& bytes) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
}

bool TakeBigEndian(absl::string_view& rest, char tag, uint64_t& value) {
  if (rest.size() < 9 || rest[0] != tag) return false;
  value = 0;
  for (size_t i = 1; i <= 8; ++i) value = value << 8 | static_cast<unsigned char>(rest[i]);
  rest.remove_prefix(9);
  return true;
}

}  // namespace

Key& Key::Str(absl::string_view text) {
  bytes_.push_back(kStr);
  for (const char c : text) {
    bytes_.push_back(c);
    if (c == '\0') bytes_.push_back('\xff');
  }
  bytes_.push_back('\0');
  bytes_.push_back('\x01');
  return *this;
}

Key& Key::U64(uint64_t value) {
  bytes_.push_back(kU64);
  AppendBigEndian(value, bytes_);
  return *this;
}

Key& Key::Time(absl::Time time) {
  bytes_.push_back(kTime);
  AppendBigEndian(static_cast<uint64_t>(ToMicros(time)) ^ kSignBit, bytes_);
  return *this;
}

std::string Key::End() const { return bytes_ + kPastEveryTag; }

bool KeyReader::Str(std::string& text) {
  if (rest_.empty() || rest_[0] != kStr) return false;
  std::string found;
  for (size_t i = 1; i + 1 < rest_.size(); ++i) {
    if (rest_[i] != '\0') {
      found.push_back(rest_[i]);
    } else if (rest_[i + 1] == '\xff') {
      found.push_back('\0');
      ++i;
    } else if (rest_[i + 1] == '\x01') {
      rest_.remove_prefix(i + 2);
      text = std::move(found);
      return true;
    } else {
      return false;
    }
  }
  return false;
}

bool KeyReader::U64(uint64_t& value) { return TakeBigEndian(rest_, kU64, value); }

bool KeyReader::Time(absl::Time& time) {
  uint64_t bits = 0;
  if (!TakeBigEndian(rest_, kTime, bits)) return false;
  time = FromMicros(static_cast<int64_t>(bits ^ kSignBit));
  return true;
}

int64_t ToMicros(absl::Time time) { return absl::ToUnixMicros(time); }

absl::Time FromMicros(int64_t micros) {
  if (micros == std::numeric_limits<int64_t>::max()) return absl::InfiniteFuture();
  if (micros == std::numeric_limits<int64_t>::min()) return absl::InfinitePast();
  return absl::FromUnixMicros(micros);
}

absl::Time CeilToMicros(absl::Time time) {
  const absl::Time floor = FromMicros(ToMicros(time));
  return floor < time ? floor + absl::Microseconds(1) : floor;
}

}  // namespace tc::kv
