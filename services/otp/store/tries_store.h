#pragma once

// What wrong codes count in besides their verification. Each function is a step of a transaction; none
// decides.
//
// Key space: "tries" subject → what counts for that person, over all callers; "spray" purpose → everybody's
// attempts of it, one small record each, kept for ever.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/kv/table.h"
#include "services/otp/domain/tries.h"

namespace tc::otp {

// Kind of timer; its subject is the person's.
inline constexpr char kSettleTries[] = "settle_tries";

struct KeptTries {
  Tries tries;
  absl::Time look_at = absl::InfiniteFuture();  // when a timer looks whether they count still
  friend bool operator==(const KeptTries&, const KeptTries&) = default;
};

// Nothing counts: none are kept.
absl::StatusOr<KeptTries> FindTries(kv::ReadTxn& txn, absl::string_view subject);
// `kept` as FindTries gave it, with other tries in it. A record has at most one timer, and an empty one goes
// with it.
absl::Status SaveTries(kv::Txn& txn, absl::string_view subject, KeptTries kept, const Policy& policy);
// What the timer does: forgets what no longer counts.
absl::Status SettleTries(kv::Txn& txn, absl::string_view subject, absl::Time now, const Policy& policy);

absl::StatusOr<Window> FindSpray(kv::ReadTxn& txn, Purpose purpose);
absl::Status SaveSpray(kv::Txn& txn, Purpose purpose, const Window& failures);

}  // namespace tc::otp

template <>
struct tc::kv::Codec<tc::otp::KeptTries> {
  static std::string Encode(const tc::otp::KeptTries& kept);
  static absl::StatusOr<tc::otp::KeptTries> Decode(absl::string_view bytes);
};
