#pragma once

// Desk: what the handlers of this service share. Immutable; all it points to is thread-safe and outlives it.

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/crypto/sealer.h"
#include "common/env/random.h"
#include "common/kv/database.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/message.h"
#include "services/otp/domain/policy.h"
#include "services/otp/domain/wording.h"
#include "services/otp/rpc/codes.h"
#include "services/otp/rpc/switchboard.h"

namespace tc::otp {

// For tests that show that a protection matters. All off in a service.
struct TestSwitches {
  // Called whenever a code is compared.
  std::function<void()> on_compare;
  // The mutant of OTP-07: compares first and charges afterwards.
  bool compare_before_charge = false;
};

struct Desk {
  const rpc::Once& once;
  const rpc::Pager& pager;
  Random& random;
  Codes codes;
  crypto::Sealer sealer;
  Policy policy;
  std::string origin_host;  // of the last line of an SMS
  const Wording& wording;
  Switchboard& switchboard;
  TestSwitches switches = {};

  kv::Database& database() const { return once.database(); }
};

// A message to be queued in the transaction that makes its reason.
struct Outgoing {
  Message message;
  std::string caller;
  std::string parent;          // "verifications/…"
  std::string masked_address;  // of the record
};
// The record of a delivery, and the outbox row that performs it; never sent after message.expires.
absl::StatusOr<Delivery> Queue(kv::Txn& txn, const Desk& desk, const Outgoing& outgoing);
// The record of a message that a limit keeps back: REJECTED from the start, nothing is sent. `why` is its
// outcome: "PREFIX_THROTTLED".
absl::StatusOr<Delivery> KeepBack(kv::Txn& txn, const Desk& desk, const Outgoing& outgoing,
                                  absl::string_view why);
// A message that has not left is not sent any more; one that a provider has is not offered to another.
absl::Status Withdraw(kv::Txn& txn, const DeliveryId& id, absl::Time now);

}  // namespace tc::otp
