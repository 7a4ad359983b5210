#include "services/otp/outbound/pattern.h"

#include <curl/curl.h>

#include "absl/strings/str_cat.h"

namespace tc::otp {
namespace {

constexpr absl::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_";

}  // namespace

std::string PercentEncoded(absl::string_view text) {
  char* encoded = curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string copy = encoded == nullptr ? "" : encoded;
  curl_free(encoded);
  return copy;
}

absl::StatusOr<Pattern> Pattern::Parse(absl::string_view text) {
  Pattern made;
  std::string literal;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      literal += c;
    } else if (i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
    } else {
      const size_t end = c == '{' ? text.find('}', i) : text.npos;
      if (end == text.npos)
        return absl::InvalidArgumentError("has a brace without its partner; write it twice");
      const absl::string_view name = text.substr(i + 1, end - i - 1);
      if (name.empty() || name.find_first_not_of(kNameCharacters) != name.npos)
        return absl::InvalidArgumentError("has braces around what is no name; write them twice");
      if (!literal.empty()) made.pieces_.push_back({false, std::move(literal)});
      literal.clear();
      made.pieces_.push_back({true, std::string(name)});
      i = end;
    }
  }
  if (!literal.empty()) made.pieces_.push_back({false, std::move(literal)});
  return made;
}

std::vector<std::string> Pattern::names() const {
  std::vector<std::string> names;
  for (const Piece& piece : pieces_) {
    if (piece.placeholder) names.push_back(piece.text);
  }
  return names;
}

std::string Pattern::OnlyName() const {
  return pieces_.size() == 1 && pieces_.front().placeholder ? pieces_.front().text : "";
}

Pattern Pattern::With(const Values& constants) const {
  Pattern made;
  for (const Piece& piece : pieces_) {
    const auto value = piece.placeholder ? constants.find(piece.text) : constants.end();
    made.pieces_.push_back(value == constants.end() ? piece : Piece{false, value->second});
  }
  return made;
}

std::string Pattern::Fill(const Values& values, Escape escape) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    const auto value = piece.placeholder ? values.find(piece.text) : values.end();
    if (!piece.placeholder) {
      text += piece.text;
    } else if (value != values.end()) {
      text += escape == Escape::kUrl ? PercentEncoded(value->second) : value->second;
    }
  }
  return text;
}

}  // namespace tc::otp
