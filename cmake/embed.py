#!/usr/bin/env python3
"""embed.py OUT NAMESPACE FUNCTION FILE...: a C++ file whose FUNCTION gives the files' texts by their stems."""

import pathlib
import sys

out, namespace, function, *files = sys.argv[1:]
entries = []
for name in files:
    path = pathlib.Path(name)
    entries.append(f'      {{"{path.stem}", R"~embedded~({path.read_text(encoding="utf-8")})~embedded~"}},\n')
pathlib.Path(out).write_text(f"""#include <map>

#include "absl/strings/string_view.h"

namespace {namespace} {{

extern const std::map<absl::string_view, absl::string_view>& {function}();

const std::map<absl::string_view, absl::string_view>& {function}() {{
  static const auto& files = *new std::map<absl::string_view, absl::string_view>{{
{"".join(entries)}  }};
  return files;
}}

}}  // namespace {namespace}
""", encoding="utf-8")
