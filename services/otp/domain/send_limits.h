#pragma once

// How many codes one address, account, client or range of numbers may be sent (SND-02 to SND-05). Pure.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/otp/domain/policy.h"
#include "services/otp/domain/verification.h"
#include "services/otp/domain/window.h"

namespace tc::otp {

// --- One address, over all purposes, callers and principals (SND-02) ---

struct Send {
  absl::Time at;
  bool signed_in = true;  // a signed-in person asked for it
  friend bool operator==(const Send&, const Send&) = default;
};

inline constexpr absl::Duration kSendWindow = absl::Hours(24);

// The sends that count at `now`, with one more; oldest first. RESOURCE_EXHAUSTED / NUMBER_LIMIT_REACHED with
// the time until the next one would be let through.
absl::StatusOr<std::vector<Send>> CountSend(const std::vector<Send>& before, Send next, const Policy& policy);

// The sends that still count at `now`.
std::vector<Send> Recent(const std::vector<Send>& sends, absl::Time now);

// --- What else sends are counted by ---

enum class SendLimit {
  kAccount,  // the subject, within 24 hours
  kDevice,   // within 24 hours
  kClient,   // an address (domain/network.h), within an hour
  kNetwork,  // the same of its network
  kPrefix,   // ten thousand neighbouring numbers, within ten minutes
  kRange     // a million
};

// "account": part of keys on disk.
absl::string_view LimitName(SendLimit limit);
absl::StatusOr<SendLimit> ParseLimitName(absl::string_view name);
// Whether codes of the purpose are counted and stopped by the limit. A trusted contact's code is stopped by
// nothing that strangers do: only by his own account's count and his number's (SND-08).
bool Counts(SendLimit limit, Purpose purpose);
// How long a send is remembered: at least the time of its limit, a little longer for the grain of the counts.
absl::Duration Remembered(SendLimit limit);

// The window with one more send at `now`. RESOURCE_EXHAUSTED / ACCOUNT_LIMIT_REACHED, CLIENT_LIMIT_REACHED or
// PREFIX_THROTTLED with the time until the next one would be let through.
absl::StatusOr<Window> CountSend(SendLimit limit, Window before, absl::Time now, const Policy& policy);

// Of the sends of a prefix or a range, those whose codes may still be entered, at most: some have been
// already.
int64_t LiveAmong(const Window& sends, absl::Time now, const Policy& policy);

// The part of a phone number that its neighbours share: without the last four digits, without the last six.
// A decoy has no neighbours but is counted by itself, so that it takes the same steps as a phone. Empty for
// other kinds of address.
std::string PrefixOf(const Address& address);  // "+7916123"
std::string RangeOf(const Address& address);   // "+79161"

}  // namespace tc::otp
