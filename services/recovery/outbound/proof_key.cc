#include "services/recovery/outbound/proof_key.h"

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

absl::Status Create(const std::string& path) {
  const crypto::JwtSigner signer = crypto::JwtSigner::Generate();
  const std::string jwks = std::filesystem::path(path).replace_extension(".jwks").string();
  TRY(WriteNew(jwks, signer.Jwks(), 0644));
  return WriteNew(path, signer.ToPem(), 0600);
}

absl::StatusOr<crypto::JwtSigner> Read(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return Bad(path, std::strerror(errno));
  if ((info.st_mode & 0077) != 0) return Bad(path, "others may read it; chmod 600");
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return Bad(path, "cannot be read");
  absl::StatusOr<crypto::JwtSigner> signer = crypto::JwtSigner::FromPem(text.str());
  if (!signer.ok()) return Bad(path, "is no Ed25519 key in PEM (PKCS#8)");
  return signer;
}

}  // namespace

ProofKey::ProofKey(std::string path, const crypto::JwtSigner& signer)
    : path_(std::move(path)),
      kid_(signer.kid()),
      signer_(signer),
      log_("key of proofs", "tc_proof_key_reloads_total",
           "Changes of the --proof-key file, by what came of them") {}

absl::StatusOr<std::unique_ptr<ProofKey>> ProofKey::Open(std::string path, bool create) {
  if (create && !std::filesystem::exists(path)) TRY(Create(path));
  const crypto::JwtSigner signer = TRY(Read(path));
  return std::unique_ptr<ProofKey>(new ProofKey(std::move(path), signer));
}

void ProofKey::Look(absl::Time now) {
  absl::StatusOr<crypto::JwtSigner> signer = Read(path_);
  if (!signer.ok()) {
    log_.Refused(signer.status().message(), signer.status());
  } else if (signer->kid() != kid_) {
    kid_ = signer->kid();
    signer_.Replace(*std::move(signer), now);
    log_.Taken();
  }
}

}  // namespace tc::recovery
