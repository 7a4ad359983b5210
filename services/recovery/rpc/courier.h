#pragma once

// Performs this service's outbox rows: notices, freezes, and codes that are no longer wanted. Each row takes
// effect once, by its request id. Thread-safe.

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/env/clock.h"
#include "common/kv/database.h"
#include "common/kv/dispatcher.h"
#include "services/recovery/outbound/identity_peer.h"
#include "services/recovery/outbound/otp_peer.h"
#include "services/recovery/rpc/tokens.h"
#include "services/recovery/store/recovery_store.h"

namespace tc::recovery {

// Kinds of outbox rows. The payloads: a Notice, the id of a verification, a FreezeOrder.
inline constexpr char kNoticeRow[] = "notify";
inline constexpr char kCancelVerificationRow[] = "cancel_verification";
inline constexpr char kFreezeRow[] = "freeze_account";

struct FreezeOrder {
  AccountId account;
  absl::Time until;

  std::string Encode() const;
  static absl::StatusOr<FreezeOrder> Decode(absl::string_view text);  // DATA_LOSS
};

// All must outlive the handlers; `not_me_url` is what the token is appended to (empty: notices have no such
// way).
struct CourierParts {
  kv::Database& database;
  const RecoveryStore& store;
  const Tokens& tokens;
  IdentityPeer& identity;
  OtpPeer& otp;
  const Clock& clock;
  std::string not_me_url;
};

// The handlers for kv::Dispatcher, by kind of row.
std::map<std::string, kv::OutboxHandler> CourierHandlers(const CourierParts& parts);

}  // namespace tc::recovery
