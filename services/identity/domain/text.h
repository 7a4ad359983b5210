#pragma once

// Unicode in one place (ICU): what people type is compared and measured by characters, not bytes. Pure,
// thread-safe.

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tc::identity {

// Normalisation form C of UTF-8 text (PWD-02).
std::string Nfc(absl::string_view text);

// NFC, full case folding, ё = е, runs of white space folded to one space, none at the ends (L1). For
// comparing, not for showing.
std::string Folded(absl::string_view text);

// The code points of UTF-8 text; U+FFFD for a byte that is none.
std::vector<char32_t> CodePoints(absl::string_view text);
std::string FromCodePoints(const std::vector<char32_t>& points);

bool IsLetter(char32_t c);  // of any script
bool IsUpper(char32_t c);
bool IsLower(char32_t c);
bool IsDigit(char32_t c);    // ASCII digits only
bool IsSpace(char32_t c);    // any white space, tab included
bool IsControl(char32_t c);  // controls and line breaks; not the tab
bool IsMark(char32_t c);     // combining marks

}  // namespace tc::identity
