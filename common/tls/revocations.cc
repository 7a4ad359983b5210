#include "common/tls/revocations.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::tls {
namespace {

bool IsSignedByOneOf(X509_CRL* list, const Certificates& authorities) {
  return std::any_of(authorities.begin(), authorities.end(), [list](const X509Owned<X509>& authority) {
    const bool named = X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(authority.get())) == 0;
    return named && X509_CRL_verify(list, X509_get0_pubkey(authority.get())) == 1;
  });
}

}  // namespace

absl::StatusOr<Revocations> Revocations::Parse(absl::string_view pem, const Certificates& authorities,
                                               absl::Time now) {
  Revocations all;
  const RevocationLists lists = TRY(ParseRevocationLists(pem));
  for (const X509Owned<X509_CRL>& list : lists) {
    if (!IsSignedByOneOf(list.get(), authorities))
      return absl::InvalidArgumentError("is not signed by the authority");
    const absl::Time next = TimeOf(X509_CRL_get0_nextUpdate(list.get()));
    const absl::Time made = TimeOf(X509_CRL_get0_lastUpdate(list.get()));
    if (made > now || next <= now) {
      return absl::InvalidArgumentError(absl::StrCat("is out of date: its next update was due at ",
                                                     absl::FormatTime(next, absl::UTCTimeZone())));
    }
    all.made_at_ = std::max(all.made_at_, made);
    all.good_until_ = std::min(all.good_until_, next);
    const std::string issuer = DerOf(X509_CRL_get_issuer(list.get()));
    STACK_OF(X509_REVOKED)* const entries = X509_CRL_get_REVOKED(list.get());
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
      const X509_REVOKED* const entry = sk_X509_REVOKED_value(entries, i);
      all.revoked_.emplace(issuer, SerialOf(X509_REVOKED_get0_serialNumber(entry)));
    }
  }
  return all;
}

bool Revocations::Contains(X509& certificate) const {
  return revoked_.count({DerOf(X509_get_issuer_name(&certificate)),
                         SerialOf(X509_get0_serialNumber(&certificate))}) != 0;
}

}  // namespace tc::tls
