#pragma once

// How tcctl speaks: answers on standard output, errors on standard error, and an exit code that a script can
// use.

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tc::ctl {

// 0 ok, 1 any other error, 2 usage, 3 not found, 4 denied, 5 precondition or conflict, 69 unavailable, 75
// retry later.
int ExitCodeOf(const absl::Status& status);

enum class Format { kJson, kTable };

// A JSON document as it is, or as a table: one row for each element of its list, or one row for each field.
std::string Render(const std::string& json, Format format);

// Code, reason and every detail, over several lines; as JSON on one line.
std::string RenderError(const absl::Status& status, Format format);

// Prints the error, if it is one, and returns the exit code.
int Report(const absl::Status& status, Format format);

}  // namespace tc::ctl
