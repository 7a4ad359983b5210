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

// The payload of an outbox row kOutboxKind.
inline constexpr char kOutboxKind[] = "send_message";
std::string Seal(const crypto::Sealer& sealer, const Message& message);
// request_id is that of the message's first row; empty in that row.
absl::StatusOr<Message> Open(const crypto::Sealer& sealer, absl::string_view payload);
// The delivery's round when the row was queued.
absl::StatusOr<int> RoundOf(absl::string_view payload);
// The same message, to be kept with the request id that it goes under, and for a later row. DATA_LOSS when
// `payload` is none.
absl::StatusOr<std::string> Held(absl::string_view payload, absl::string_view request_id);
absl::StatusOr<std::string> Requeued(absl::string_view held, int round);

}  // namespace tc::otp
