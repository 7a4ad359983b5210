#include "common/base/refusal.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace tc {
namespace {

constexpr char kReasonUrl[] = "tc/reason";
constexpr char kRetryUrl[] = "tc/retry_us";
constexpr char kMetaPrefix[] = "tc/meta/";
constexpr char kViolationPrefix[] = "tc/violation/";
constexpr char kUnmetPrefix[] = "tc/unmet/";
// A small request may have thousands of mistakes, a status looks through all its payloads for each new one,
// and no more than some dozens fit into an answer (common/rpc/status.cc): those behind these are passed over.
constexpr int kMostViolations = 500;
constexpr char kSeparator = '\x1f';  // never part of a field path, a reason or a sentence of ours

std::string Join(const FieldViolation& v) {
  return absl::StrCat(v.field, std::string(1, kSeparator), v.reason, std::string(1, kSeparator),
                      v.description);
}

FieldViolation Split(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(kSeparator, 2));
  FieldViolation v;
  if (!parts.empty()) v.field = parts[0];
  if (parts.size() > 1) v.reason = parts[1];
  if (parts.size() > 2) v.description = parts[2];
  return v;
}

// Zero-padded, so that the order of the URLs is the order in which they were added.
std::string Numbered(absl::string_view prefix, int index) {
  return absl::StrCat(prefix, absl::Dec(index, absl::kZeroPad4));
}

std::vector<std::pair<std::string, std::string>> WithPrefix(const absl::Status& status,
                                                            absl::string_view prefix) {
  std::vector<std::pair<std::string, std::string>> found;
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    absl::string_view rest = url;
    if (absl::ConsumePrefix(&rest, prefix)) found.emplace_back(std::string(rest), std::string(payload));
  });
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<FieldViolation> ListOf(const absl::Status& status, absl::string_view prefix) {
  std::vector<FieldViolation> list;
  for (const auto& [index, text] : WithPrefix(status, prefix)) list.push_back(Split(text));
  return list;
}

}  // namespace

Refusal::Refusal(absl::StatusCode code, Reason reason, absl::string_view sentence) : status_(code, sentence) {
  status_.SetPayload(kReasonUrl, absl::Cord(ReasonName(reason)));
}

Refusal& Refusal::With(absl::string_view key, absl::string_view value) {
  status_.SetPayload(absl::StrCat(kMetaPrefix, key), absl::Cord(value));
  return *this;
}

Refusal& Refusal::Violation(absl::string_view field, absl::string_view reason,
                            absl::string_view description) {
  if (violations_ == kMostViolations) return *this;
  const FieldViolation v{std::string(field), std::string(reason), std::string(description)};
  status_.SetPayload(Numbered(kViolationPrefix, violations_++), absl::Cord(Join(v)));
  return *this;
}

Refusal& Refusal::Unmet(absl::string_view type, absl::string_view subject, absl::string_view description) {
  const FieldViolation v{std::string(subject), std::string(type), std::string(description)};
  status_.SetPayload(Numbered(kUnmetPrefix, unmet_++), absl::Cord(Join(v)));
  return *this;
}

Refusal& Refusal::RetryAfter(absl::Duration delay) {
  status_.SetPayload(kRetryUrl, absl::Cord(absl::StrCat(absl::ToInt64Microseconds(delay))));
  return *this;
}

Refusal InvalidField(absl::string_view field, absl::string_view reason, absl::string_view description) {
  return Refuse(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid, "the request has an invalid field")
      .Violation(field, reason, description);
}

Refusal NotFound(absl::string_view kind) {
  return Refuse(absl::StatusCode::kNotFound, Reason::kNotFound, absl::StrCat("no such ", kind));
}

std::optional<std::string> ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kReasonUrl);
  if (!payload.has_value()) return std::nullopt;
  return std::string(*payload);
}

bool HasReason(const absl::Status& status, Reason reason) {
  const std::optional<std::string> name = ReasonOf(status);
  return name.has_value() && *name == ReasonName(reason);
}

std::vector<std::pair<std::string, std::string>> MetadataOf(const absl::Status& status) {
  return WithPrefix(status, kMetaPrefix);
}

std::optional<std::string> MetadataOf(const absl::Status& status, absl::string_view key) {
  const auto payload = status.GetPayload(absl::StrCat(kMetaPrefix, key));
  if (!payload.has_value()) return std::nullopt;
  return std::string(*payload);
}

std::vector<FieldViolation> ViolationsOf(const absl::Status& status) {
  return ListOf(status, kViolationPrefix);
}
std::vector<FieldViolation> UnmetOf(const absl::Status& status) { return ListOf(status, kUnmetPrefix); }

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryUrl);
  int64_t us = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &us)) return std::nullopt;
  return absl::Microseconds(us);
}

absl::Status RefusalFromWire(absl::StatusCode code, absl::string_view reason_name, absl::string_view sentence,
                             const std::vector<std::pair<std::string, std::string>>& metadata,
                             const std::vector<FieldViolation>& violations,
                             const std::vector<FieldViolation>& unmet,
                             std::optional<absl::Duration> retry_after) {
  Refusal refusal(code, Reason::kInternal, sentence);
  for (const auto& [key, value] : metadata) refusal.With(key, value);
  for (const FieldViolation& v : violations) refusal.Violation(v.field, v.reason, v.description);
  for (const FieldViolation& v : unmet) refusal.Unmet(v.reason, v.field, v.description);
  if (retry_after.has_value()) refusal.RetryAfter(*retry_after);
  absl::Status status = refusal;
  status.SetPayload(kReasonUrl, absl::Cord(reason_name));
  return status;
}

}  // namespace tc
