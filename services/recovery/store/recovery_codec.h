#pragma once

// Recovery ⇄ bytes on disk. Personal data and the match code are sealed; the rest are ids, times and hashes.
// Thread-safe.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/sealer.h"
#include "services/recovery/domain/recovery.h"
#include "services/recovery/domain/start_limits.h"

namespace tc::recovery {

std::string EncodeRecovery(const Recovery& recovery, const crypto::Sealer& sealer);
// DATA_LOSS when unreadable, or sealed for another recovery.
absl::StatusOr<Recovery> DecodeRecovery(absl::string_view bytes, const crypto::Sealer& sealer);

std::string EncodeLedger(const StartLedger& ledger);
absl::StatusOr<StartLedger> DecodeLedger(absl::string_view bytes);

}  // namespace tc::recovery
