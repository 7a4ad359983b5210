#pragma once

// TOTP (RFC 6238): the codes of an authenticator app: HMAC-SHA-1, six digits, steps of 30 seconds since the
// epoch. That is what the apps understand; SHA-1 is no weakness inside HMAC. A key has 20 random bytes.
// Thread-safe.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/secret.h"

namespace tc::crypto {

inline constexpr size_t kTotpKeyBytes = 20;
inline constexpr absl::Duration kTotpStep = absl::Seconds(30);
inline constexpr int64_t kTotpNeverUsed = -1;  // as the step that was used last

// The code that an app with this key shows then; for tests and demonstrations. `now` is not before the epoch.
std::string TotpCode(const Secret& key, absl::Time now);

// The step whose code this is, of those at most `drift_steps` from now's and after `last_used_step`, so that
// no code is taken twice; the latest when two have the same code. Every step costs the same work, whichever
// fits.
std::optional<int64_t> MatchTotp(const Secret& key, const Secret& code, absl::Time now, int drift_steps,
                                 int64_t last_used_step);

// 32 letters and digits of RFC 4648, for typing.
Secret TotpKeyText(const Secret& key);
// What a QR code carries: "otpauth://totp/…". `issuer` and `label` are what the app shows.
Secret TotpUri(absl::string_view issuer, absl::string_view label, const Secret& key);

}  // namespace tc::crypto
