#include "services/otp/outbound/webhook_answer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"

namespace tc::otp {
namespace {

bool Contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The gateway's own number: printable, at most 128 characters, or nothing.
std::string MessageNumber(const Json& body, const Json::json_pointer& pointer) {
  const std::string number = WordAt(body, pointer).value_or("");
  const bool plain = std::all_of(number.begin(), number.end(),
                                 [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
  return plain && number.size() <= 128 ? number : "";
}

// Whatever a gateway writes there: nothing that could be an address or a code gets into a record.
std::string ErrorCode(const std::string& reason) {
  std::string name = absl::AsciiStrToUpper(reason);
  int digits = 0, most = 0;
  for (const char c : name) {
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(c));
    if (!digit && !absl::ascii_isupper(static_cast<unsigned char>(c)) && c != '_') return "ERROR";
    digits = digit ? digits + 1 : 0;
    most = std::max(most, digits);
  }
  return name.empty() || name.size() > 32 || most > 3 ? "ERROR" : absl::StrCat("ERROR_", name);
}

}  // namespace

StatusList StatusList::Read(ConfigObject& config, absl::string_view name, StatusList otherwise) {
  if (!config.Has(name)) return otherwise;
  StatusList list;
  for (const std::string& word : config.Words(name)) {
    const std::vector<std::string> ends = absl::StrSplit(word, '-');
    int first = 0, last = 0;
    const bool fits = ends.size() <= 2 && absl::SimpleAtoi(ends.front(), &first) &&
                      absl::SimpleAtoi(ends.back(), &last) && first >= 100 && first <= last && last <= 599;
    if (!fits) config.Complain(name, "VALUE_INVALID", "must be a list such as [201, \"400-499\"]");
    list.ranges_.emplace_back(first, last);
  }
  return list;
}

bool StatusList::Has(int status) const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [&](const auto& range) { return range.first <= status && status <= range.second; });
}

WebhookAnswer WebhookAnswer::Read(ConfigObject config) {
  WebhookAnswer made;
  made.accepted_ = StatusList::Read(config, "accepted", {{200, 299}});
  // 401 and 403 are about our account, not about the message.
  made.retry_ =
      StatusList::Read(config, "retry", {{401, 401}, {403, 403}, {408, 408}, {425, 425}, {429, 429}});
  made.refused_ = StatusList::Read(config, "refused", {});
  made.message_ = config.Pointer("message");
  if (config.Has("verdict")) {
    ConfigObject verdict = config.Object("verdict");
    made.verdict_ = Verdict{.field = verdict.RequiredPointer("field"),
                            .good = verdict.Words("good"),
                            .reason = verdict.Pointer("reason"),
                            .retry = verdict.Words("retry")};
    verdict.RefuseOthers();
  }
  config.RefuseOthers();
  return made;
}

absl::StatusOr<Acceptance> WebhookAnswer::Judge(const HttpAnswer& answer) const {
  TRY(JudgeStatus(answer.status));
  const Json body = Json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  if (verdict_.has_value()) TRY(JudgeVerdict(body));
  return Acceptance{message_.has_value() ? MessageNumber(body, *message_) : ""};
}

absl::Status WebhookAnswer::JudgeStatus(int status) const {
  if (accepted_.Has(status)) return absl::OkStatus();
  const std::string code = absl::StrCat("HTTP_", status);
  const bool for_good = refused_.Has(status) || (status >= 400 && status < 500 && !retry_.Has(status));
  return for_good ? absl::InvalidArgumentError(code) : absl::UnavailableError(code);
}

absl::Status WebhookAnswer::JudgeVerdict(const Json& body) const {
  const absl::Status unclear = absl::DeadlineExceededError("ANSWER_UNCLEAR");
  if (!body.is_object() && !body.is_array()) return unclear;
  const std::optional<std::string> value = WordAt(body, verdict_->field);
  if (!value.has_value()) return verdict_->good.empty() ? absl::OkStatus() : unclear;
  if (Contains(verdict_->good, *value)) return absl::OkStatus();
  std::string reason = *value;
  if (verdict_->reason.has_value()) reason = WordAt(body, *verdict_->reason).value_or("");
  const std::string code = ErrorCode(reason);
  return Contains(verdict_->retry, reason) ? absl::UnavailableError(code) : absl::InvalidArgumentError(code);
}

}  // namespace tc::otp
