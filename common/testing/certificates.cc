#include "common/testing/certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tc::testing {
namespace {

// A test that cannot be set up must stop.
template <typename T>
T* Must(T* p) {
  if (p == nullptr) std::abort();
  return p;
}
void Must(int result) {
  if (result <= 0) std::abort();
}

void Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = Must(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Must(X509_add_ext(certificate, extension, -1));
  X509_EXTENSION_free(extension);
}

X509* NewCertificate(EVP_PKEY* key, const CertificateRequest& request, int64_t serial) {
  X509* certificate = Must(X509_new());
  Must(X509_set_version(certificate, 2));
  Must(ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), serial));
  X509_gmtime_adj(X509_getm_notBefore(certificate), absl::ToInt64Seconds(request.valid_from));
  X509_gmtime_adj(X509_getm_notAfter(certificate), absl::ToInt64Seconds(request.valid_until));
  Must(X509_set_pubkey(certificate, key));
  Must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(request.common_name.c_str()), -1, -1,
                                  0));
  return certificate;
}

// Whole at once, for those who watch it.
template <typename Write>
void Replace(const std::string& file, const Write& write) {
  const std::string next = file + ".new";
  FILE* out = Must(std::fopen(next.c_str(), "w"));
  if (::fchmod(::fileno(out), 0600) != 0) std::abort();
  write(out);
  std::fclose(out);
  if (std::rename(next.c_str(), file.c_str()) != 0) std::abort();
}

void WriteKey(const std::string& file, EVP_PKEY* key) {
  Replace(file,
          [key](FILE* out) { Must(PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr)); });
}

void WriteCertificate(const std::string& file, X509* certificate) {
  Replace(file, [certificate](FILE* out) { Must(PEM_write_X509(out, certificate)); });
}

X509* ReadCertificate(const std::string& file) {
  FILE* in = Must(std::fopen(file.c_str(), "r"));
  X509* certificate = Must(PEM_read_X509(in, nullptr, nullptr, nullptr));
  std::fclose(in);
  return certificate;
}

void SetIssuer(X509_CRL* list, const X509_NAME* name, const std::string& spelt) {
  if (spelt.empty()) return Must(X509_CRL_set_issuer_name(list, name));
  X509_NAME* const other = Must(X509_NAME_new());
  Must(X509_NAME_add_entry_by_txt(other, "CN", MBSTRING_ASC,
                                  reinterpret_cast<const unsigned char*>(spelt.c_str()), -1, -1, 0));
  Must(X509_CRL_set_issuer_name(list, other));
  X509_NAME_free(other);
}

void ExtendByNumber(X509_CRL* list, int nid, int64_t value, int critical) {
  ASN1_INTEGER* const number = Must(ASN1_INTEGER_new());
  Must(ASN1_INTEGER_set_int64(number, value));
  Must(X509_CRL_add1_ext_i2d(list, nid, number, critical, 0));
  ASN1_INTEGER_free(number);
}

void ExtendList(X509_CRL* list, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, nullptr, nullptr, nullptr, list, 0);
  X509_EXTENSION* extension = Must(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Must(X509_CRL_add_ext(list, extension, -1));
  X509_EXTENSION_free(extension);
}

// Seconds from now.
ASN1_TIME* Moment(absl::Duration from_now) {
  return Must(X509_gmtime_adj(nullptr, absl::ToInt64Seconds(from_now)));
}

}  // namespace

struct Authority::State {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  int64_t serial = 1;
};

Authority::Authority(std::string dir) : Authority(std::move(dir), nullptr) {}
Authority::Authority(std::string dir, Authority& above) : Authority(std::move(dir), &above) {}

Authority::Authority(std::string dir, Authority* above)
    : dir_(std::move(dir)), ca_file_(absl::StrCat(dir_, "/ca.pem")), state_(new State) {
  state_->key = Must(EVP_EC_gen("P-256"));
  CertificateRequest request;
  request.common_name = above == nullptr ? "test authority" : "test authority below";
  State& issuer = above == nullptr ? *state_ : *above->state_;
  state_->certificate = NewCertificate(state_->key, request, issuer.serial++);
  X509* const own = state_->certificate;
  Must(X509_set_issuer_name(own, X509_get_subject_name(issuer.certificate)));
  Extend(own, issuer.certificate, NID_basic_constraints, "critical,CA:TRUE");
  Extend(own, issuer.certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  Must(X509_sign(own, issuer.key, EVP_sha256()));
  WriteCertificate(ca_file_, own);
}

Authority::~Authority() {
  X509_free(state_->certificate);
  EVP_PKEY_free(state_->key);
}

tls::Files Authority::Issue(const std::string& name, const CertificateRequest& request) {
  EVP_PKEY* key = request.rsa ? Must(EVP_RSA_gen(2048)) : Must(EVP_EC_gen(request.curve.c_str()));
  X509* certificate = NewCertificate(key, request, state_->serial++);
  Must(X509_set_issuer_name(certificate, X509_get_subject_name(state_->certificate)));
  std::string names = request.hosts;
  for (const std::string& uri : request.uris) absl::StrAppend(&names, ",URI:", uri);
  Extend(certificate, state_->certificate, NID_subject_alt_name, names);
  Extend(certificate, state_->certificate, NID_key_usage, "critical,digitalSignature");
  if (!request.usage.empty()) Extend(certificate, state_->certificate, NID_ext_key_usage, request.usage);
  Must(X509_sign(certificate, state_->key, EVP_sha256()));
  const tls::Files files{absl::StrCat(dir_, "/", name, ".pem"), absl::StrCat(dir_, "/", name, ".key"),
                         ca_file_};
  WriteKey(files.private_key, key);
  WriteCertificate(files.certificate, certificate);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

std::string Authority::Revoke(const std::vector<std::string>& certificates,
                              const RevocationRequest& request) {
  X509_CRL* list = Must(X509_CRL_new());
  Must(X509_CRL_set_version(list, 1));
  SetIssuer(list, X509_get_subject_name(state_->certificate), request.issuer);
  ASN1_TIME* const made = Moment(request.made);
  ASN1_TIME* const next = Moment(request.next);
  Must(X509_CRL_set1_lastUpdate(list, made));
  Must(X509_CRL_set1_nextUpdate(list, next));
  for (const std::string& file : certificates) {
    X509* certificate = ReadCertificate(file);
    X509_REVOKED* entry = Must(X509_REVOKED_new());
    Must(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)));
    Must(X509_REVOKED_set_revocationDate(entry, made));
    Must(X509_CRL_add0_revoked(list, entry));
    X509_free(certificate);
  }
  if (request.number >= 0) ExtendByNumber(list, NID_crl_number, request.number, /*critical=*/0);
  if (request.delta) ExtendByNumber(list, NID_delta_crl, 1, /*critical=*/1);
  if (!request.scope.empty()) {
    ExtendList(list, NID_issuing_distribution_point, "critical," + request.scope);
  }
  Must(X509_CRL_sign(list, state_->key, EVP_sha256()));
  const std::string file = absl::StrCat(dir_, "/crl.pem");
  Replace(file, [list](FILE* out) { Must(PEM_write_X509_CRL(out, list)); });
  ASN1_TIME_free(made);
  ASN1_TIME_free(next);
  X509_CRL_free(list);
  return file;
}

tls::Files Authority::IssuePeer(const std::string& peer) {
  CertificateRequest request;
  request.uris = {absl::StrCat("spiffe://example.org/", peer)};
  return Issue(absl::StrReplaceAll(peer, {{"/", "-"}}), request);
}

}  // namespace tc::testing
