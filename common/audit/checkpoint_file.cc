#include "common/audit/checkpoint_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/audit/checkpoint.h"
#include "common/base/status.h"
#include "common/obs/log.h"

namespace tc::audit {
namespace {

constexpr absl::string_view kBlankLine = "\n\n";
constexpr absl::string_view kSignature = "\n\xe2\x80\x94 ";  // how a line of signatures begins
// Many times a note: the file grows for as long as the service lives, and only its end is read.
constexpr off_t kEnd = 64 << 10;

// The beginning of the line that is so many lines before the one that ends at `end`.
size_t LineBefore(absl::string_view text, size_t end, int lines) {
  size_t feed = end;
  for (; lines > 0; --lines) {
    feed = feed == 0 ? absl::string_view::npos : text.rfind('\n', feed - 1);
    if (feed == absl::string_view::npos) return 0;
  }
  return feed + 1;
}

// The end of the signatures behind a blank line; npos: they are torn off.
size_t EndOfSignatures(absl::string_view text, size_t blank) {
  size_t feed = blank + 1;  // the one before a line that may be a signature
  while (absl::StartsWith(text.substr(feed), kSignature)) {
    const size_t next = text.find('\n', feed + 1);
    if (next == absl::string_view::npos) break;
    feed = next;
  }
  return feed == blank + 1 ? absl::string_view::npos : feed + 1;
}

// Three lines before the blank one in a first checkpoint, four in the others: what is before them may be
// torn.
absl::string_view NoteAround(absl::string_view text, size_t blank, size_t end) {
  const auto note = [&](int lines) {
    const size_t begin = LineBefore(text, blank, lines);
    return text.substr(begin, end - begin);
  };
  return ReadUnverified(note(4)).ok() ? note(4) : note(3);
}

absl::StatusOr<std::string> ReadEnd(int file) {
  const off_t size = ::lseek(file, 0, SEEK_END);
  if (size < 0 || ::lseek(file, std::max<off_t>(size - kEnd, 0), SEEK_SET) < 0)
    return absl::ErrnoToStatus(errno, "");
  std::string text;
  char buffer[4096];
  ssize_t got = 0;
  while ((got = ::read(file, buffer, sizeof(buffer))) > 0) text.append(buffer, static_cast<size_t>(got));
  if (got < 0) return absl::ErrnoToStatus(errno, "");
  return text;
}

}  // namespace

LastNote FindLastNote(absl::string_view file) {
  for (size_t blank = file.rfind(kBlankLine); blank != absl::string_view::npos;
       blank = blank == 0 ? absl::string_view::npos : file.rfind(kBlankLine, blank - 1)) {
    const size_t end = EndOfSignatures(file, blank);
    if (end != absl::string_view::npos) return {NoteAround(file, blank, end), end < file.size()};
  }
  return {file, false};
}

absl::Status CheckpointFile::Error(absl::string_view what) const {
  return absl::FailedPreconditionError(absl::StrCat("--audit-checkpoints ", path_, ": ", what));
}

absl::StatusOr<CheckpointFile> CheckpointFile::Open(std::string path) {
  CheckpointFile file(std::move(path));
  TRY(file.Read());
  return file;
}

absl::Status CheckpointFile::Read() {
  const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  // One that is there and may only be written would leave unknown what was signed before.
  if (file < 0) return errno == ENOENT ? Append("") : Error(std::strerror(errno));
  const absl::StatusOr<std::string> text = ReadEnd(file);
  ::close(file);
  if (!text.ok()) return Error("cannot be read");
  const LastNote found = FindLastNote(*text);
  last_ = std::string(found.note);
  torn_ = found.torn;
  if (torn_) obs::Warning("a checkpoint of the audit log was not copied whole", {{"file", path_}});
  return absl::OkStatus();
}

absl::Status CheckpointFile::Append(const std::string& note) {
  const int file = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return Error(std::strerror(errno));
  const std::string bytes = absl::StrCat(torn_ ? "\n" : "", note);
  const ssize_t written = ::write(file, bytes.data(), bytes.size());
  const bool synced = written >= 0 && ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  const bool whole = written == static_cast<ssize_t>(bytes.size());
  if (written > 0) torn_ = !whole || !synced;
  if (!synced) return Error(std::strerror(error));
  if (!whole) return Error("a part of the checkpoint could not be written");
  last_ = note;
  return absl::OkStatus();
}

}  // namespace tc::audit
