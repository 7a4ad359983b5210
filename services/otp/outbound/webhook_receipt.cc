#include "services/otp/outbound/webhook_receipt.h"

#include <curl/curl.h>

#include <algorithm>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"

namespace tc::otp {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

absl::Status Unclear() { return absl::InvalidArgumentError("RECEIPT_UNCLEAR"); }

std::string FormDecoded(absl::string_view text) {
  const std::string spaced = absl::StrReplaceAll(text, {{"+", " "}});
  int size = 0;
  char* plain = curl_easy_unescape(nullptr, spaced.data(), static_cast<int>(spaced.size()), &size);
  std::string copy = plain == nullptr ? "" : std::string(plain, static_cast<size_t>(size));
  curl_free(plain);
  return copy;
}

Fields FormFields(absl::string_view body) {
  Fields fields;
  for (const absl::string_view pair : absl::StrSplit(body, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    fields.emplace_back(FormDecoded(parts.first), FormDecoded(parts.second));
  }
  return fields;
}

using Find = std::function<std::optional<std::string>(const std::string&)>;

Find InForm(Fields fields) {
  return [fields = std::move(fields)](const std::string& name) -> std::optional<std::string> {
    const auto found =
        std::find_if(fields.rbegin(), fields.rend(), [&](const auto& f) { return f.first == name; });
    return found == fields.rend() ? std::nullopt : std::optional(found->second);
  };
}

Find InQuery(const std::map<std::string, std::string>& query) {
  return [&query](const std::string& name) -> std::optional<std::string> {
    const auto found = query.find(name);
    return found == query.end() ? std::nullopt : std::optional(found->second);
  };
}

Find InJson(Json body) {
  return [body = std::move(body)](const std::string& pointer) {
    return WordAt(body, Json::json_pointer(pointer));
  };
}

bool Contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

WebhookReceipt WebhookReceipt::Read(ConfigObject config, const Secret& secret) {
  WebhookReceipt made;
  const std::string format = config.OneOf("format", {"query", "form", "json"});
  made.format_ = format == "json" ? Format::kJson : format == "form" ? Format::kForm : Format::kQuery;
  made.status_ = config.RequiredText("status");
  made.sequence_ = config.Text("sequence");
  if (made.format_ == Format::kJson) {
    config.Pointer("status");
    config.Pointer("sequence");
  }
  made.delivered_ = config.Words("delivered");
  made.failed_ = config.Words("failed");
  made.deferred_ = config.Words("deferred");
  if (made.delivered_.empty()) config.Complain("delivered", "KEY_MISSING", "names the values for: delivered");
  if (made.failed_.empty()) config.Complain("failed", "KEY_MISSING", "names the values for: failed");
  made.ReadCheck(config.Object("verify"), secret);
  config.RefuseOthers();
  return made;
}

void WebhookReceipt::ReadCheck(ConfigObject config, const Secret& secret) {
  const std::string type = config.OneOf("type", {"none", "hmac_sha256", "twilio"});
  if (type != "none") {
    if (config.Has("secret_file")) {
      key_ = config.SecretFile("secret_file");
    } else {
      key_ = secret;
      uses_secret_ = true;
    }
  }
  if (type == "hmac_sha256") {
    check_ = Check::kHmacSha256;
    header_ = absl::AsciiStrToLower(config.RequiredHeaderText("header"));
    prefix_ = config.Text("prefix");
    base64_ = config.OneOf("encoding", {"hex", "base64"}) == "base64";
  } else if (type == "twilio") {
    check_ = Check::kTwilio;
    header_ = "x-twilio-signature";
  }
  config.RefuseOthers();
}

std::string WebhookReceipt::Signature(const ReceiptCall& call) const {
  if (check_ == Check::kTwilio) {
    Fields fields = FormFields(call.body);
    std::sort(fields.begin(), fields.end());
    std::string message = call.url;
    for (const auto& [name, value] : fields) absl::StrAppend(&message, name, value);
    return absl::Base64Escape(crypto::HmacSha1(key_.Reveal(), message));
  }
  const std::string mac = crypto::HmacSha256(key_.Reveal(), call.body);
  return absl::StrCat(prefix_, base64_ ? absl::Base64Escape(mac) : absl::BytesToHexString(mac));
}

absl::Status WebhookReceipt::Verify(const ReceiptCall& call) const {
  if (check_ == Check::kNone) return absl::OkStatus();
  const auto given = call.headers.find(header_);
  if (given == call.headers.end() || !crypto::ConstantTimeEquals(given->second, Signature(call)))
    return absl::UnauthenticatedError("SIGNATURE_WRONG");
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Receipt>> WebhookReceipt::Parse(const ReceiptCall& call) const {
  TRY(Verify(call));
  const Find find = format_ == Format::kQuery ? InQuery(call.query)
                    : format_ == Format::kForm
                        ? InForm(FormFields(call.body))
                        : InJson(Json::parse(call.body, nullptr, /*allow_exceptions=*/false));
  const std::optional<std::string> status = find(status_);
  if (!status.has_value()) return Unclear();
  Receipt receipt;
  if (Contains(delivered_, *status)) {
    receipt.outcome = DeliveryTrigger::kReceiptDelivered;
  } else if (Contains(failed_, *status)) {
    receipt.outcome = DeliveryTrigger::kReceiptFailed;
  } else if (Contains(deferred_, *status)) {
    receipt.outcome = DeliveryTrigger::kReceiptDeferred;
  } else {
    return std::nullopt;
  }
  const std::optional<std::string> sequence = sequence_.empty() ? std::nullopt : find(sequence_);
  if (sequence.has_value() && !absl::SimpleAtoi(*sequence, &receipt.sequence.emplace())) return Unclear();
  return receipt;
}

}  // namespace tc::otp
