#pragma once

// The commonest passwords and the words that they are made of, folded, Latin, Cyrillic and typed on the wrong
// layout (PWD-10). Pure.

#include <cstddef>

#include "absl/strings/string_view.h"

namespace tc::identity {

inline constexpr size_t kLongestCommonPassword = 32;  // bytes

bool IsCommonPassword(absl::string_view folded);

}  // namespace tc::identity
