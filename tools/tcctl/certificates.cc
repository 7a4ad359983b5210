#include "tools/tcctl/certificates.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/tls/x509.h"

namespace tc::ctl {

namespace {

namespace fs = std::filesystem;

constexpr int kAuthorityDays = 3650;
// So that clocks may differ a little.
constexpr absl::Duration kEarlier = absl::Minutes(5);

using tls::X509Owned;

struct Close {
  void operator()(FILE* p) const { std::fclose(p); }
};
using File = std::unique_ptr<FILE, Close>;

struct Authority {
  X509Owned<EVP_PKEY> key;
  X509Owned<X509> certificate;
};

absl::Status Failed(const std::string& what) {
  return absl::InternalError(absl::StrCat("OpenSSL cannot make ", what));
}

absl::Status Write(const std::string& file, mode_t mode, const std::function<int(FILE*)>& write) {
  const std::string next = file + ".new";
  ::unlink(next.c_str());
  const int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  FILE* const out = fd < 0 ? nullptr : ::fdopen(fd, "w");
  const bool written = out != nullptr && write(out) == 1;
  const bool closed = out != nullptr && std::fclose(out) == 0;
  if (written && closed && std::rename(next.c_str(), file.c_str()) == 0) return absl::OkStatus();
  return absl::UnknownError(absl::StrCat("cannot write ", file));
}

absl::StatusOr<File> Open(const std::string& file) {
  File in(std::fopen(file.c_str(), "r"));
  if (in == nullptr) return absl::NotFoundError(absl::StrCat("cannot read ", file));
  return in;
}

absl::StatusOr<X509Owned<X509>> Read(const std::string& file) {
  const File in = TRY(Open(file));
  X509Owned<X509> certificate(PEM_read_X509(in.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return absl::InvalidArgumentError(absl::StrCat(file, " holds no certificate"));
  return certificate;
}

absl::StatusOr<Authority> OpenAuthority(const std::string& dir) {
  Authority authority;
  authority.certificate = TRY(Read(dir + "/ca.pem"));
  const File in = TRY(Open(dir + "/ca.key"));
  authority.key.reset(PEM_read_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  if (authority.key == nullptr ||
      X509_check_private_key(authority.certificate.get(), authority.key.get()) != 1)
    return absl::FailedPreconditionError(absl::StrCat(dir, "/ca.key is not the key of ca.pem"));
  return authority;
}

bool Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

// With a random serial number, not signed yet.
absl::StatusOr<X509Owned<X509>> Draft(EVP_PKEY* key, const std::string& common_name, int days) {
  X509Owned<X509> certificate(X509_new());
  unsigned char serial[16];
  if (key == nullptr || RAND_bytes(serial, sizeof serial) != 1) return Failed("a key and a number");
  serial[0] &= 0x7f;
  BIGNUM* const number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  X509_set_version(certificate.get(), 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -absl::ToInt64Seconds(kEarlier));
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400L * days);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return certificate;
}

bool IsAddress(const std::string& host) {
  return host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
}

// Only services are called: another certificate with a host's name could take a service's place.
std::string AlternativeNames(const CertificateOrder& order, const std::string& peer) {
  std::string names = absl::StrCat("URI:spiffe://", order.trust_domain, "/", peer);
  if (!absl::StartsWith(peer, "service/")) return names;
  for (const std::string& host : order.hosts)
    absl::StrAppend(&names, ",", IsAddress(host) ? "IP:" : "DNS:", host);
  return names;
}

absl::Status CheckPeer(const std::string& peer) {
  const std::vector<std::string> parts = absl::StrSplit(peer, '/');
  const std::set<std::string> roles = {"portal",  "service", "identity-provider", "service-centre",
                                       "bank",    "post",    "operator",          "monitor",
                                       "gateway", "auditor"};
  const bool plain = parts.size() == 2 && !parts[1].empty() &&
                     parts[1].find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (plain && roles.count(parts[0]) != 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(peer, " is no peer; write ROLE/NAME, such as portal/web or service/otp"));
}

std::string TextOf(const X509_NAME* name) {
  const X509Owned<BIO> out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

void ReadNames(X509* certificate, CertificateFacts& facts) {
  auto* const names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    const X509Owned<BIO> out(BIO_new(BIO_s_mem()));
    GENERAL_NAME_print(out.get(), name);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    const std::string said(text, static_cast<size_t>(size));
    (name->type == GEN_URI ? facts.uris : facts.hosts).push_back(said.substr(said.find(':') + 1));
  }
  GENERAL_NAMES_free(names);
}

// The list as it is; an empty one only where there is none, since whoever stands in it must not get in again.
absl::StatusOr<X509Owned<X509_CRL>> OpenList(const std::string& file, const Authority& authority) {
  if (fs::exists(file)) {
    const File in = TRY(Open(file));
    X509Owned<X509_CRL> list(PEM_read_X509_CRL(in.get(), nullptr, nullptr, nullptr));
    if (list != nullptr && X509_CRL_verify(list.get(), authority.key.get()) == 1) return list;
    return absl::FailedPreconditionError(absl::StrCat(file, " is no list of this authority"));
  }
  X509Owned<X509_CRL> list(X509_CRL_new());
  X509_CRL_set_version(list.get(), 1);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.certificate.get()));
  return list;
}

absl::Status Enter(X509_CRL* list, const Authority& authority, const std::string& file, ASN1_TIME* now) {
  const X509Owned<X509> certificate = TRY(Read(file));
  if (X509_verify(certificate.get(), authority.key.get()) != 1)
    return absl::FailedPreconditionError(absl::StrCat(file, " was not issued by this authority"));
  X509_REVOKED* const entry = X509_REVOKED_new();
  X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate.get()));
  X509_REVOKED_set_revocationDate(entry, now);
  X509_CRL_add0_revoked(list, entry);
  return absl::OkStatus();
}

}  // namespace

const std::vector<std::string>& UsualPeers() {
  static const std::vector<std::string> peers = {
      "service/identity", "service/linking",        "service/recovery",    "service/otp", "portal/demo",
      "operator/demo",    "monitor/demo",           "service-centre/demo", "bank/demo",   "post/demo",
      "gateway/demo",     "identity-provider/demo", "auditor/demo"};
  return peers;
}

absl::StatusOr<bool> EnsureAuthority(const CertificateOrder& order, bool anew) {
  std::error_code error;
  if (fs::exists(order.dir + "/ca.pem") && !anew) return false;
  if (fs::create_directories(order.dir, error)) fs::permissions(order.dir, fs::perms::owner_all, error);
  if (error) return absl::UnknownError(absl::StrCat("cannot make ", order.dir, ": ", error.message()));
  const X509Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const X509Owned<X509> own =
      TRY(Draft(key.get(), absl::StrCat("development authority of ", order.trust_domain), kAuthorityDays));
  X509_set_issuer_name(own.get(), X509_get_subject_name(own.get()));
  const bool signed_by_itself =
      Extend(own.get(), own.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      Extend(own.get(), own.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
      Extend(own.get(), own.get(), NID_subject_key_identifier, "hash") &&
      X509_sign(own.get(), key.get(), EVP_sha256()) > 0;
  if (!signed_by_itself) return Failed("the authority");
  TRY(Write(order.dir + "/ca.key", 0600, [&](FILE* out) {
    return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }));
  TRY(Write(order.dir + "/ca.pem", 0644, [&](FILE* out) { return PEM_write_X509(out, own.get()); }));
  fs::remove(order.dir + "/crl.pem", error);  // of the authority before
  return true;
}

absl::StatusOr<CertificateFacts> IssueCertificate(const CertificateOrder& order, const std::string& peer) {
  TRY(CheckPeer(peer));
  const Authority authority = TRY(OpenAuthority(order.dir));
  const X509Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const X509Owned<X509> own = TRY(Draft(key.get(), peer, order.days));
  X509_set_issuer_name(own.get(), X509_get_subject_name(authority.certificate.get()));
  const bool issued =
      Extend(own.get(), authority.certificate.get(), NID_subject_alt_name, AlternativeNames(order, peer)) &&
      Extend(own.get(), authority.certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      Extend(own.get(), authority.certificate.get(), NID_key_usage, "critical,digitalSignature") &&
      Extend(own.get(), authority.certificate.get(), NID_ext_key_usage, "serverAuth,clientAuth") &&
      X509_sign(own.get(), authority.key.get(), EVP_sha256()) > 0;
  if (!issued)
    return absl::InvalidArgumentError(absl::StrCat("no certificate for ", AlternativeNames(order, peer)));
  const std::string stem = absl::StrCat(order.dir, "/", absl::StrReplaceAll(peer, {{"/", "-"}}));
  TRY(Write(stem + ".key", 0600, [&](FILE* out) {
    return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }));
  TRY(Write(stem + ".pem", 0644, [&](FILE* out) { return PEM_write_X509(out, own.get()); }));
  return ReadCertificate(stem + ".pem");
}

absl::Status RevokeCertificates(const std::string& dir, const std::vector<std::string>& files, int days) {
  const Authority authority = TRY(OpenAuthority(dir));
  const X509Owned<X509_CRL> list = TRY(OpenList(dir + "/crl.pem", authority));
  const X509Owned<ASN1_TIME> now(X509_gmtime_adj(nullptr, 0));
  const X509Owned<ASN1_TIME> next(X509_gmtime_adj(nullptr, 86400L * days));
  X509_CRL_set1_lastUpdate(list.get(), now.get());
  X509_CRL_set1_nextUpdate(list.get(), next.get());
  for (const std::string& file : files) TRY(Enter(list.get(), authority, file, now.get()));
  if (X509_CRL_sign(list.get(), authority.key.get(), EVP_sha256()) <= 0) return Failed("the list");
  return Write(dir + "/crl.pem", 0644, [&](FILE* out) { return PEM_write_X509_CRL(out, list.get()); });
}

absl::StatusOr<CertificateFacts> ReadCertificate(const std::string& file) {
  const X509Owned<X509> certificate = TRY(Read(file));
  CertificateFacts facts;
  facts.file = file;
  facts.subject = TextOf(X509_get_subject_name(certificate.get()));
  facts.issuer = TextOf(X509_get_issuer_name(certificate.get()));
  BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr);
  char* const hex = BN_bn2hex(number);
  facts.serial = hex;
  OPENSSL_free(hex);
  BN_free(number);
  ReadNames(certificate.get(), facts);
  facts.not_before = tls::TimeOf(X509_get0_notBefore(certificate.get()));
  facts.not_after = tls::TimeOf(X509_get0_notAfter(certificate.get()));
  return facts;
}

}  // namespace tc::ctl
