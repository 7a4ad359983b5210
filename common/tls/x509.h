#pragma once

// Certificates, keys and lists of revoked certificates as OpenSSL has them, read from PEM. For sources, not
// for headers.

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace tc::tls {

struct X509Free {
  void operator()(ASN1_TIME* p) const { ASN1_TIME_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(X509_CRL* p) const { X509_CRL_free(p); }
  void operator()(X509_NAME* p) const { X509_NAME_free(p); }
  void operator()(ISSUING_DIST_POINT* p) const { ISSUING_DIST_POINT_free(p); }
  void operator()(X509_STORE* p) const { X509_STORE_free(p); }
  void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
};
template <typename T>
using X509Owned = std::unique_ptr<T, X509Free>;
using Certificates = std::vector<X509Owned<X509>>;
using RevocationLists = std::vector<X509Owned<X509_CRL>>;

// Every block of the kind that the text holds, in its order; blocks of other kinds are passed over.
// INVALID_ARGUMENT when there is none, or one that cannot be read.
absl::StatusOr<Certificates> ParseCertificates(absl::string_view pem);
absl::StatusOr<RevocationLists> ParseRevocationLists(absl::string_view pem);
// The first private key; not encrypted.
absl::StatusOr<X509Owned<EVP_PKEY>> ParsePrivateKey(absl::string_view pem);

// The names of kind URI among the alternative names.
std::vector<std::string> UriNamesOf(X509& certificate);
// Whole seconds. InfinitePast when the field is malformed.
absl::Time TimeOf(const ASN1_TIME* time);
// Bytes that tell certificates of one issuer apart.
std::string SerialOf(const ASN1_INTEGER* serial);

}  // namespace tc::tls
