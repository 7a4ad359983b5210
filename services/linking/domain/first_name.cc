#include "services/linking/domain/first_name.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "absl/strings/ascii.h"
#include "common/base/refusal.h"

namespace tc::linking {
namespace {

constexpr int kMaxCharacters = 64;

bool IsMark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }
bool IsJoiner(UChar32 c) { return c == ' ' || c == '-' || c == '\'' || c == '.' || c == 0x2019; }

}  // namespace

absl::StatusOr<FirstName> FirstName::Parse(absl::string_view text, absl::string_view field) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  if (trimmed.empty()) return InvalidField(field, "NAME_EMPTY", "type the first name as in the passport");
  const auto* bytes = reinterpret_cast<const uint8_t*>(trimmed.data());
  const auto size = static_cast<int32_t>(trimmed.size());
  int characters = 0;
  bool any_letter = false;
  for (int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    if (c < 0 || !(u_isalpha(c) || IsMark(c) || IsJoiner(c))) {
      return InvalidField(field, "NAME_CHARACTERS",
                          "a first name has letters, spaces, hyphens and apostrophes only");
    }
    any_letter = any_letter || u_isalpha(c);
    if (++characters > kMaxCharacters) {
      return InvalidField(field, "NAME_TOO_LONG", "a first name has at most 64 characters");
    }
  }
  if (!any_letter) return InvalidField(field, "NAME_CHARACTERS", "a first name has at least one letter");
  return FirstName(std::string(trimmed));
}

}  // namespace tc::linking
