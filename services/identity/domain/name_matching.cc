#include "services/identity/domain/name_matching.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "services/identity/domain/text.h"

namespace tc::identity {
namespace {

constexpr size_t kLongestFirstName = kLongestMaskedName - 3;  // before " P."

bool MayBeTold(char32_t c) {
  const bool latin = (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z') || (c >= 0xc0 && c <= 0x24f);
  const bool cyrillic = c >= 0x400 && c <= 0x52f;
  return latin || cyrillic || c == U' ' || c == U'-' || c == U'\'' || c == 0x2019 || c == U'.';
}

}  // namespace

bool SameFirstName(absl::string_view a, absl::string_view b) {
  const std::string left = Folded(a);
  return !left.empty() && left == Folded(b);
}

std::string MaskedName(absl::string_view first_name, absl::string_view last_name) {
  std::vector<char32_t> mask = CodePoints(Nfc(first_name));
  mask.resize(std::min(mask.size(), kLongestFirstName));
  const std::vector<char32_t> last = CodePoints(Nfc(last_name));
  if (!last.empty()) mask.insert(mask.end(), {U' ', last.front(), U'.'});
  std::replace_if(mask.begin(), mask.end(), std::not_fn(MayBeTold), U'*');
  return FromCodePoints(mask);
}

}  // namespace tc::identity
