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

constexpr size_t kUsualLine = 320;  // bytes of a call's line

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
    line += '"';
    line.append(text.data(), text.size());
    line += '"';
    return;
  }
  using nlohmann::json;
  line += json(std::string(text)).dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
}

// RFC 3339 with microseconds. The part down to the second is kept: making it costs more than all the rest of
// a line.
void AppendTime(std::string& line, absl::Time now) {
  thread_local int64_t kept_second = -1;
  thread_local std::string kept;
  const int64_t micros = absl::ToUnixMicros(now);
  const int64_t second = micros / 1'000'000;
  if (second != kept_second) {
    kept = absl::FormatTime("%Y-%m-%dT%H:%M:%S", absl::FromUnixSeconds(second), absl::UTCTimeZone());
    kept_second = second;
  }
  // A million more keeps the leading zeros.
  const std::string fraction = absl::StrCat(1'000'000 + micros % 1'000'000);
  absl::StrAppend(&line, kept, ".", absl::string_view(fraction).substr(1), "Z");
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

void Log(Level level, absl::string_view message, std::initializer_list<Field> fields) {
  if (level < threshold.load(std::memory_order_relaxed)) return;
  std::string line;
  line.reserve(kUsualLine);
  line += "{\"ts\":\"";
  AppendTime(line, absl::Now());
  absl::StrAppend(&line, "\",\"level\":\"", LevelName(level), "\",\"msg\":");
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
