#include "common/rpc/tls.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::rpc {
namespace {

constexpr unsigned kReloadSeconds = 1;

struct Free {
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

absl::Status Bad(const std::string& file, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(file, ": ", what));
}

absl::StatusOr<Owned<BIO>> OpenFile(const std::string& file) {
  Owned<BIO> bio(BIO_new_file(file.c_str(), "r"));
  if (bio == nullptr) return Bad(file, "cannot be read");
  return bio;
}

absl::StatusOr<Owned<X509>> ReadCertificate(const std::string& file) {
  const Owned<BIO> bio = TRY(OpenFile(file));
  Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return Bad(file, "holds no PEM certificate");
  return certificate;
}

absl::StatusOr<Owned<EVP_PKEY>> ReadKey(const std::string& file) {
  const Owned<BIO> bio = TRY(OpenFile(file));
  // The empty passphrase keeps OpenSSL from asking the terminal.
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")));
  if (key == nullptr) return Bad(file, "holds no PEM private key");
  return key;
}

}  // namespace

void RestrictTls() {
  // A name of 1.2 that needs an RSA certificate: with ECDSA certificates only 1.3, whose suites are not named
  // here, is left.
  setenv("GRPC_SSL_CIPHER_SUITES", "ECDHE-RSA-AES256-GCM-SHA384", 1);
}

absl::Status CheckCertificate(const std::string& certificate, const std::string& private_key) {
  const Owned<X509> read = TRY(ReadCertificate(certificate));
  const Owned<EVP_PKEY> key = TRY(ReadKey(private_key));
  if (X509_check_private_key(read.get(), key.get()) == 1) return absl::OkStatus();
  return Bad(private_key, absl::StrCat("is not the key of ", certificate));
}

absl::Status CheckTlsFiles(const TlsFiles& files) {
  TRY(ReadCertificate(files.ca));
  TRY(ReadCertificate(files.certificate));
  const Owned<EVP_PKEY> key = TRY(ReadKey(files.private_key));
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC)
    return Bad(files.private_key, "is not an elliptic-curve (ECDSA) key");
  return CheckCertificate(files.certificate, files.private_key);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MutualTlsServerCredentials(const TlsFiles& files) {
  TRY(CheckTlsFiles(files));
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          files.private_key, files.certificate, files.ca, kReloadSeconds));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace tc::rpc
