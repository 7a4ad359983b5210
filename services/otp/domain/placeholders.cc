#include "services/otp/domain/placeholders.h"

#include <algorithm>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace tc::otp {
namespace {

// Calls `text` and `place` with the pieces of the words, in order.
void Walk(absl::string_view words, const std::function<void(absl::string_view)>& text,
          const std::function<void(absl::string_view)>& place) {
  while (!words.empty()) {
    const size_t brace = words.find_first_of("{}");
    text(words.substr(0, brace));
    if (brace == absl::string_view::npos) return;
    const size_t end = words.find_first_of("{}", brace + 1);
    const bool whole = words[brace] == '{' && end != absl::string_view::npos && words[end] == '}';
    place(whole ? words.substr(brace + 1, end - brace - 1) : "{");
    words.remove_prefix(whole ? end + 1 : brace + 1);
  }
}

}  // namespace

std::string Fill(absl::string_view words, const PlaceValues& values) {
  std::string filled;
  bool stopped = false;  // the value just before ended with a full stop
  Walk(
      words,
      [&](absl::string_view text) {
        if (text.empty()) return;
        if (stopped) absl::ConsumePrefix(&text, ".");
        stopped = false;
        absl::StrAppend(&filled, text);
      },
      [&](absl::string_view place) {
        const auto value =
            std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.first == place; });
        if (value == values.end() || value->second.empty()) return;
        absl::StrAppend(&filled, value->second);
        stopped = absl::EndsWith(value->second, ".");
      });
  return filled;
}

std::vector<std::string> PlaceholdersOf(absl::string_view words) {
  std::vector<std::string> places;
  Walk(
      words, [](absl::string_view) {}, [&](absl::string_view place) { places.emplace_back(place); });
  return places;
}

}  // namespace tc::otp
