#pragma once

// FirstName: what a principal typed as his contact's first name (L1). Only its form is judged here: identity
// compares it with the passport. It is never shown to the contact (L12).

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::linking {

class FirstName {
 public:
  FirstName() = default;  // empty: no name

  // 1 to 64 letters (with their marks), inner spaces, hyphens, apostrophes and full stops, at least one of
  // them a letter; spaces around are dropped. INVALID_ARGUMENT with one violation of `field`: NAME_EMPTY,
  // NAME_TOO_LONG, NAME_CHARACTERS.
  static absl::StatusOr<FirstName> Parse(absl::string_view text, absl::string_view field);
  // For a name read back from the own store, or a literal in a test.
  static FirstName FromTrusted(std::string text) { return FirstName(std::move(text)); }

  const std::string& text() const { return text_; }

  friend bool operator==(const FirstName&, const FirstName&) = default;

 private:
  explicit FirstName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace tc::linking
