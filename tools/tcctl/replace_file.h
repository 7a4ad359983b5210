#pragma once

// A file that is replaced whole or not at all, and stays so when the machine loses its power.

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tc::ctl {

// Written and synced beside it ("FILE.next"), and put in its place. FAILED_PRECONDITION naming the file; what
// was there before stays.
absl::Status ReplaceFile(const std::string& file, absl::string_view content, mode_t mode);

}  // namespace tc::ctl
