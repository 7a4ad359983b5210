#include "tools/tcctl/stage.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/refusal.h"

namespace tc::ctl {

namespace {

constexpr char kBold[] = "\033[1m";
constexpr char kGreen[] = "\033[32m";
constexpr char kRed[] = "\033[31m";
constexpr char kYellow[] = "\033[33m";
constexpr char kFaint[] = "\033[2m";

std::string Particulars(const absl::Status& status) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : MetadataOf(status)) parts.push_back(absl::StrCat(key, "=", value));
  for (const FieldViolation& v : ViolationsOf(status)) parts.push_back(absl::StrCat(v.field, ": ", v.reason));
  for (const FieldViolation& v : UnmetOf(status)) parts.push_back(v.reason);
  if (const auto delay = RetryAfterOf(status))
    parts.push_back(absl::StrCat("retry after ", absl::FormatDuration(*delay)));
  return absl::StrJoin(parts, ", ");
}

std::string Refusal(const absl::Status& status) {
  std::string text =
      absl::StrCat(absl::StatusCodeToString(status.code()), " / ", ReasonOf(status).value_or("-"));
  const std::string particulars = Particulars(status);
  if (!particulars.empty()) absl::StrAppend(&text, " (", particulars, ")");
  return text;
}

}  // namespace

std::string Stage::In(absl::string_view colour, absl::string_view text) const {
  return colour_ ? absl::StrCat(colour, text, "\033[0m") : std::string(text);
}

void Stage::Line(absl::string_view colour, absl::string_view sign, absl::string_view who,
                 absl::string_view what) {
  *out_ << "  " << In(colour, sign) << " " << In(kBold, absl::StrFormat("%-8s", who)) << " " << what << "\n"
        << std::flush;
}

void Stage::Chapter(absl::string_view title) { *out_ << "\n" << In(kBold, title) << "\n"; }

void Stage::Tells(absl::string_view text) { *out_ << "    " << In(kFaint, text) << "\n"; }

void Stage::Shows(absl::string_view where, absl::string_view text) {
  *out_ << "             " << In(kFaint, absl::StrCat("┌ ", where)) << "\n";
  for (const auto line : absl::StrSplit(text, '\n'))
    *out_ << "             " << In(kFaint, "│ ") << line << "\n";
  *out_ << std::flush;
}

absl::Status Stage::Judge(absl::string_view who, absl::string_view what, const absl::Status& status) {
  ++acts_;
  Line(status.ok() ? kGreen : kRed, status.ok() ? "✓" : "✗", who, what);
  if (status.ok()) return status;
  return absl::InternalError(absl::StrCat("\"", who, " ", what, "\" should have worked, but: ",
                                          Refusal(status), ": ", std::string(status.message())));
}

absl::Status Stage::JudgeRefusal(absl::string_view who, absl::string_view what, const absl::Status& status,
                                 absl::StatusCode code, const std::vector<std::string>& reasons) {
  ++acts_;
  ++refusals_;
  const std::string reason = ReasonOf(status).value_or("");
  const bool right =
      status.code() == code && std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
  Line(right ? kYellow : kRed, right ? "⊘" : "✗", who, what);
  if (!status.ok())
    *out_ << "             " << In(kYellow, absl::StrCat("refused: ", Refusal(status))) << "\n";
  if (right) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(
      "\"", who, " ", what, "\" should have been refused with ", absl::StatusCodeToString(code), " / ",
      absl::StrJoin(reasons, " or "), ", but: ", status.ok() ? "it worked" : Refusal(status)));
}

absl::Status Stage::Holds(absl::string_view fact, bool holds) {
  ++acts_;
  *out_ << "  " << In(holds ? kGreen : kRed, holds ? "✓" : "✗") << " " << fact << "\n" << std::flush;
  return holds ? absl::OkStatus() : absl::InternalError(absl::StrCat("it does not hold: ", fact));
}

}  // namespace tc::ctl
