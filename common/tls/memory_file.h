#pragma once

// MemoryFile: a file that is on no disk, with a path that keeps its name while the content is replaced at
// once: who opens it reads the old content or the new one, whole. For libraries that want a path. Its
// modification time differs at each replacement, in whole seconds. One thread replaces; any may
// read.

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tc::tls {

class MemoryFile {
 public:
  // RESOURCE_EXHAUSTED when the process has no descriptor or memory left; the content stays.
  absl::Status Replace(absl::string_view content);
  // For this process only. Readers may come at any time until it ends, so that the descriptor is never
  // closed.
  const std::string& path() const { return path_; }

 private:
  int fd_ = -1;
  int64_t version_ = 0;
  std::string path_;
};

}  // namespace tc::tls
