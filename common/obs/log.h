#pragma once

// One JSON object a line on stderr: ts (RFC 3339, UTC), level, msg, and the fields. No payloads, no personal
// data, no secrets: ids, reasons, counts, durations. Secret has no way in (it does not convert to a string).
// Whatever is not printable ASCII is escaped (LOG-08), broken UTF-8 becomes U+FFFD. One write(2) a line.
// Thread-safe.
//
//   obs::Info("recovery approved", {{"recovery", id.text()}, {"contact", contact.text()}});

#include <functional>
#include <initializer_list>
#include <utility>

#include "absl/strings/string_view.h"

namespace tc::obs {

enum class Level { kDebug, kInfo, kWarning, kError };

// Name and value; both are read during the call only.
using Field = std::pair<absl::string_view, absl::string_view>;

void Log(Level level, absl::string_view message, std::initializer_list<Field> fields);
inline void Debug(absl::string_view m, std::initializer_list<Field> f = {}) { Log(Level::kDebug, m, f); }
inline void Info(absl::string_view m, std::initializer_list<Field> f = {}) { Log(Level::kInfo, m, f); }
inline void Warning(absl::string_view m, std::initializer_list<Field> f = {}) { Log(Level::kWarning, m, f); }
inline void Error(absl::string_view m, std::initializer_list<Field> f = {}) { Log(Level::kError, m, f); }

// Nothing below `level` is written. Default: Info.
void SetLevel(Level level);
// "debug", "info", "warning", "error"; false for another word.
bool ParseLevel(absl::string_view text, Level& level);
// Sends lines elsewhere (a test's buffer), one at a time, newline included; null restores stderr. A sink must
// not log.
void SetSink(std::function<void(absl::string_view line)> sink);

}  // namespace tc::obs
