#pragma once

// CSV as of RFC 4180, safe to open in a spreadsheet.

#include <string>
#include <vector>

namespace tc::ctl {

// One record with its CRLF. A field with a comma, a quote or a line break is quoted, its quotes doubled. A
// field that begins with = + - @, a tab or a line break gets an apostrophe before it: a spreadsheet shows
// such a field as text instead of computing it, and whoever reads the file by program strips one apostrophe.
std::string CsvRecord(const std::vector<std::string>& fields);

}  // namespace tc::ctl
