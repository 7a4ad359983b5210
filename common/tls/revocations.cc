#include "common/tls/revocations.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::tls {
namespace {

// The same name may be spelt in several ways (RFC 5280 7.1); its bytes say nothing.
bool AreSame(const X509_NAME* a, const X509_NAME* b) { return X509_NAME_cmp(a, b) == 0; }

bool IsSignedBy(X509_CRL& list, X509& authority) {
  return AreSame(X509_CRL_get_issuer(&list), X509_get_subject_name(&authority)) &&
         X509_CRL_verify(&list, X509_get0_pubkey(&authority)) == 1;
}

// Null: by none of them.
X509* SignerOf(X509_CRL& list, const Certificates& authorities) {
  const auto found =
      std::find_if(authorities.begin(), authorities.end(),
                   [&](const X509Owned<X509>& authority) { return IsSignedBy(list, *authority); });
  return found == authorities.end() ? nullptr : found->get();
}

// Tells keys apart.
std::string KeyOf(X509& certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_pubkey_digest(&certificate, EVP_sha256(), digest, &size) != 1) return "";
  return std::string(reinterpret_cast<const char*>(digest), size);
}

// Of any length, in as few bytes as it takes; empty: none.
std::string NumberOf(const X509_CRL& list) {
  const X509Owned<ASN1_INTEGER> number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(&list, NID_crl_number, nullptr, nullptr)));
  const bool has_one = number != nullptr && ASN1_STRING_type(number.get()) == V_ASN1_INTEGER;
  return has_one ? SerialOf(number.get()) : "";
}

// What is critical and not known here limits what the list tells of (RFC 5280 5.2), and a part that is taken
// for the whole lets in whom the rest names.
bool IsWhole(const X509_CRL& list) {
  for (int i = 0; i < X509_CRL_get_ext_count(&list); ++i) {
    X509_EXTENSION* const extension = X509_CRL_get_ext(&list, i);
    const int id = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (id == NID_delta_crl) return false;
    if (id == NID_issuing_distribution_point || X509_EXTENSION_get_critical(extension) == 0) continue;
    return false;
  }
  int how_often = 0;
  const X509Owned<ISSUING_DIST_POINT> point(static_cast<ISSUING_DIST_POINT*>(
      X509_CRL_get_ext_d2i(&list, NID_issuing_distribution_point, &how_often, nullptr)));
  if (point == nullptr) return how_often == -1;  // none, and not one that cannot be read
  return point->onlyuser <= 0 && point->onlyCA <= 0 && point->onlyattr <= 0 && point->indirectCRL <= 0 &&
         point->onlysomereasons == nullptr;
}

bool IsLess(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::string NameOf(X509& certificate) {
  char text[256] = "";
  X509_NAME_oneline(X509_get_subject_name(&certificate), text, sizeof text);
  return text;
}

}  // namespace

absl::StatusOr<Revocations> Revocations::Parse(absl::string_view pem, const Certificates& authorities,
                                               absl::Time now) {
  Revocations all;
  const RevocationLists lists = TRY(ParseRevocationLists(pem));
  for (const X509Owned<X509_CRL>& list : lists) TRY(all.Add(*list, authorities, now));
  for (const X509Owned<X509>& authority : authorities) {
    const bool has_one = std::any_of(lists.begin(), lists.end(), [&](const X509Owned<X509_CRL>& list) {
      return IsSignedBy(*list, *authority);
    });
    if (!has_one) return absl::InvalidArgumentError(absl::StrCat("has no list of ", NameOf(*authority)));
  }
  all.MarkRevoked(authorities);
  return all;
}

absl::Status Revocations::Add(X509_CRL& list, const Certificates& authorities, absl::Time now) {
  X509* const signer = SignerOf(list, authorities);
  if (signer == nullptr) return absl::InvalidArgumentError("is not signed by the authority");
  if (!IsWhole(list))
    return absl::InvalidArgumentError("tells of a part of the certificates only: a whole list is needed");
  const absl::Time next = TimeOf(X509_CRL_get0_nextUpdate(&list));
  const absl::Time made = TimeOf(X509_CRL_get0_lastUpdate(&list));
  if (made > now || next <= now) {
    return absl::InvalidArgumentError(absl::StrCat("is out of date: its next update was due at ",
                                                   absl::FormatTime(next, absl::UTCTimeZone())));
  }
  made_at_ = std::max(made_at_, made);
  good_until_ = std::min(good_until_, next);
  List read;
  read.signer = KeyOf(*signer);
  read.number = NumberOf(list);
  read.made = made;
  read.issuer.reset(X509_NAME_dup(X509_CRL_get_issuer(&list)));
  STACK_OF(X509_REVOKED)* const entries = X509_CRL_get_REVOKED(&list);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i)
    read.serials.insert(SerialOf(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, i))));
  lists_.push_back(std::move(read));
  return absl::OkStatus();
}

// Peers need not send an authority that we have, and a resumed session does not bring any: so that it is
// looked at once, here. Each round goes one authority further down.
void Revocations::MarkRevoked(const Certificates& authorities) {
  for (size_t round = 0; round < authorities.size(); ++round) {
    for (const X509Owned<X509>& authority : authorities) {
      if (!Contains(*authority)) continue;
      for (List& list : lists_) {
        if (AreSame(list.issuer.get(), X509_get_subject_name(authority.get()))) list.issuer_is_revoked = true;
      }
    }
  }
}

bool Revocations::IsOlder(const List& list, const List& than) {
  if (list.signer != than.signer || !AreSame(list.issuer.get(), than.issuer.get())) return false;
  if (list.number.empty() || than.number.empty()) return list.made < than.made;
  return IsLess(list.number, than.number);
}

absl::Status Revocations::CheckFollows(const Revocations& before) const {
  for (const List& earlier : before.lists_) {
    for (const List& list : lists_) {
      if (!IsOlder(list, earlier)) continue;
      return absl::InvalidArgumentError(absl::StrCat("is older than the list in use, which was made at ",
                                                     absl::FormatTime(earlier.made, absl::UTCTimeZone())));
    }
  }
  return absl::OkStatus();
}

bool Revocations::Covers(X509& certificate) const {
  return std::any_of(lists_.begin(), lists_.end(), [&](const List& list) {
    return AreSame(list.issuer.get(), X509_get_issuer_name(&certificate));
  });
}

bool Revocations::Contains(X509& certificate) const {
  const std::string serial = SerialOf(X509_get0_serialNumber(&certificate));
  return std::any_of(lists_.begin(), lists_.end(), [&](const List& list) {
    return AreSame(list.issuer.get(), X509_get_issuer_name(&certificate)) &&
           (list.issuer_is_revoked || list.serials.count(serial) != 0);
  });
}

}  // namespace tc::tls
