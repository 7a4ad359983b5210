#include "tools/tcctl/output.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/refusal.h"

namespace tc::ctl {

using nlohmann::ordered_json;

namespace {

using Row = std::vector<std::pair<std::string, std::string>>;

// {"a": {"b": 1}} → {"a.b", "1"}; a list is shown as compact JSON.
void Flatten(const std::string& prefix, const ordered_json& value, Row& row) {
  if (value.is_object()) {
    for (const auto& [key, child] : value.items())
      Flatten(prefix.empty() ? key : absl::StrCat(prefix, ".", key), child, row);
  } else {
    row.emplace_back(prefix, value.is_string() ? value.get<std::string>() : value.dump());
  }
}

std::string Aligned(const std::vector<std::vector<std::string>>& lines) {
  std::vector<size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      absl::StrAppend(&text, line[i]);
      if (i + 1 < line.size()) text.append(widths[i] - line[i].size() + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

std::string Table(const ordered_json& list) {
  std::vector<std::vector<std::string>> lines(1);
  std::vector<std::map<std::string, std::string>> rows;
  for (const ordered_json& element : list) {
    Row row;
    Flatten("", element, row);
    for (const auto& [key, value] : row) {
      if (std::find(lines[0].begin(), lines[0].end(), key) == lines[0].end()) lines[0].push_back(key);
    }
    rows.emplace_back(row.begin(), row.end());
  }
  for (const auto& row : rows) {
    std::vector<std::string> line;
    for (const std::string& column : lines[0]) line.push_back(row.count(column) != 0 ? row.at(column) : "-");
    lines.push_back(std::move(line));
  }
  return Aligned(lines);
}

std::string FieldsOf(const ordered_json& object) {
  Row row;
  Flatten("", object, row);
  std::vector<std::vector<std::string>> lines;
  for (const auto& [key, value] : row) lines.push_back({key, value});
  return lines.empty() ? "(empty)\n" : Aligned(lines);
}

ordered_json ErrorAsJson(const absl::Status& status) {
  ordered_json error = {{"code", absl::StatusCodeToString(status.code())},
                        {"message", std::string(status.message())}};
  if (const auto reason = ReasonOf(status)) error["reason"] = *reason;
  for (const auto& [key, value] : MetadataOf(status)) error["metadata"][key] = value;
  for (const FieldViolation& v : ViolationsOf(status)) {
    error["fields"].push_back({{"field", v.field}, {"reason", v.reason}, {"description", v.description}});
  }
  for (const FieldViolation& v : UnmetOf(status)) {
    error["unmet"].push_back({{"type", v.reason}, {"subject", v.field}, {"description", v.description}});
  }
  if (const auto delay = RetryAfterOf(status)) error["retry_after"] = absl::FormatDuration(*delay);
  return error;
}

}  // namespace

int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 0;
    case absl::StatusCode::kInvalidArgument:  // without a reason it is tcctl's own: nothing was sent
      return ReasonOf(status).has_value() ? 1 : 2;
    case absl::StatusCode::kNotFound:
      return 3;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return 4;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 5;
    case absl::StatusCode::kUnavailable:
      return 69;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
      return 75;
    default:
      return 1;
  }
}

std::string Render(const std::string& json, Format format) {
  if (format == Format::kJson) return json.empty() || json.back() == '\n' ? json : json + "\n";
  const ordered_json value = ordered_json::parse(json, nullptr, false);
  if (!value.is_object()) return json;
  for (const auto& [key, child] : value.items()) {
    if (child.is_array() && !child.empty() && child[0].is_object()) return Table(child);
  }
  return FieldsOf(value);
}

std::string RenderError(const absl::Status& status, Format format) {
  if (format == Format::kJson) return ErrorAsJson(status).dump() + "\n";
  std::string text =
      absl::StrCat("error: ", absl::StatusCodeToString(status.code()), ": ", status.message(), "\n");
  if (const auto reason = ReasonOf(status)) absl::StrAppend(&text, "  reason: ", *reason, "\n");
  for (const auto& [key, value] : MetadataOf(status)) absl::StrAppend(&text, "  ", key, ": ", value, "\n");
  for (const FieldViolation& v : ViolationsOf(status)) {
    absl::StrAppend(&text, "  field ", v.field, ": ", v.reason, ": ", v.description, "\n");
  }
  for (const FieldViolation& v : UnmetOf(status)) {
    absl::StrAppend(&text, "  unmet ", v.field, ": ", v.reason, ": ", v.description, "\n");
  }
  if (const auto delay = RetryAfterOf(status)) {
    absl::StrAppend(&text, "  try again after ", absl::FormatDuration(*delay), "\n");
  }
  return text;
}

int Report(const absl::Status& status, Format format) {
  if (!status.ok()) std::cerr << RenderError(status, format);
  return ExitCodeOf(status);
}

}  // namespace tc::ctl
