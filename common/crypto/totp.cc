#include "common/crypto/totp.h"

#include <liboath/oath.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/crypto/hmac.h"
#include "common/crypto/openssl.h"
#include "common/crypto/wipe.h"

namespace tc::crypto {
namespace {

constexpr unsigned kDigits = 6;

int64_t StepAt(absl::Time now) { return absl::ToUnixSeconds(now) / absl::ToInt64Seconds(kTotpStep); }

Secret CodeOf(const Secret& key, int64_t step) {
  static const bool ready = oath_init() == OATH_OK;
  std::array<char, kDigits + 1> code{};
  const absl::string_view bytes = key.Reveal();
  Must(ready &&
       oath_hotp_generate(bytes.data(), bytes.size(), static_cast<uint64_t>(step), kDigits,
                          /*add_checksum=*/false, OATH_HOTP_DYNAMIC_TRUNCATION, code.data()) == OATH_OK);
  Secret made(absl::string_view(code.data(), kDigits));
  Wipe(code.data(), code.size());
  return made;
}

std::string Escaped(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' || c == '~') {
      escaped.push_back(c);
    } else {
      absl::StrAppendFormat(&escaped, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

}  // namespace

std::string TotpCode(const Secret& key, absl::Time now) {
  return std::string(CodeOf(key, StepAt(now)).Reveal());
}

std::optional<int64_t> MatchTotp(const Secret& key, const Secret& code, absl::Time now, int drift_steps,
                                 int64_t last_used_step) {
  const int64_t present = StepAt(now);
  int64_t matched = kTotpNeverUsed;
  for (int64_t step = std::max<int64_t>(0, present - drift_steps); step <= present + drift_steps; ++step) {
    const bool fits = ConstantTimeEquals(CodeOf(key, step).Reveal(), code.Reveal());
    if (fits && step > last_used_step) matched = step;
  }
  return matched == kTotpNeverUsed ? std::nullopt : std::optional(matched);
}

Secret TotpKeyText(const Secret& key) {
  char* text = nullptr;
  size_t size = 0;
  const absl::string_view bytes = key.Reveal();
  Must(oath_base32_encode(bytes.data(), bytes.size(), &text, &size) == OATH_OK);
  Secret made(absl::string_view(text, size));
  Wipe(text, size);
  std::free(text);  // NOLINT: the library allocates so
  return made;
}

Secret TotpUri(absl::string_view issuer, absl::string_view label, const Secret& key) {
  const std::string name = Escaped(issuer);
  std::string uri =
      absl::StrCat("otpauth://totp/", name, ":", Escaped(label), "?secret=", TotpKeyText(key).Reveal(),
                   "&issuer=", name, "&algorithm=SHA1&digits=6&period=30");
  Secret made(uri);
  Wipe(uri);
  return made;
}

}  // namespace tc::crypto
