#include "common/obs/log.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace tc::obs {
namespace {

std::atomic<Level> threshold{Level::kInfo};

struct Output {
  std::mutex mutex;  // lines longer than a pipe's atomic write must not mix
  std::function<void(absl::string_view)> sink;
};

Output& TheOutput() {
  static Output& output = *new Output;
  return output;
}

absl::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

// Plain text is copied; anything else is escaped down to ASCII, so that neither a control sequence nor a
// change of direction reaches the terminal of whoever reads the log (LOG-08).
void AppendQuoted(std::string& line, absl::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  if (plain) {
    absl::StrAppend(&line, "\"", text, "\"");
    return;
  }
  using nlohmann::json;
  line += json(std::string(text)).dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
}

void WriteToStderr(absl::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody is left to tell
    line.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

void Log(Level level, absl::string_view message, const std::vector<Field>& fields) {
  if (level < threshold.load(std::memory_order_relaxed)) return;
  std::string line =
      absl::StrCat("{\"ts\":\"", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone()),
                   "\",\"level\":\"", LevelName(level), "\",\"msg\":");
  AppendQuoted(line, message);
  for (const auto& [name, value] : fields) {
    line += ',';
    AppendQuoted(line, name);
    line += ':';
    AppendQuoted(line, value);
  }
  line += "}\n";

  Output& output = TheOutput();
  const std::lock_guard lock(output.mutex);
  if (output.sink) {
    output.sink(line);
  } else {
    WriteToStderr(line);
  }
}

void SetLevel(Level level) { threshold.store(level, std::memory_order_relaxed); }

bool ParseLevel(absl::string_view text, Level& level) {
  for (const Level known : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (text == LevelName(known)) {
      level = known;
      return true;
    }
  }
  return false;
}

void SetSink(std::function<void(absl::string_view line)> sink) {
  Output& output = TheOutput();
  const std::lock_guard lock(output.mutex);
  output.sink = std::move(sink);
}

}  // namespace tc::obs
