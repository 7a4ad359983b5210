#include "common/rpc/jwks_file.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::rpc {
namespace {

absl::Status Bad(const std::string& flag, const std::string& file, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(flag, " ", file, ": ", what));
}

absl::StatusOr<std::string> Read(const std::string& flag, const std::string& file, bool guarded) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return Bad(flag, file, "cannot be read");
  if (guarded && (info.st_mode & S_IWOTH) != 0)
    return Bad(flag, file, "everybody may write it, and so sign in as anybody; use mode 0644");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) return Bad(flag, file, "cannot be read");
  return bytes.str();
}

absl::StatusOr<crypto::JwtVerifier> Parse(const std::string& flag, const std::string& file,
                                          const std::string& content) {
  absl::StatusOr<crypto::JwtVerifier> verifier = crypto::JwtVerifier::FromJwks(content);
  if (!verifier.ok()) return Bad(flag, file, verifier.status().message());
  return verifier;
}

}  // namespace

JwksFile::JwksFile(std::string flag, std::string file, bool guarded, crypto::JwtVerifier verifier,
                   std::string content)
    : flag_(std::move(flag)),
      file_(std::move(file)),
      guarded_(guarded),
      keys_(std::move(verifier)),
      in_force_(std::move(content)),
      log_(absl::StrCat("keys of ", flag_), "tc_jwks_reloads_total",
           "Changes of the files with public keys, by what came of them") {}

absl::StatusOr<std::unique_ptr<JwksFile>> JwksFile::Open(std::string flag, std::string file, bool guarded) {
  std::string content = TRY(Read(flag, file, guarded));
  crypto::JwtVerifier verifier = TRY(Parse(flag, file, content));
  return std::unique_ptr<JwksFile>(
      new JwksFile(std::move(flag), std::move(file), guarded, std::move(verifier), std::move(content)));
}

absl::StatusOr<bool> JwksFile::TakeNew(std::string& seen) {
  absl::StatusOr<std::string> content = Read(flag_, file_, guarded_);
  seen = content.ok() ? *content : std::string(content.status().message());
  TRY(content.status());
  if (*content == in_force_) return false;
  keys_.Replace(TRY(Parse(flag_, file_, *content)));
  in_force_ = *std::move(content);
  return true;
}

absl::Status JwksFile::Reload() {
  const std::lock_guard lock(mutex_);
  std::string seen;
  const absl::StatusOr<bool> taken = TakeNew(seen);
  if (taken.ok() && *taken) log_.Taken();
  return taken.status();
}

void JwksFile::Look() {
  const std::lock_guard lock(mutex_);
  std::string seen;
  const absl::StatusOr<bool> taken = TakeNew(seen);
  if (!taken.ok()) {
    log_.Refused(seen, taken.status());
  } else if (*taken) {
    log_.Taken();
  }
}

}  // namespace tc::rpc
