#include "tools/tcctl/proof_rotation.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/jwt.h"
#include "nlohmann/json.hpp"
#include "tools/tcctl/replace_file.h"

namespace tc::ctl {
namespace {

using nlohmann::json;

absl::Status Bad(const std::string& file, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(file, ": ", why));
}

absl::StatusOr<std::string> Read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) return Bad(file, "cannot be read");
  return bytes.str();
}

bool Is(const json& key, const std::string& kid) { return key.value("kid", "") == kid; }

struct Present {
  std::string kid;  // of the key that signs now
  json list;        // {"keys": […]}, which holds it
};

absl::StatusOr<Present> ReadPresent(const ProofFiles& files) {
  const absl::StatusOr<crypto::JwtSigner> signer = crypto::JwtSigner::FromPem(TRY(Read(files.key)));
  if (!signer.ok()) return Bad(files.key, "is no Ed25519 key in PEM (PKCS#8)");
  const std::string text = TRY(Read(files.jwks));
  if (const absl::Status valid = crypto::JwtVerifier::FromJwks(text).status(); !valid.ok())
    return Bad(files.jwks, valid.message());
  Present present{signer->kid(), json::parse(text)};
  const json& keys = present.list["keys"];
  if (std::none_of(keys.begin(), keys.end(), [&](const json& key) { return Is(key, present.kid); }))
    return Bad(files.jwks,
               absl::StrCat("does not hold the key of ", files.key, ", whose kid is ", present.kid));
  return present;
}

}  // namespace

ProofRotation::ProofRotation(ProofFiles files, std::string kid, std::string pem, std::string published)
    : files_(std::move(files)),
      kid_(std::move(kid)),
      pem_(std::move(pem)),
      published_(std::move(published)) {}

absl::StatusOr<ProofRotation> ProofRotation::Begin(const ProofFiles& files) {
  Present present = TRY(ReadPresent(files));
  const crypto::JwtSigner fresh = crypto::JwtSigner::Generate();
  present.list["keys"].push_back(json::parse(fresh.Jwks())["keys"][0]);
  return ProofRotation(files, fresh.kid(), fresh.ToPem(), present.list.dump(1));
}

absl::Status ProofRotation::Publish() const { return ReplaceFile(files_.jwks, published_, 0644); }
absl::Status ProofRotation::Use() const { return ReplaceFile(files_.key, pem_, 0600); }

absl::StatusOr<int> PruneProofKeys(const ProofFiles& files) {
  Present present = TRY(ReadPresent(files));
  json kept = json::array();
  for (const json& key : present.list["keys"]) {
    if (Is(key, present.kid)) kept.push_back(key);
  }
  const int gone = static_cast<int>(present.list["keys"].size() - kept.size());
  if (gone == 0) return 0;
  present.list["keys"] = std::move(kept);
  TRY(ReplaceFile(files.jwks, present.list.dump(1), 0644));
  return gone;
}

}  // namespace tc::ctl
