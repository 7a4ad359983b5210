#pragma once

// Pattern: a text with {placeholders}; "{{" and "}}" stand for the braces themselves. Immutable.

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::otp {

using Values = std::map<std::string, std::string, std::less<>>;

// Of RFC 3986's unreserved characters and escapes only.
std::string PercentEncoded(absl::string_view text);

class Pattern {
 public:
  enum class Escape { kNone, kUrl };

  Pattern() = default;  // empty
  // INVALID_ARGUMENT for a brace without its partner, and a name that is not of [a-z0-9_].
  static absl::StatusOr<Pattern> Parse(absl::string_view text);

  // The placeholders that are left, in order.
  std::vector<std::string> names() const;
  // The name, when it is one placeholder and nothing else; "" otherwise.
  std::string OnlyName() const;
  // With these values filled in for good. What they hold is not looked into again.
  Pattern With(const Values& constants) const;
  // A placeholder without value is empty. kUrl: values are percent-encoded, so that they stay where they are.
  std::string Fill(const Values& values, Escape escape = Escape::kNone) const;

 private:
  struct Piece {
    bool placeholder = false;
    std::string text;
  };
  std::vector<Piece> pieces_;
};

}  // namespace tc::otp
