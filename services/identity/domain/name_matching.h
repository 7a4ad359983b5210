#pragma once

// Names of people: the comparison of L1 and the masked form that others may see. Pure.

#include <string>

#include "absl/strings/string_view.h"

namespace tc::identity {

// NFC, case-folded, ё = е, inner spaces folded (L1). False for empty names.
bool SameFirstName(absl::string_view a, absl::string_view b);

inline constexpr size_t kLongestMaskedName = 64;  // characters: what linking, recovery and otp take

// "Иван П.": the first name and the first letter of the last one. What is neither a Latin nor a Cyrillic
// letter, space, hyphen or apostrophe is an asterisk, since no message may hold it (otp's templates): whoever
// bears such a name must be told of, too.
std::string MaskedName(absl::string_view first_name, absl::string_view last_name);

}  // namespace tc::identity
