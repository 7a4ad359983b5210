#pragma once

// What an attempt counts in besides its verification, as steps of a transaction (domain/tries.h has the
// rules), and the sign that tells operators of a spray.

#include <array>
#include <atomic>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/obs/metrics.h"
#include "services/otp/domain/policy.h"
#include "services/otp/domain/verification.h"
#include "services/otp/store/tries_store.h"

namespace tc::otp {

// An attempt's charge, not yet kept.
struct TryCharge {
  KeptTries tries;
  Window spray;
  bool braked = false;  // it needed a passed challenge
};

// The charge of an attempt at `v` at `now`. PERSON_LIMIT_REACHED, ADDRESS_DISABLED, CHALLENGE_REQUIRED,
// judged in this order.
absl::StatusOr<TryCharge> ChargeTries(kv::ReadTxn& txn, const Verification& v, bool challenge_passed,
                                      absl::Time now, const Policy& policy);
absl::Status SaveCharge(kv::Txn& txn, const Verification& v, const TryCharge& charge, const Policy& policy);
// `approved` is approved by the attempt that was charged at `at`: its own charge is gone from everywhere, and
// its address begins anew (OTP-12). To be called once, in the transaction that approves.
absl::Status GiveBackTries(kv::Txn& txn, const Verification& approved, absl::Time at, const Policy& policy);

// May codes go to this address of this person? FAILED_PRECONDITION / ADDRESS_DISABLED; a code that binds it
// may always (OTP-11).
absl::Status CheckAddressEnabled(kv::ReadTxn& txn, const Binding& binding, absl::string_view address_index,
                                 const Policy& policy);

// The metric tc_otp_spray_brake{purpose}, 0 or 1, and a warning whenever it changes. As of the last attempt:
// without any nothing is told. Thread-safe.
class BrakeSigns {
 public:
  BrakeSigns();
  void Show(Purpose purpose, bool braked);

 private:
  struct Sign {
    obs::Gauge* gauge = nullptr;
    std::atomic<bool> braked = false;
  };
  std::array<Sign, static_cast<size_t>(Purpose::kSecondFactor) + 1> signs_;
};

}  // namespace tc::otp
