#include "tools/tcctl/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::ctl {
namespace {

absl::Status SystemError(const std::string& file) {
  return absl::FailedPreconditionError(absl::StrCat(file, ": ", std::strerror(errno)));
}

bool WriteSynced(int fd, absl::string_view content, mode_t mode) {
  errno = EIO;  // of a write that was short
  return ::fchmod(fd, mode) == 0 &&
         ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
         ::fsync(fd) == 0;
}

// Else the old name could come back.
absl::Status SyncDirectoryOf(const std::string& file) {
  const std::filesystem::path parent = std::filesystem::path(file).parent_path();
  const std::string dir = parent.empty() ? "." : parent.string();
  const int fd = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return SystemError(dir);
  const absl::Status synced = ::fsync(fd) == 0 ? absl::OkStatus() : SystemError(dir);
  ::close(fd);
  return synced;
}

}  // namespace

absl::Status ReplaceFile(const std::string& file, absl::string_view content, mode_t mode) {
  const std::string next = absl::StrCat(file, ".next");
  const int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return SystemError(next);
  absl::Status replaced = WriteSynced(fd, content, mode) ? absl::OkStatus() : SystemError(next);
  ::close(fd);
  if (replaced.ok() && ::rename(next.c_str(), file.c_str()) != 0) replaced = SystemError(file);
  if (replaced.ok()) return SyncDirectoryOf(file);
  ::unlink(next.c_str());
  return replaced;
}

}  // namespace tc::ctl
