#pragma once

// UTF-8 as code points. Strict: what two readers could read in two ways is refused.

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"

namespace tc::otp {

// nullopt for text that is not well-formed UTF-8: cut or overlong sequences, surrogates, more than U+10FFFF.
std::optional<std::vector<char32_t>> CodePoints(absl::string_view utf8);

// Length in UTF-16 code units, which is what an SMS segment counts. 0 for text that is not UTF-8.
size_t Utf16Units(absl::string_view utf8);

}  // namespace tc::otp
