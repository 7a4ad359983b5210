#include "services/identity/domain/blocklist.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_split.h"
#include "services/identity/domain/text.h"

namespace tc::identity {

std::string ListForm(absl::string_view text) {
  std::string form = Folded(text);
  form.erase(std::remove(form.begin(), form.end(), ' '), form.end());
  return form;
}

uint64_t ListHash(absl::string_view form) {
  uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : form) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

bool InList(absl::Span<const uint64_t> sorted, uint64_t hash) {
  return std::binary_search(sorted.begin(), sorted.end(), hash);
}

Blocklist::Blocklist(std::vector<uint64_t> hashes) : hashes_(std::move(hashes)) {
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  hashes_.shrink_to_fit();
}

Blocklist LoadBlocklist(absl::string_view text) {
  std::vector<uint64_t> hashes;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::string form = ListForm(line);
    if (!form.empty()) hashes.push_back(ListHash(form));
  }
  return Blocklist(std::move(hashes));
}

}  // namespace tc::identity
