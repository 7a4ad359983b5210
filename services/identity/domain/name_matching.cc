#include "services/identity/domain/name_matching.h"

#include "absl/strings/str_cat.h"
#include "services/identity/domain/text.h"

namespace tc::identity {

bool SameFirstName(absl::string_view a, absl::string_view b) {
  const std::string left = Folded(a);
  return !left.empty() && left == Folded(b);
}

std::string MaskedName(absl::string_view first_name, absl::string_view last_name) {
  const std::vector<char32_t> last = CodePoints(Nfc(last_name));
  if (last.empty()) return std::string(first_name);
  return absl::StrCat(first_name, " ", FromCodePoints({last.front()}), ".");
}

}  // namespace tc::identity
