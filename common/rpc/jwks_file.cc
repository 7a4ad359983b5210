#include "common/rpc/jwks_file.h"

#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/crypto/guarded_file.h"
#include "common/crypto/hmac.h"

namespace tc::rpc {
namespace {

absl::Status Bad(const std::string& flag, const std::string& file, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(flag, " ", file, ": ", what));
}

absl::StatusOr<std::string> Read(const std::string& flag, const std::string& file, bool guarded) {
  if (guarded) {
    const absl::StatusOr<Secret> content = crypto::ReadGuarded(file, crypto::Guard::kPublic);
    if (content.ok()) return std::string(content->Reveal());
    return absl::FailedPreconditionError(absl::StrCat(flag, " ", content.status().message()));
  }
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

std::map<std::string, std::string> ParticularsOf(const crypto::JwtVerifier& verifier,
                                                 const std::string& content) {
  return {{"kids", absl::StrJoin(verifier.Kids(), ",")},
          {"sha256", absl::BytesToHexString(crypto::Sha256(content))}};
}

}  // namespace

JwksFile::JwksFile(std::string flag, std::string file, bool guarded, crypto::JwtVerifier verifier,
                   std::string content, obs::OnTaking on_taking)
    : flag_(std::move(flag)),
      file_(std::move(file)),
      guarded_(guarded),
      keys_(std::move(verifier)),
      in_force_(std::move(content)),
      log_(absl::StrCat("keys of ", flag_), "tc_jwks_reloads_total",
           "Changes of the files with public keys, by what came of them", std::move(on_taking)) {}

absl::StatusOr<std::unique_ptr<JwksFile>> JwksFile::Open(std::string flag, std::string file, bool guarded,
                                                         obs::OnTaking on_taking) {
  std::string content = TRY(Read(flag, file, guarded));
  crypto::JwtVerifier verifier = TRY(Parse(flag, file, content));
  const std::map<std::string, std::string> particulars = ParticularsOf(verifier, content);
  std::unique_ptr<JwksFile> opened(new JwksFile(std::move(flag), std::move(file), guarded,
                                                std::move(verifier), std::move(content),
                                                std::move(on_taking)));
  TRY(opened->log_.Taking(opened->in_force_, particulars));
  return opened;
}

absl::StatusOr<bool> JwksFile::TakeNew(std::string& seen) {
  absl::StatusOr<std::string> content = Read(flag_, file_, guarded_);
  seen = content.ok() ? *content : std::string(content.status().message());
  TRY(content.status());
  if (*content == in_force_) return false;
  crypto::JwtVerifier verifier = TRY(Parse(flag_, file_, *content));
  TRY(log_.Taking(*content, ParticularsOf(verifier, *content)));
  keys_.Replace(std::move(verifier));
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
