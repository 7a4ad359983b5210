#include "common/tls/x509.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <ctime>
#include <utility>

namespace tc::tls {
namespace {

X509Owned<BIO> Over(absl::string_view text) {
  return X509Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// `read` gives the next block, or null: at the end, or where it is broken.
template <typename T, typename Read>
absl::StatusOr<std::vector<X509Owned<T>>> ReadAll(absl::string_view pem, const char* what, const Read& read) {
  const X509Owned<BIO> bio = Over(pem);
  std::vector<X509Owned<T>> found;
  ERR_clear_error();
  while (T* const next = read(bio.get())) found.emplace_back(next);
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const bool at_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (found.empty() || !at_end) return absl::InvalidArgumentError(what);
  return found;
}

}  // namespace

absl::StatusOr<Certificates> ParseCertificates(absl::string_view pem) {
  return ReadAll<X509>(pem, "holds no PEM certificate, or a broken one",
                       [](BIO* bio) { return PEM_read_bio_X509(bio, nullptr, nullptr, nullptr); });
}

absl::StatusOr<RevocationLists> ParseRevocationLists(absl::string_view pem) {
  return ReadAll<X509_CRL>(pem, "holds no PEM list of revoked certificates, or a broken one",
                           [](BIO* bio) { return PEM_read_bio_X509_CRL(bio, nullptr, nullptr, nullptr); });
}

absl::StatusOr<X509Owned<EVP_PKEY>> ParsePrivateKey(absl::string_view pem) {
  const X509Owned<BIO> bio = Over(pem);
  // The empty passphrase keeps OpenSSL from asking the terminal.
  X509Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")));
  ERR_clear_error();
  if (key == nullptr) return absl::InvalidArgumentError("holds no PEM private key");
  return key;
}

std::vector<std::string> UriNamesOf(X509& certificate) {
  std::vector<std::string> uris;
  auto* const names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* const uri = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  GENERAL_NAMES_free(names);
  return uris;
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string SerialOf(const ASN1_INTEGER* serial) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                     static_cast<size_t>(ASN1_STRING_length(serial)));
}

}  // namespace tc::tls
