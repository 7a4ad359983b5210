#include "common/tls/material.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/crypto/guarded_file.h"
#include "common/crypto/hmac.h"
#include "common/tls/revocations.h"
#include "common/tls/x509.h"

namespace tc::tls {
namespace {

using crypto::Guard;
using crypto::ReadGuarded;

absl::Status Bad(const std::string& file, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(file, ": ", what));
}

// The same, for what a parser has said of the file's content.
template <typename T>
absl::StatusOr<T> In(const std::string& file, absl::StatusOr<T> parsed) {
  if (!parsed.ok()) return Bad(file, parsed.status().message());
  return parsed;
}

// With RSA, TLS 1.2 would have a cipher (TRN-02); of the curves TLS 1.3 knows these only (RFC 8446 4.2.3),
// and with another one every handshake would fail.
absl::Status CheckCurve(const std::string& key_file, const EVP_PKEY* key) {
  char curve[64] = "";
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
      EVP_PKEY_get_group_name(key, curve, sizeof curve, nullptr) != 1)
    return Bad(key_file, "is not an elliptic-curve (ECDSA) key");
  const int id = OBJ_sn2nid(curve);
  if (id == NID_X9_62_prime256v1 || id == NID_secp384r1 || id == NID_secp521r1) return absl::OkStatus();
  return Bad(key_file, absl::StrCat("is on the curve ", curve, ", which TLS 1.3 does not know; use P-256"));
}

absl::Status CheckPair(const std::string& certificate_file, X509* certificate, const std::string& key_file,
                       EVP_PKEY* key) {
  if (X509_check_private_key(certificate, key) == 1) return absl::OkStatus();
  return Bad(key_file, absl::StrCat("is not the key of ", certificate_file));
}

absl::Status CheckDates(const std::string& file, absl::Time not_before, absl::Time not_after,
                        absl::Time now) {
  const auto text = [](absl::Time time) { return absl::FormatTime(time, absl::UTCTimeZone()); };
  if (now < not_before) return Bad(file, absl::StrCat("is valid from ", text(not_before), " on only"));
  if (now >= not_after) return Bad(file, absl::StrCat("has expired at ", text(not_after)));
  return absl::OkStatus();
}

// Whether the chain leads to one of the authorities, at `now`.
absl::Status CheckChain(const Files& files, const Certificates& chain, const Certificates& authorities,
                        absl::Time now) {
  const X509Owned<X509_STORE> store(X509_STORE_new());
  for (const X509Owned<X509>& authority : authorities) X509_STORE_add_cert(store.get(), authority.get());
  STACK_OF(X509)* const further = sk_X509_new_null();
  for (size_t i = 1; i < chain.size(); ++i) sk_X509_push(further, chain[i].get());
  const X509Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), further);
  X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context.get()), absl::ToTimeT(now));
  const int verified = X509_verify_cert(context.get());
  const int error = X509_STORE_CTX_get_error(context.get());
  sk_X509_free(further);
  if (verified == 1) return absl::OkStatus();
  return Bad(files.certificate, absl::StrCat("does not lead to an authority of ", files.ca, ": ",
                                             X509_verify_cert_error_string(error)));
}

absl::Status CheckUse(const std::string& file, X509* certificate) {
  const bool says = (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0;
  const uint32_t use = X509_get_extended_key_usage(certificate);
  const bool both = (use & XKU_SSL_SERVER) != 0 && (use & XKU_SSL_CLIENT) != 0;
  if (says && both) return absl::OkStatus();
  return Bad(file, "is not for serverAuth and clientAuth both");
}

absl::Status CheckName(const std::string& file, X509& certificate, const std::string& spiffe_id) {
  if (spiffe_id.empty()) return absl::OkStatus();
  const std::vector<std::string> uris = UriNamesOf(certificate);
  if (uris == std::vector<std::string>{spiffe_id}) return absl::OkStatus();
  return Bad(file, absl::StrCat("must have the one URI name ", spiffe_id, "; it has ",
                                uris.empty() ? "none" : absl::StrJoin(uris, ", ")));
}

// Peers would not let in a certificate of which no list tells.
absl::Status CheckCovered(const Files& files, const Certificates& chain, const Revocations& revocations) {
  for (const X509Owned<X509>& certificate : chain) {
    if (!revocations.Covers(*certificate)) {
      return Bad(files.crl, absl::StrCat("has no list of the authority that issued ", files.certificate,
                                         "; an authority between belongs in ", files.ca, " as well"));
    }
  }
  return absl::OkStatus();
}

// Written anew, so that nothing of the files is served but what was checked.
Secret PemOf(EVP_PKEY* key, const Certificates& certificates) {
  const X509Owned<BIO> out(BIO_new(BIO_s_secmem()));
  if (key != nullptr) PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  for (const X509Owned<X509>& certificate : certificates) PEM_write_bio_X509(out.get(), certificate.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return Secret(absl::string_view(bytes, static_cast<size_t>(size)));
}

std::string FingerprintOf(const X509& certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  X509_digest(&certificate, EVP_sha256(), digest, &size);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

std::map<std::string, std::string> ParticularsOf(const X509& own, const Certificates& authorities,
                                                 const std::string& lists) {
  std::vector<std::string> fingerprints;
  for (const X509Owned<X509>& authority : authorities) fingerprints.push_back(FingerprintOf(*authority));
  std::map<std::string, std::string> particulars = {
      {"certificate", FingerprintOf(own)},
      {"serial", absl::BytesToHexString(SerialOf(X509_get0_serialNumber(&own)))},
      {"expires", absl::FormatTime(absl::RFC3339_sec, TimeOf(X509_get0_notAfter(&own)), absl::UTCTimeZone())},
      {"authorities", absl::StrJoin(fingerprints, ",")}};
  if (!lists.empty()) particulars["revoked"] = absl::BytesToHexString(crypto::Sha256(lists));
  return particulars;
}

}  // namespace

std::string FileContents::Fingerprint() const {
  std::string all;
  for (const absl::string_view part : {absl::string_view(certificate), private_key.Reveal(),
                                       absl::string_view(ca), absl::string_view(crl)}) {
    absl::StrAppend(&all, crypto::Sha256(part));
  }
  return crypto::Sha256(all);
}

absl::StatusOr<FileContents> ReadFiles(const Files& files) {
  FileContents contents;
  contents.certificate = std::string(TRY(ReadGuarded(files.certificate, Guard::kPublic)).Reveal());
  contents.private_key = TRY(ReadGuarded(files.private_key, Guard::kSecret));
  contents.ca = std::string(TRY(ReadGuarded(files.ca, Guard::kPublic)).Reveal());
  if (!files.crl.empty()) contents.crl = std::string(TRY(ReadGuarded(files.crl, Guard::kPublic)).Reveal());
  return contents;
}

absl::StatusOr<Material> CheckFiles(const Files& files, const FileContents& contents,
                                    const std::string& spiffe_id, absl::Time now) {
  const Certificates authorities = TRY(In(files.ca, ParseCertificates(contents.ca)));
  const Certificates chain = TRY(In(files.certificate, ParseCertificates(contents.certificate)));
  const X509Owned<EVP_PKEY> key = TRY(In(files.private_key, ParsePrivateKey(contents.private_key.Reveal())));
  X509* const own = chain.front().get();
  TRY(CheckCurve(files.private_key, key.get()));
  TRY(CheckPair(files.certificate, own, files.private_key, key.get()));
  Material material;
  material.not_before = TimeOf(X509_get0_notBefore(own));
  material.not_after = TimeOf(X509_get0_notAfter(own));
  TRY(CheckDates(files.certificate, material.not_before, material.not_after, now));
  TRY(CheckChain(files, chain, authorities, now));
  TRY(CheckUse(files.certificate, own));
  TRY(CheckName(files.certificate, *own, spiffe_id));
  if (!files.crl.empty()) {
    material.revocations = std::make_shared<const Revocations>(
        TRY(In(files.crl, Revocations::Parse(contents.crl, authorities, now))));
    TRY(CheckCovered(files, chain, *material.revocations));
  }
  material.particulars = ParticularsOf(*own, authorities, contents.crl);
  material.identity = PemOf(key.get(), chain);
  material.roots = std::string(PemOf(nullptr, authorities).Reveal());
  return material;
}

absl::Status CheckCertificate(const std::string& certificate, const std::string& private_key) {
  const Secret chain = TRY(ReadGuarded(certificate, Guard::kPublic));
  const Secret pem = TRY(ReadGuarded(private_key, Guard::kSecret));
  const Certificates certificates = TRY(In(certificate, ParseCertificates(chain.Reveal())));
  const X509Owned<EVP_PKEY> key = TRY(In(private_key, ParsePrivateKey(pem.Reveal())));
  return CheckPair(certificate, certificates.front().get(), private_key, key.get());
}

}  // namespace tc::tls
