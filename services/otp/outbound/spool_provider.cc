#include "services/otp/outbound/spool_provider.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/otp/outbound/message_json.h"

namespace tc::otp {
namespace {

absl::Status Failed() { return absl::UnavailableError("SPOOL_WRITE"); }

bool WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return ::fsync(fd) == 0;
}

// A reader of the directory sees the whole file or none.
absl::Status WriteFile(const std::string& path, absl::string_view bytes) {
  const std::string draft = absl::StrCat(path, ".tmp");
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return Failed();
  const bool written = WriteAll(fd, bytes);
  if (::close(fd) != 0 || !written) return Failed();
  return ::rename(draft.c_str(), path.c_str()) == 0 ? absl::OkStatus() : Failed();
}

}  // namespace

ProviderInfo SpoolInfo() {
  return {.name = "spool",
          .kind = "spool",
          .channels = {Channel::kSms, Channel::kVoice, Channel::kEmail, Channel::kPush},
          .repeats_safely = true};
}

absl::StatusOr<std::unique_ptr<Provider>> SpoolProvider::Open(ProviderInfo info, const std::string& dir) {
  struct stat status {};
  const bool made = ::mkdir(dir.c_str(), 0700) == 0 || errno == EEXIST;
  if (!made || ::stat(dir.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      ::access(dir.c_str(), W_OK) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("the spool ", dir, " is no directory that can be written to"));
  }
  return std::make_unique<SpoolProvider>(std::move(info), dir);
}

absl::StatusOr<Acceptance> SpoolProvider::Send(const Message& message, const Handover&) {
  const std::string path = absl::StrCat(dir_, "/", message.request_id, ".json");
  if (::access(path.c_str(), F_OK) == 0) return Acceptance{message.request_id};
  TRY(WriteFile(path, absl::StrCat(ToJson(message), "\n")));
  obs::Info("message spooled", {{"delivery", message.delivery.text()},
                                {"to", message.to.Masked()},
                                {"template", message.template_name},
                                {"file", path}});
  return Acceptance{message.request_id};
}

}  // namespace tc::otp
