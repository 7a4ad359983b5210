#include "common/crypto/guarded_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/crypto/key_files.h"
#include "common/crypto/wipe.h"

namespace tc::crypto {
namespace {

constexpr size_t kMaxFile = 4 * 1024 * 1024;  // a list of some ten thousand revoked certificates

absl::Status Bad(const std::string& path, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", what));
}

class File {
 public:
  // A pipe or a device must not keep us waiting.
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::Status CheckGuard(const std::string& path, const struct stat& info, Guard guard) {
  const mode_t mode = info.st_mode & 07777;
  if (guard == Guard::kSecret && !IsPrivate(info.st_mode, info.st_gid, OwnGroups()))
    return Bad(path, absl::StrFormat("mode %04o lets others read the key; use 0600", mode));
  if (guard == Guard::kPublic && (mode & S_IWOTH) != 0)
    return Bad(path, absl::StrFormat("mode %04o: everybody may write it; use 0644", mode));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Secret> ReadGuarded(const std::string& path, Guard guard) {
  const File file(path);
  struct stat info {};
  if (file.fd() < 0 || ::fstat(file.fd(), &info) != 0)
    return Bad(path, absl::StrCat("cannot be read: ", std::strerror(errno)));
  if (!S_ISREG(info.st_mode)) return Bad(path, "is not a file");
  TRY(CheckGuard(path, info, guard));
  if (static_cast<size_t>(info.st_size) > kMaxFile) return Bad(path, "is longer than 4 MiB");
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  size_t size = 0;
  ssize_t read = 1;
  while (size < bytes.size() && (read = ::read(file.fd(), bytes.data() + size, bytes.size() - size)) > 0)
    size += static_cast<size_t>(read);
  Secret content(absl::string_view(bytes.data(), size));
  Wipe(bytes);
  if (read < 0) return Bad(path, "cannot be read");
  return content;
}

}  // namespace tc::crypto
