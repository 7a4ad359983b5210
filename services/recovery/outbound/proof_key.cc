#include "services/recovery/outbound/proof_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/guarded_file.h"

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
  const absl::StatusOr<Secret> pem = crypto::ReadGuarded(path, crypto::Guard::kSecret);
  if (!pem.ok()) return absl::FailedPreconditionError(absl::StrCat("proof key ", pem.status().message()));
  absl::StatusOr<crypto::JwtSigner> signer = crypto::JwtSigner::FromPem(pem->Reveal());
  if (!signer.ok()) return Bad(path, "is no Ed25519 key in PEM (PKCS#8)");
  return signer;
}

}  // namespace

ProofKey::ProofKey(std::string path, const crypto::JwtSigner& signer, obs::OnTaking on_taking)
    : path_(std::move(path)),
      kid_(signer.kid()),
      signer_(signer),
      log_("key of proofs", "tc_proof_key_reloads_total",
           "Changes of the --proof-key file, by what came of them", std::move(on_taking)) {}

absl::StatusOr<std::unique_ptr<ProofKey>> ProofKey::Open(std::string path, bool create,
                                                         obs::OnTaking on_taking) {
  if (create && !std::filesystem::exists(path)) TRY(Create(path));
  const crypto::JwtSigner signer = TRY(Read(path));
  std::unique_ptr<ProofKey> opened(new ProofKey(std::move(path), signer, std::move(on_taking)));
  TRY(opened->log_.Taking(signer.kid(), {{"kid", signer.kid()}}));
  return opened;
}

absl::StatusOr<bool> ProofKey::TakeNew(absl::Time now, std::string& seen) {
  absl::StatusOr<crypto::JwtSigner> signer = Read(path_);
  seen = signer.ok() ? signer->kid() : std::string(signer.status().message());
  TRY(signer.status());
  if (seen == kid_) return false;
  TRY(log_.Taking(seen, {{"kid", seen}}));
  kid_ = seen;
  signer_.Replace(*std::move(signer), now);
  return true;
}

void ProofKey::Look(absl::Time now) {
  std::string seen;
  const absl::StatusOr<bool> taken = TakeNew(now, seen);
  if (!taken.ok()) {
    log_.Refused(seen, taken.status());
  } else if (*taken) {
    log_.Taken();
  }
}

}  // namespace tc::recovery
