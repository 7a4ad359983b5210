#pragma once

// What is personal or secret, sealed for its place: addresses, masked names, words with a code in them.
// Thread-safe.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/sealer.h"
#include "services/otp/store/codec.h"

namespace tc::otp {

std::string Seal(const crypto::Sealer& sealer, const VerificationId& id, const PrivatePart& part);
// DATA_LOSS when it was not sealed for this verification.
absl::StatusOr<PrivatePart> Open(const crypto::Sealer& sealer, const VerificationId& id,
                                 absl::string_view sealed);

// The payload of an outbox row kOutboxKind. request_id is not part of it.
inline constexpr char kOutboxKind[] = "send_message";
std::string Seal(const crypto::Sealer& sealer, const Message& message);
absl::StatusOr<Message> Open(const crypto::Sealer& sealer, absl::string_view payload);

}  // namespace tc::otp
