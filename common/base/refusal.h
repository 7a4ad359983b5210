#pragma once

// Refusal: an absl::Status that says *why* in a form for programs (reason), for people (sentence), and with
// what the caller needs to go on. Made where the rule is, turned into google.rpc details once, in
// common/rpc/status.
//
//   return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kInvitationExpired, "the invitation has
//   expired"); return Refuse(...).With("attempts_left", "3").RetryAfter(absl::Seconds(5)); return
//   Refuse(kInvalidArgument, Reason::kFieldInvalid, "the request has mistakes").Violation("phone",
//   "PHONE_TOO_SHORT", "…");
//
// The sentence and all attachments reach the caller: no personal data, no secrets, no other person's facts.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/reason.h"

namespace tc {

// One mistake in one field of a request. `field` is the proto field path ("contact_phone").
struct FieldViolation {
  std::string field;
  std::string reason;       // machine-readable, e.g. "PHONE_TOO_SHORT"
  std::string description;  // a sentence that tells a person what to mend
  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

class Refusal {
 public:
  Refusal(absl::StatusCode code, Reason reason, absl::string_view sentence);

  // ErrorInfo.metadata. Keys are snake_case.
  Refusal& With(absl::string_view key, absl::string_view value);
  // BadRequest.field_violations; call once for each mistake, all of them. Of very many the first 500 are
  // told.
  Refusal& Violation(absl::string_view field, absl::string_view reason, absl::string_view description);
  // RetryInfo.retry_delay.
  Refusal& RetryAfter(absl::Duration delay);
  // PreconditionFailure.violations (type = an unmet requirement such as "AGE_BELOW_MINIMUM").
  Refusal& Unmet(absl::string_view type, absl::string_view subject, absl::string_view description);

  operator absl::Status() const { return status_; }  // NOLINT: a refusal is returned as a status
  template <typename T>
  operator absl::StatusOr<T>() const {  // NOLINT
    return status_;
  }

 private:
  absl::Status status_;
  int violations_ = 0;
  int unmet_ = 0;
};

inline Refusal Refuse(absl::StatusCode code, Reason reason, absl::string_view sentence) {
  return Refusal(code, reason, sentence);
}

// INVALID_ARGUMENT / FIELD_INVALID with one violation: the commonest refusal of a parser.
Refusal InvalidField(absl::string_view field, absl::string_view reason, absl::string_view description);

// NOT_FOUND / NOT_FOUND: the same words whether the object is absent or not the caller's (TRN-06).
Refusal NotFound(absl::string_view kind);

// What a status made by Refusal carries; defaults for any other status.
std::optional<std::string> ReasonOf(const absl::Status& status);  // "INVITATION_EXPIRED"
bool HasReason(const absl::Status& status, Reason reason);
std::vector<std::pair<std::string, std::string>> MetadataOf(const absl::Status& status);
std::optional<std::string> MetadataOf(const absl::Status& status, absl::string_view key);
std::vector<FieldViolation> ViolationsOf(const absl::Status& status);
std::vector<FieldViolation> UnmetOf(const absl::Status& status);  // field = subject, reason = type
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

// Rebuilds a refusal from a reason's name, for a status that came over the wire from a peer.
absl::Status RefusalFromWire(absl::StatusCode code, absl::string_view reason_name, absl::string_view sentence,
                             const std::vector<std::pair<std::string, std::string>>& metadata,
                             const std::vector<FieldViolation>& violations,
                             const std::vector<FieldViolation>& unmet,
                             std::optional<absl::Duration> retry_after);

}  // namespace tc
