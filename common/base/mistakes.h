#pragma once

// Mistakes: gathers every violation of a request, a file or a command line, so that whoever wrote it mends
// all of them at once. Not thread-safe.

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/refusal.h"

namespace tc {

class Mistakes {
 public:
  void Add(absl::string_view field, absl::string_view reason, absl::string_view sentence) {
    violations_.push_back({std::string(field), std::string(reason), std::string(sentence)});
  }
  // The violations of a refusal.
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

  bool none() const { return violations_.empty(); }
  size_t size() const { return violations_.size(); }

  // OK when there are none; else INVALID_ARGUMENT / FIELD_INVALID with all of them.
  absl::Status status(absl::string_view sentence = "the request has mistakes") const {
    if (none()) return absl::OkStatus();
    Refusal refusal = Refuse(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid, sentence);
    for (const FieldViolation& v : violations_) refusal.Violation(v.field, v.reason, v.description);
    return refusal;
  }
  // The value, or what status() says.
  template <typename T>
  absl::StatusOr<T> Or(T value) const {
    if (none()) return value;
    return status();
  }

 private:
  std::vector<FieldViolation> violations_;
};

}  // namespace tc
