#include "services/otp/rpc/receipt_flags.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/rpc/address.h"
#include "common/tls/material.h"

namespace tc::otp {
namespace {

constexpr size_t kLongestUrl = 200;  // gateways cut longer addresses; a token comes behind it

bool IsHostAndPort(absl::string_view address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  return colon != absl::string_view::npos && colon > 0 && !absl::StartsWith(address, "unix") &&
         absl::SimpleAtoi(address.substr(colon + 1), &port) && port <= 65535;
}

bool MeansEveryAddress(absl::string_view listen) {
  return absl::StartsWith(listen, "0.0.0.0:") || absl::StartsWith(listen, "[::]:");
}

// What follows "://", up to the path.
bool NamesAHost(absl::string_view authority) {
  return !authority.empty() && std::all_of(authority.begin(), authority.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains(".-:[]", c);
  });
}

bool IsPath(absl::string_view path) {
  return path.empty() || (!absl::EndsWith(path, "/") && std::all_of(path.begin(), path.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("/.-_~", c);
         }));
}

void CheckUrl(const std::string& url, std::vector<std::string>& mistakes) {
  absl::string_view rest = url;
  const bool plain = absl::ConsumePrefix(&rest, "http://");
  const bool has_scheme = plain || absl::ConsumePrefix(&rest, "https://");
  const absl::string_view authority = rest.substr(0, rest.find('/'));
  const absl::string_view path = rest.substr(authority.size());
  if (!has_scheme || !NamesAHost(authority) || !IsPath(path) || url.size() > kLongestUrl) {
    mistakes.push_back(
        absl::StrCat("--receipts-url ", url,
                     ": must be https://HOST, perhaps with a port and a path, without a slash at "
                     "its end"));
  } else if (plain &&
             !rpc::ListensLocally(absl::StrContains(authority, ':') ? std::string(authority)
                                                                    : absl::StrCat(authority, ":80"))) {
    mistakes.push_back(absl::StrCat(
        "--receipts-url ", url, ": http:// is for a loopback address only, since its addresses are secrets"));
  }
}

void CheckFiles(const ReceiptFlags& flags, std::vector<std::string>& mistakes) {
  if (flags.certificate.empty() != flags.private_key.empty()) {
    mistakes.push_back("--receipts-cert and --receipts-key are given both or neither");
    return;
  }
  if (flags.certificate.empty()) return;
  const absl::Status usable = tls::CheckCertificate(flags.certificate, flags.private_key);
  if (!usable.ok()) mistakes.push_back(absl::StrCat("--receipts-cert, --receipts-key: ", usable.message()));
}

void CheckListen(const ReceiptFlags& flags, std::vector<std::string>& mistakes) {
  const std::string given = absl::StrCat("--receipts-listen ", flags.listen);
  if (!IsHostAndPort(flags.listen)) {
    mistakes.push_back(absl::StrCat(given, ": must have the form HOST:PORT"));
  } else if (flags.certificate.empty() && !rpc::ListensLocally(flags.listen)) {
    mistakes.push_back(absl::StrCat(given,
                                    ": without --receipts-cert only a loopback address is served, since "
                                    "nothing is encrypted"));
  }
  if (MeansEveryAddress(flags.listen) && flags.url.empty()) {
    mistakes.push_back(absl::StrCat(given,
                                    ": --receipts-url is required, since this names no host that a "
                                    "provider could reach"));
  }
}

}  // namespace

std::optional<ReceiptListenerOptions> ReadReceiptFlags(const ReceiptFlags& flags,
                                                       std::vector<std::string>& mistakes) {
  if (!flags.url.empty()) CheckUrl(flags.url, mistakes);
  CheckFiles(flags, mistakes);
  if (!flags.listen.empty()) {
    CheckListen(flags, mistakes);
    ReceiptListenerOptions options;
    options.listen = flags.listen;
    options.url = flags.url;
    options.certificate = flags.certificate;
    options.private_key = flags.private_key;
    options.allow_tls12 = flags.allow_tls12;
    return options;
  }
  if (!flags.url.empty() || !flags.certificate.empty() || !flags.private_key.empty() || flags.allow_tls12)
    mistakes.push_back("--receipts-listen is required with the other flags of receipts");
  return std::nullopt;
}

}  // namespace tc::otp
