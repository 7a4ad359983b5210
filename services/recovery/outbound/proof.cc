#include "services/recovery/outbound/proof.h"

#include <mutex>
#include <optional>
#include <utility>

namespace tc::recovery {

struct ProofSigner::Keys {
  explicit Keys(crypto::JwtSigner signer) : present(std::move(signer)) {}

  std::mutex mutex;
  crypto::JwtSigner present;
  absl::Time since = absl::InfinitePast();    // it signs what is made from then on
  std::optional<crypto::JwtSigner> previous;  // it signs what was made before
};

ProofSigner::ProofSigner(crypto::JwtSigner signer) : keys_(std::make_shared<Keys>(std::move(signer))) {}

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
  const std::lock_guard lock(keys_->mutex);
  const bool before = made_at < keys_->since && keys_->previous.has_value();
  return (before ? *keys_->previous : keys_->present).Sign(claims);
}

void ProofSigner::Replace(crypto::JwtSigner signer, absl::Time now) {
  const std::lock_guard lock(keys_->mutex);
  keys_->previous = std::exchange(keys_->present, std::move(signer));
  keys_->since = now;
}

}  // namespace tc::recovery
