#include "services/otp/domain/code_points.h"

namespace tc::otp {
namespace {

// The bytes of the sequence that `lead` begins; 0 when none can begin so.
size_t LengthOf(unsigned char lead) {
  if (lead < 0x80) return 1;
  if ((lead >> 5) == 0x6) return 2;
  if ((lead >> 4) == 0xe) return 3;
  return (lead >> 3) == 0x1e ? 4 : 0;
}

constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};  // that needs so many bytes

bool IsCharacter(char32_t point) { return point < 0xd800 || (point > 0xdfff && point <= 0x10ffff); }

}  // namespace

std::optional<std::vector<char32_t>> CodePoints(absl::string_view utf8) {
  std::vector<char32_t> points;
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const size_t length = LengthOf(lead);
    if (length == 0 || i + length > utf8.size()) return std::nullopt;
    char32_t point = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(utf8[i + k]);
      if ((next & 0xc0) != 0x80) return std::nullopt;
      point = (point << 6) | (next & 0x3fu);
    }
    if (point < kSmallest[length] || !IsCharacter(point)) return std::nullopt;
    points.push_back(point);
    i += length;
  }
  return points;
}

size_t Utf16Units(absl::string_view utf8) {
  const std::optional<std::vector<char32_t>> points = CodePoints(utf8);
  if (!points.has_value()) return 0;
  size_t units = 0;
  for (const char32_t point : *points) units += point > 0xffff ? 2 : 1;
  return units;
}

}  // namespace tc::otp
