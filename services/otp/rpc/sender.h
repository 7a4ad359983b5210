#pragma once

// Sender: performs the outbox rows of messages (kv::Dispatcher calls it). One run of a row asks one provider
// after the other, then those of the next channel, always with the same code, until one takes the message or
// nobody is left to be asked now (SND-12, OTP-19). The delivery's record follows each step in its own commit;
// providers are called between them, never inside one. Thread-safe.

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/env/clock.h"
#include "common/kv/database.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/rpc/desk.h"

namespace tc::otp {

// Where a provider is to report of an attempt; empty: nowhere.
using ReceiptUrl =
    std::function<std::string(const DeliveryId& delivery, int attempt, absl::string_view provider)>;

class Sender {
 public:
  // `desk` and `clock` outlive it.
  Sender(const Desk& desk, const Clock& clock, ReceiptUrl receipt_url = {})
      : desk_(desk), clock_(clock), receipt_url_(std::move(receipt_url)) {}

  // OK: done with, whatever came of it (taken, refused by all, no longer wanted). UNAVAILABLE: nobody could
  // take it now; again later, with RetryAfter where breakers say when, for a code at most 15 s. Another
  // error: the row cannot be read.
  absl::Status Perform(const kv::OutboxRow& row);

 private:
  const Desk& desk_;
  const Clock& clock_;
  const ReceiptUrl receipt_url_;
};

}  // namespace tc::otp
