#pragma once

// How many codes were entered: each is counted once when it is settled (SND-09), the prefixes that get too
// few right ones are blocked, and operators are told (SND-08).

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/kv/database.h"
#include "services/otp/domain/verification.h"
#include "services/otp/rpc/desk.h"
#include "services/otp/store/limit_store.h"

namespace tc::otp {

// A step of the transaction in which the present code of `v` is entered or can be entered no more: counts it
// once under its prefix, range and provider, unless no provider ever had it. The caller saves `v` afterwards.
absl::Status SettleCode(kv::Txn& txn, Verification& v, bool entered, absl::Time now);

// A prefix or a range that a send met, as it may be shown: "+7916123****".
struct NumbersMet {
  ConversionKey key;
  std::string mask;
};
// Blocks those of `met` that are due, each in a commit of its own with its event "PrefixBlocked", and warns.
// After the transaction that met them: when that one was refused, it has left nothing. What cannot be written
// is due again at the next send, which is refused all the same.
void BlockNumbers(const Desk& desk, const std::vector<NumbersMet>& met, absl::Time now);

// Watches the share of entered codes of each provider and purpose: the gauge tc_otp_conversion_ratio, the
// event "ConversionLow" and a warning, once an hour each. Thread-safe.
class ConversionWatch {
 public:
  explicit ConversionWatch(const Desk& desk) : desk_(desk) {}
  // At most once a minute; does nothing in between.
  void Look(absl::Time now);

 private:
  void Alarm(const ConversionKey& key, absl::Time now);

  const Desk& desk_;
  std::atomic<int64_t> next_look_us_{0};
};

}  // namespace tc::otp
