#include "common/tls/peer_check.h"

#include <utility>

#include "common/base/status.h"

namespace tc::tls {

void PeerCheck::Replace(std::shared_ptr<const Revocations> revocations) {
  const std::lock_guard lock(mutex_);
  revocations_.swap(revocations);
}

absl::Status PeerCheck::Check(absl::string_view chain_pem) const {
  const Certificates chain = TRY(ParseCertificates(chain_pem));
  std::shared_ptr<const Revocations> revocations;
  {
    const std::lock_guard lock(mutex_);
    revocations = revocations_;
  }
  const absl::Time now = clock_.Now();
  if (revocations != nullptr && now >= revocations->good_until())
    return absl::PermissionDeniedError("the list of revoked certificates is out of date");
  for (const X509Owned<X509>& certificate : chain) {
    if (now >= TimeOf(X509_get0_notAfter(certificate.get())))
      return absl::PermissionDeniedError("the certificate has expired");
    if (revocations == nullptr) continue;
    if (!revocations->Covers(*certificate))
      return absl::PermissionDeniedError("no list of revoked certificates is of its authority");
    if (revocations->Contains(*certificate)) return absl::PermissionDeniedError("the certificate is revoked");
  }
  return absl::OkStatus();
}

}  // namespace tc::tls
