#include "services/identity/domain/email.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/refusal.h"

namespace tc::identity {
namespace {

bool GoodLocal(absl::string_view local) {
  if (local.empty() || local.size() > 64 || absl::StrContains(local, "..")) return false;
  if (local.front() == '.' || local.back() == '.') return false;
  return std::all_of(local.begin(), local.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != absl::string_view::npos;
  });
}

// "почта.рф" → "xn--80a1acny.xn--p1ai"; empty when it is no domain.
std::string AsciiDomain(absl::string_view domain) {
  UErrorCode error = U_ZERO_ERROR;
  UIDNA* idna =
      uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI, &error);
  if (U_FAILURE(error)) return "";
  char ascii[256];
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  const int32_t length = uidna_nameToASCII_UTF8(idna, domain.data(), static_cast<int32_t>(domain.size()),
                                                ascii, sizeof(ascii), &info, &error);
  uidna_close(idna);
  if (U_FAILURE(error) || info.errors != 0 || length <= 0) return "";
  return absl::AsciiStrToLower(absl::string_view(ascii, static_cast<size_t>(length)));
}

bool GoodDomain(absl::string_view domain) {
  const std::vector<absl::string_view> labels = absl::StrSplit(domain, '.');
  if (labels.size() < 2) return false;
  for (const absl::string_view label : labels) {
    if (label.empty() || label.size() > 63) return false;
  }
  return std::any_of(labels.back().begin(), labels.back().end(),
                     [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); });
}

}  // namespace

absl::StatusOr<Email> Email::Parse(absl::string_view text, absl::string_view field) {
  const size_t at = text.rfind('@');
  if (at != absl::string_view::npos && text.size() <= 254 && GoodLocal(text.substr(0, at))) {
    const std::string domain = AsciiDomain(text.substr(at + 1));
    std::string address = absl::StrCat(text.substr(0, at), "@", domain);
    if (GoodDomain(domain) && address.size() <= 254) return FromTrusted(std::move(address));
  }
  return InvalidField(field, "EMAIL_INVALID", "this is no e-mail address: name@example.org");
}

Email Email::FromTrusted(std::string address) {
  Email email;
  email.address_ = std::move(address);
  return email;
}

std::string Email::Canonical() const { return absl::AsciiStrToLower(address_); }
std::string Email::Local() const { return address_.substr(0, address_.rfind('@')); }

std::string Email::Masked() const {
  if (address_.empty()) return "";
  return absl::StrCat(address_.substr(0, 1), "***", address_.substr(address_.rfind('@')));
}

std::string Email::MaskedWhole() const {
  if (address_.empty()) return "";
  const size_t at = address_.rfind('@');
  return absl::StrCat(address_.substr(0, 1), "***@", address_.substr(at + 1, 1), "***",
                      address_.substr(address_.rfind('.')));
}

}  // namespace tc::identity
