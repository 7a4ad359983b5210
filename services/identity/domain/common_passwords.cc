#include "services/identity/domain/common_passwords.h"

#include <algorithm>
#include <string>
#include <vector>

#include "services/identity/domain/neighbours.h"
#include "services/identity/domain/text.h"

namespace tc::identity {
namespace {

using Points = std::vector<char32_t>;

// Shorter words are in too many passwords by chance; between the letters of a longer one others may stand.
constexpr size_t kShortestWord = 4;
constexpr size_t kShortestSeparated = 6;
constexpr int kRun = 4;

Points Part(const Points& text, size_t begin, size_t end) {
  return {text.begin() + static_cast<ptrdiff_t>(begin), text.begin() + static_cast<ptrdiff_t>(end)};
}

// The shortest text whose repetition is `text`; itself when it is none.
Points Unit(const Points& text) {
  for (size_t n = 1; n <= text.size() / 2; ++n) {
    if (text.size() % n != 0) continue;
    if (std::equal(text.begin() + static_cast<ptrdiff_t>(n), text.end(), text.begin()))
      return Part(text, 0, n);
  }
  return text;
}

// The letters for which characters of this look stand; 1 stands for two.
Points Plain(Points text, char32_t one) {
  for (char32_t& c : text) {
    switch (c) {
      case U'@':
      case U'4':
        c = U'a';
        break;
      case U'0':
        c = U'o';
        break;
      case U'1':
        c = one;
        break;
      case U'3':
        c = U'e';
        break;
      case U'$':
      case U'5':
        c = U's';
        break;
      default:
        break;
    }
  }
  return text;
}

std::vector<Points> Readings(const Points& text) { return {text, Plain(text, U'l'), Plain(text, U'i')}; }

Points Letters(Points text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](char32_t c) { return !IsLetter(c); }), text.end());
  return text;
}

// Of the characters that are no letters, what is more than decoration: runs of neighbours go, and of one
// character several times in a row the first stays.
Points Squeezed(const Points& text) {
  const std::vector<bool> in_run = InRuns(text, kRun);
  Points squeezed;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool again = i > 0 && text[i] == text[i - 1];
    if (IsLetter(text[i]) || !(in_run[i] || again)) squeezed.push_back(text[i]);
  }
  return squeezed;
}

struct Lists {
  const Blocklist* own;
  bool Have(const Points& text) const {
    const uint64_t hash = ListHash(FromCodePoints(text));
    return InList(CommonestPasswords(), hash) || InList(CommonWords(), hash) ||
           (own != nullptr && own->Has(hash));
  }
  // Once or several times.
  bool HaveWord(const Points& text) const {
    if (text.size() < kShortestWord) return false;
    const Points unit = Unit(text);
    return Have(text) || (unit.size() >= kShortestWord && Have(unit));
  }
};

bool IsSeparatedWord(const Points& text, const Points& core, const Lists& lists) {
  for (const Points& reading : Readings(core)) {
    const Points letters = Letters(reading);
    if (letters.size() < kShortestSeparated || text.size() - letters.size() > kDecoration) continue;
    if (lists.HaveWord(letters)) return true;
  }
  return false;
}

bool IsDecoratedWord(const Points& text, const Lists& lists) {
  const size_t head = static_cast<size_t>(std::find_if(text.begin(), text.end(), IsLetter) - text.begin());
  if (head == text.size()) return false;
  const size_t tail = static_cast<size_t>(std::find_if(text.rbegin(), text.rend(), IsLetter) - text.rbegin());
  // What stands at the ends may be decoration or, as in @dmin and pa$$, letters: every cut is tried.
  for (size_t h = 0; h <= std::min(head, kDecoration); ++h) {
    for (size_t t = 0; t <= std::min(tail, kDecoration - h); ++t) {
      for (const Points& reading : Readings(Part(text, h, text.size() - t))) {
        if (lists.HaveWord(reading)) return true;
      }
    }
  }
  return IsSeparatedWord(text, Part(text, head, text.size() - tail), lists);
}

}  // namespace

bool IsCommonPassword(absl::string_view form, const Blocklist* own) {
  const Points text = CodePoints(form);
  const Points unit = Unit(text);
  const Lists lists{own};
  const bool repeats_little = unit.size() < kShortestWord && unit.size() < text.size();
  return repeats_little || lists.Have(text) || lists.Have(unit) || OutsideRuns(text, kRun) < kShortestWord ||
         IsDecoratedWord(unit, lists) || IsDecoratedWord(Squeezed(unit), lists);
}

}  // namespace tc::identity
