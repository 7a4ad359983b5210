#pragma once

// Blocklist: passwords that an operator forbids besides the built-in ones, such as those of a leak (PWD-10,
// PWD-11: looked up here, nothing is asked of anybody). Only 64-bit hashes are kept, sorted: eight bytes an
// entry, a million of them in 8 MB. An entry is never missed; that a password shares the hash of an entry by
// chance, and is refused, happens to less than one in 10^9. Pure value; many threads may read one.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tc::identity {

// The form in which passwords are compared with lists: folded (text.h), without any white space.
std::string ListForm(absl::string_view text);
// 64-bit FNV-1a of a text in its ListForm. cmake/common_passwords.py makes the same.
uint64_t ListHash(absl::string_view form);
// `sorted` ascending.
bool InList(absl::Span<const uint64_t> sorted, uint64_t hash);

class Blocklist {
 public:
  Blocklist() = default;
  explicit Blocklist(std::vector<uint64_t> hashes);

  bool Has(uint64_t hash) const { return InList(hashes_, hash); }
  size_t size() const { return hashes_.size(); }
  size_t bytes() const { return hashes_.capacity() * sizeof(uint64_t); }

 private:
  std::vector<uint64_t> hashes_;  // ascending, each once
};

// One password a line, in any case, LF or CRLF; empty lines are skipped, and no character makes a comment,
// since a password may begin with any.
Blocklist LoadBlocklist(absl::string_view text);

}  // namespace tc::identity
