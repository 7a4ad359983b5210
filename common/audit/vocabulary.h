#pragma once

// The fixed vocabulary of the audit log (LOG-03): every type that an entry may have. docs/audit.md shows it
// as a table, and a test keeps the two equal. Add a type here before anything emits it: an entry of another
// type is refused, and the act with it.

#include <vector>

#include "absl/strings/string_view.h"

namespace tc::audit {

struct Term {
  absl::string_view type;      // "LinkCreated"
  absl::string_view services;  // "linking"; "all"
  absl::string_view name;      // what OWASP's logging vocabulary calls it: "authn_login_fail"
  absl::string_view meaning;   // a phrase
  // What an entry of it says where the act itself gives no reason: "REFUSED", "FAILED", "UNKNOWN".
  absl::string_view result = "OK";
};

const std::vector<Term>& Vocabulary();
// nullptr: it has no such type.
const Term* FindTerm(absl::string_view type);
inline bool IsKnown(absl::string_view type) { return FindTerm(type) != nullptr; }

}  // namespace tc::audit
