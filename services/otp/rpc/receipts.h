#pragma once

// Receipts: takes what providers report over HTTP (SND-15). Three things must hold before anything is
// written: the address is one that this service gave that provider, the provider's own signature is right
// where it has one, and the delivery is there. Thread-safe.

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/env/clock.h"
#include "services/otp/outbound/provider.h"
#include "services/otp/rpc/desk.h"
#include "services/otp/rpc/receipt_address.h"

namespace tc::otp {

class Receipts {
 public:
  // All that is given by reference outlives it.
  Receipts(const Desk& desk, const Providers& providers, ReceiptAddress address, const Clock& clock)
      : desk_(desk), providers_(providers), address_(std::move(address)), clock_(clock) {}

  // OK: taken, or nothing to change. NOT_FOUND: no such provider, token or delivery, and no telling which.
  // UNAUTHENTICATED: the provider's signature is missing or wrong. INVALID_ARGUMENT: not to be understood.
  // Otherwise the store's own error: the provider should report again.
  absl::Status Take(absl::string_view provider, absl::string_view token, const ReceiptCall& call) const;

 private:
  // What to count it as, or the refusal.
  absl::StatusOr<absl::string_view> TakeFrom(const Provider& provider, absl::string_view token,
                                             const ReceiptCall& call) const;

  const Desk& desk_;
  const Providers& providers_;
  const ReceiptAddress address_;
  const Clock& clock_;
};

// Counts in tc_otp_receipts_total. `provider` is a name of the configuration, or empty where none is known.
void CountReceipt(absl::string_view provider, absl::string_view outcome);
// "delivered", "failed", "deferred"; "unchanged" where nothing was written.
absl::string_view ReceiptOutcome(DeliveryTrigger outcome, bool changed);

}  // namespace tc::otp
