#include "services/identity/domain/neighbours.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "services/identity/domain/text.h"

namespace tc::identity {
namespace {

using Points = std::vector<char32_t>;

constexpr std::array<std::u32string_view, 9> kKeyboardRows = {
    U"1234567890-=", U"!@#$%^&*()_+",   U"!\"№;%:?*()_+", U"qwertyuiop[]", U"asdfghjkl;'",
    U"zxcvbnm,./",   U"йцукенгшщзхъ\\", U"фывапролджэ",   U"ячсмитьбю."};

// +1 or -1 when b follows or precedes a in an alphabet or among the digits, else 0.
int AlphabetStep(char32_t a, char32_t b) {
  const bool alike = (IsLetter(a) && IsLetter(b)) || (IsDigit(a) && IsDigit(b));
  if (!alike) return 0;
  if (b == a + 1) return 1;
  return a == b + 1 ? -1 : 0;
}

int KeyboardStep(char32_t a, char32_t b) {
  for (const std::u32string_view row : kKeyboardRows) {
    const size_t i = row.find(a);
    const size_t j = row.find(b);
    if (i == std::u32string_view::npos || j == std::u32string_view::npos) continue;
    if (j == i + 1) return 1;
    if (i == j + 1) return -1;
  }
  return 0;
}

void Mark(const Points& folded, size_t run, int (*step)(char32_t, char32_t), std::vector<bool>& marked) {
  size_t begin = 0;
  int direction = 0;
  for (size_t i = 1; i < folded.size(); ++i) {
    const int next = step(folded[i - 1], folded[i]);
    if (next == 0) begin = i;
    if (next != 0 && next != direction) begin = i - 1;
    direction = next;
    if (i + 1 - begin < run) continue;
    for (size_t j = begin; j <= i; ++j) marked[j] = true;
  }
}

}  // namespace

std::vector<bool> InRuns(const Points& folded, int run) {
  std::vector<bool> marked(folded.size(), false);
  Mark(folded, static_cast<size_t>(run), AlphabetStep, marked);
  Mark(folded, static_cast<size_t>(run), KeyboardStep, marked);
  return marked;
}

size_t OutsideRuns(const Points& folded, int run) {
  const std::vector<bool> marked = InRuns(folded, run);
  return static_cast<size_t>(std::count(marked.begin(), marked.end(), false));
}

}  // namespace tc::identity
