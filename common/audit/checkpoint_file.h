#pragma once

// CheckpointFile: the file of --audit-checkpoints, to which every checkpoint is appended (LOG-06). It is
// never cut or rewritten, so that it may lie where nothing can be. Not thread-safe.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::audit {

struct LastNote {
  absl::string_view note;
  bool torn = false;  // something is behind it
};
// The last whole note of such a file, or of its end: whatever it says. All there is when there is no whole
// one. Pure.
LastNote FindLastNote(absl::string_view file);

class CheckpointFile {
 public:
  // Makes the file where there is none. FAILED_PRECONDITION when it cannot be read or written.
  static absl::StatusOr<CheckpointFile> Open(std::string path);

  // As FindLastNote tells: what a crash or a full disk left behind it is passed over. Empty: there is none.
  const std::string& last() const { return last_; }
  // Synced. FAILED_PRECONDITION when it cannot be written, or not whole; then last() is as it was.
  absl::Status Append(const std::string& note);
  // Names the file.
  absl::Status Error(absl::string_view what) const;

 private:
  explicit CheckpointFile(std::string path) : path_(std::move(path)) {}

  absl::Status Read();

  std::string path_;
  std::string last_;
  bool torn_ = false;  // it ends in the middle of a note
};

}  // namespace tc::audit
