#pragma once

// Placeholders: the places in the words of a template that a value goes to, such as {person}.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace tc::otp {

// "person" → ": Ivan P."
using PlaceValues = std::vector<std::pair<absl::string_view, std::string>>;

// The words with each of `values` in its place; a place without a value is left empty. A value that ends with
// a full stop takes the one that follows it along, so that "Ivan P." can end a sentence. Values are not
// looked through for placeholders.
std::string Fill(absl::string_view words, const PlaceValues& values);

// The names between braces, in order, each as often as it stands there. A brace without its other half is
// named as "{".
std::vector<std::string> PlaceholdersOf(absl::string_view words);

}  // namespace tc::otp
