#include "common/tls/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "absl/strings/str_cat.h"

namespace tc::tls {
namespace {

bool WriteAll(int fd, absl::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written <= 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool SetModificationTime(int fd, int64_t seconds) {
  const timespec time{static_cast<time_t>(seconds), 0};
  const timespec both[] = {time, time};
  return ::futimens(fd, both) == 0;
}

}  // namespace

absl::Status MemoryFile::Replace(absl::string_view content) {
  const auto failed = [] {
    return absl::ResourceExhaustedError(absl::StrCat("no file in memory: ", std::strerror(errno)));
  };
  const int next = ::memfd_create("tc-memory-file", MFD_CLOEXEC);
  if (next < 0) return failed();
  if (version_ == 0) version_ = std::time(nullptr);
  const bool filled =
      WriteAll(next, content) && ::fchmod(next, S_IRUSR) == 0 && SetModificationTime(next, ++version_);
  if (fd_ < 0 && filled) {
    fd_ = next;
    path_ = absl::StrCat("/proc/self/fd/", fd_);
    return absl::OkStatus();
  }
  const bool replaced = filled && ::dup3(next, fd_, O_CLOEXEC) >= 0;
  const absl::Status status = replaced ? absl::OkStatus() : failed();
  ::close(next);
  return status;
}

}  // namespace tc::tls
