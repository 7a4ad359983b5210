#include "services/recovery/outbound/proof.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::recovery {
namespace {

absl::Status Bad(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("proof key ", path, ": ", why));
}

absl::Status WriteNew(const std::string& path, const std::string& text, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return Bad(path, std::strerror(errno));
  const ssize_t written = ::write(file, text.data(), text.size());
  const bool good = written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  return good ? absl::OkStatus() : Bad(path, "could not be written");
}

std::string KidOf(const std::string& path) { return std::filesystem::path(path).stem().string(); }

absl::Status Create(const std::string& path) {
  const crypto::JwtSigner signer = TRY(crypto::JwtSigner::Generate(KidOf(path)));
  const std::string jwks = std::filesystem::path(path).replace_extension(".jwks").string();
  TRY(WriteNew(jwks, signer.Jwks(), 0644));
  return WriteNew(path, signer.ToPem(), 0600);
}

}  // namespace

std::string ProofSigner::Sign(const AccountId& account, const PublicId& recovery, absl::Time made_at) const {
  crypto::Claims claims;
  claims.issuer = "recovery";
  claims.subject = account.text();
  claims.audience = {"identity"};
  claims.issued_at = made_at;
  // Whole seconds, and never more than 60 from now, however the clock's fraction falls.
  claims.expires_at = absl::FromUnixSeconds(absl::ToUnixSeconds(made_at) + 60);
  claims.id = recovery.text();
  claims.extra["purpose"] = "PASSWORD_RECOVERY";
  return signer_.Sign(claims);
}

absl::StatusOr<ProofSigner> LoadProofSigner(const std::string& path, bool create) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT || !create) return Bad(path, std::strerror(errno));
    TRY(Create(path));
    if (::stat(path.c_str(), &info) != 0) return Bad(path, std::strerror(errno));
  }
  if ((info.st_mode & 0077) != 0) return Bad(path, "others may read it; chmod 600");
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return Bad(path, "cannot be read");
  absl::StatusOr<crypto::JwtSigner> signer = crypto::JwtSigner::FromPem(text.str(), KidOf(path));
  if (!signer.ok()) return Bad(path, "is no Ed25519 key in PEM (PKCS#8)");
  return ProofSigner(*std::move(signer));
}

}  // namespace tc::recovery
