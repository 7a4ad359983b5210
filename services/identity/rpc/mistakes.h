#pragma once

// Mistakes: gathers every violation of a request, so that the caller mends all of them at once. Not
// thread-safe.

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/refusal.h"

namespace tc::identity {

class Mistakes {
 public:
  void Add(absl::string_view field, absl::string_view reason, absl::string_view sentence) {
    violations_.push_back({std::string(field), std::string(reason), std::string(sentence)});
  }
  void Add(const absl::Status& refusal) {
    for (FieldViolation& v : ViolationsOf(refusal)) violations_.push_back(std::move(v));
  }
  // The parsed value, or a default one and its violations noted.
  template <typename T>
  T Take(absl::StatusOr<T> parsed) {
    if (parsed.ok()) return *std::move(parsed);
    Add(parsed.status());
    return T();
  }

  // OK when there are none; else INVALID_ARGUMENT / FIELD_INVALID with all of them.
  absl::Status status() const {
    if (violations_.empty()) return absl::OkStatus();
    Refusal refusal =
        Refuse(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid, "the request has invalid fields");
    for (const FieldViolation& v : violations_) refusal.Violation(v.field, v.reason, v.description);
    return refusal;
  }

 private:
  std::vector<FieldViolation> violations_;
};

}  // namespace tc::identity
