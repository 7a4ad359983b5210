#include "services/identity/domain/text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace tc::identity {
namespace {

icu::UnicodeString FromUtf8(absl::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

std::string ToUtf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}

icu::UnicodeString Composed(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return text;
  icu::UnicodeString composed = nfc->normalize(text, error);
  return U_FAILURE(error) ? text : composed;
}

}  // namespace

std::string Nfc(absl::string_view text) { return ToUtf8(Composed(FromUtf8(text))); }

std::string Folded(absl::string_view text) {
  icu::UnicodeString folded = Composed(FromUtf8(text));
  folded.foldCase();
  folded = Composed(folded);  // folding may leave a letter and its mark apart
  icu::UnicodeString result;
  bool gap = false;
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    if (u_isUWhiteSpace(c)) {
      gap = !result.isEmpty();
      continue;
    }
    if (gap) result.append(static_cast<UChar32>(' '));
    gap = false;
    result.append(c == 0x0451 ? static_cast<UChar32>(0x0435) : c);  // ё → е
  }
  return ToUtf8(result);
}

std::vector<char32_t> CodePoints(absl::string_view text) {
  const icu::UnicodeString unicode = FromUtf8(text);
  std::vector<char32_t> points;
  for (int32_t i = 0; i < unicode.length(); i = unicode.moveIndex32(i, 1)) {
    points.push_back(static_cast<char32_t>(unicode.char32At(i)));
  }
  return points;
}

std::string FromCodePoints(const std::vector<char32_t>& points) {
  icu::UnicodeString unicode;
  for (const char32_t c : points) unicode.append(static_cast<UChar32>(c));
  return ToUtf8(unicode);
}

bool IsLetter(char32_t c) { return u_isUAlphabetic(static_cast<UChar32>(c)); }
bool IsUpper(char32_t c) { return u_isUUppercase(static_cast<UChar32>(c)); }
bool IsLower(char32_t c) { return u_isULowercase(static_cast<UChar32>(c)); }
bool IsDigit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool IsSpace(char32_t c) { return c == U'\t' || (u_isUWhiteSpace(static_cast<UChar32>(c)) && !IsControl(c)); }
bool IsControl(char32_t c) {
  const auto type = u_charType(static_cast<UChar32>(c));
  return c != U'\t' && (type == U_CONTROL_CHAR || type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR);
}
bool IsMark(char32_t c) {
  const auto type = u_charType(static_cast<UChar32>(c));
  return type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK || type == U_ENCLOSING_MARK;
}

}  // namespace tc::identity
