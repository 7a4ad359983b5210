#pragma once

// Sender: performs the outbox rows of messages (kv::Dispatcher calls it). The delivery's record follows each
// step in its own commit; the provider is called between them, never inside one. Thread-safe.

#include "absl/status/status.h"
#include "common/crypto/sealer.h"
#include "common/env/clock.h"
#include "common/kv/database.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/message.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

class Sender {
 public:
  Sender(kv::Database& database, crypto::Sealer sealer, Provider& provider, const Clock& clock)
      : database_(database), sealer_(std::move(sealer)), provider_(provider), clock_(clock) {}

  // OK: done with, whatever came of it (taken, refused, no longer wanted). A passing error: again later, with
  // the same request_id. Another error: the row cannot be read.
  absl::Status Perform(const kv::OutboxRow& row);

 private:
  // False when the message is no longer wanted.
  absl::StatusOr<bool> Begin(const Message& message);
  absl::Status End(const Message& message, const absl::StatusOr<Acceptance>& result);

  kv::Database& database_;
  const crypto::Sealer sealer_;
  Provider& provider_;
  const Clock& clock_;
};

}  // namespace tc::otp
