#include "services/otp/outbound/webhook_request.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "services/otp/outbound/webhook_values.h"

namespace tc::otp {
namespace {

// A URL is written into logs on its way.
const std::vector<std::string>& NotInUrl() {
  static const auto& names =
      *new std::vector<std::string>{"text", "text_xml", "subject", "code", "spelt", "secret"};
  return names;
}
// A text may have lines.
const std::vector<std::string>& NotInHeader() {
  static const auto& names = *new std::vector<std::string>{"text", "text_xml", "subject"};
  return names;
}

constexpr int64_t kDay = 86400;

bool Contains(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A field that is nothing but a placeholder without value is left out.
bool IsAbsent(const Pattern& text, const Values& values) {
  const std::string name = text.OnlyName();
  if (name.empty()) return false;
  const auto value = values.find(name);
  return value == values.end() || value->second.empty();
}

bool IsHeaderName(absl::string_view name) {
  constexpr absl::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains(kOthers, c);
  });
}

// What the client itself says about the connection and the length.
bool IsOurs(absl::string_view name) {
  for (const char* ours :
       {"host", "content-length", "transfer-encoding", "connection", "expect", "upgrade"}) {
    if (absl::EqualsIgnoreCase(name, ours)) return true;
  }
  return false;
}

}  // namespace

WebhookRequest WebhookRequest::Read(ConfigObject config, const Values& constants, const Secret& secret,
                                    const Hosts& allowed) {
  WebhookRequest made;
  made.secret_ = secret;
  made.method_ = config.OneOf("method", {"POST", "PUT"});
  made.ReadUrl(config, constants, allowed);
  made.ReadAuth(config.Object("auth"), constants, secret);
  made.ReadHeaders(config.Object("headers"), constants);
  if (config.Has("json") == config.Has("form"))
    config.Complain("json", "KEY_MISSING", "exactly one of json and form says what the body is");
  if (config.Has("json")) {
    made.json_ = config.Value("json");
    made.ReadJson(config, *made.json_, "json", Json::json_pointer(), constants);
  }
  if (config.Has("form")) made.ReadForm(config.Object("form"), constants);
  if (config.Has("longest_validity"))
    made.longest_validity_ = absl::Seconds(config.Number("longest_validity", kDay, 60, kDay));
  if (config.Has("signature")) made.ReadSignature(config.Object("signature"));
  config.RefuseOthers();
  return made;
}

Pattern WebhookRequest::Use(ConfigObject& config, absl::string_view name, absl::string_view text,
                            const Values& constants, const std::vector<std::string>& forbidden) {
  const absl::StatusOr<Pattern> parsed = Pattern::Parse(text);
  if (!parsed.ok()) {
    config.Complain(name, "VALUE_INVALID", parsed.status().message());
    return Pattern();
  }
  Pattern made = parsed->With(constants);
  for (const std::string& used : made.names()) {
    if (!Contains(PlaceholderNames(), used)) {
      config.Complain(name, "VALUE_INVALID", absl::StrCat("there is no placeholder {", used, "}"));
    } else if (Contains(forbidden, used)) {
      config.Complain(name, "VALUE_INVALID", absl::StrCat("{", used, "} may not stand here"));
    }
    used_.insert(used);
    uses_secret_ = uses_secret_ || used == "secret";
  }
  return made;
}

void WebhookRequest::ReadUrl(ConfigObject& config, const Values& constants, const Hosts& allowed) {
  const std::string text = config.RequiredText("url");
  if (text.empty()) return;
  url_ = Use(config, "url", text, constants, NotInUrl());
  // Whom to ask is not for a message to say.
  const size_t scheme = text.find("://");
  const size_t begin = scheme == text.npos ? 0 : scheme + 3;
  const std::string authority = text.substr(0, std::min(text.find_first_of("/?", begin), text.size()));
  const absl::StatusOr<Pattern> where = Pattern::Parse(authority);
  if (!where.ok() || !where->With(constants).names().empty()) {
    config.Complain("url", "VALUE_INVALID", "may have placeholders of settings only up to the path");
    return;
  }
  CheckEndpoint(config, "url", url_.Fill({}), {"https"}, {"http"}, allowed);
}

void WebhookRequest::ReadHeaders(ConfigObject config, const Values& constants) {
  for (const std::string& name : config.Names()) {
    const std::string text = config.HeaderText(name);
    if (!IsHeaderName(name) || IsOurs(name)) {
      config.Complain(name, "VALUE_INVALID", "is no header that can be set here");
    } else {
      headers_.emplace_back(name, Use(config, name, text, constants, NotInHeader()));
    }
  }
}

void WebhookRequest::ReadJson(ConfigObject& config, const Json& node, const std::string& place,
                              const Json::json_pointer& pointer, const Values& constants) {
  if (node.is_string()) {
    leaves_.emplace_back(pointer, Use(config, place, node.get<std::string>(), constants, {}));
  } else if (node.is_array()) {
    for (size_t i = 0; i < node.size(); ++i)
      ReadJson(config, node[i], absl::StrCat(place, "[", i, "]"), pointer / i, constants);
  } else if (node.is_object()) {
    for (const auto& [name, value] : node.items())
      ReadJson(config, value, absl::StrCat(place, ".", name), pointer / name, constants);
  }
}

void WebhookRequest::ReadForm(ConfigObject config, const Values& constants) {
  for (const std::string& name : config.Names())
    form_.emplace_back(name, Use(config, name, config.Text(name), constants, {}));
}

void WebhookRequest::ReadAuth(ConfigObject config, const Values& constants, const Secret& secret) {
  const std::string type = config.OneOf("type", {"none", "basic", "bearer", "header"});
  authorization_header_ = type == "header" ? config.RequiredHeaderText("header") : "Authorization";
  if (!authorization_header_.empty() &&
      (!IsHeaderName(authorization_header_) || IsOurs(authorization_header_)))
    config.Complain("header", "VALUE_INVALID", "is no header that can be set here");
  std::string user;
  if (type == "basic") {
    const Pattern username = Use(config, "username", config.RequiredHeaderText("username"), constants, {});
    if (!username.names().empty())
      config.Complain("username", "VALUE_INVALID", "may have placeholders of settings only");
    user = username.Fill({});
  }
  const std::string prefix = type == "header" ? config.HeaderText("prefix") : "";
  config.RefuseOthers();
  if (type == "none") return;
  uses_secret_ = true;
  const std::string word(secret.Reveal());
  authorization_ =
      Secret(type == "basic"    ? absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(user, ":", word)))
             : type == "bearer" ? absl::StrCat("Bearer ", word)
                                : absl::StrCat(prefix, word));
}

void WebhookRequest::ReadSignature(ConfigObject config) {
  signature_ = Signature{.header = config.RequiredHeaderText("header"),
                         .timestamp_header = config.RequiredHeaderText("timestamp_header"),
                         .key = config.SecretFile("secret_file")};
  for (const char* name : {"header", "timestamp_header"}) {
    const std::string header = config.Text(name);
    if (!header.empty() && (!IsHeaderName(header) || IsOurs(header)))
      config.Complain(name, "VALUE_INVALID", "is no header that can be set here");
  }
  config.RefuseOthers();
}

absl::StatusOr<HttpRequest> WebhookRequest::For(const Message& message, const Handover& handover) const {
  if ((used_.count("code") > 0 || used_.count("spelt") > 0) && message.code.empty())
    return absl::InvalidArgumentError("NO_CODE");
  const absl::Duration least = used_.count("validity_minutes") > 0 ? absl::Minutes(1) : absl::Seconds(1);
  if (message.expires - handover.now < least) return absl::UnavailableError("TOO_LATE");
  Values values = ValuesOf(message, handover, longest_validity_);
  values["secret"] = std::string(secret_.Reveal());
  HttpRequest request{.method = method_, .url = url_.Fill(values, Pattern::Escape::kUrl)};
  request.body = json_.has_value() ? JsonBody(values) : FormBody(values);
  bool typed = false;
  for (const auto& [name, text] : headers_) {
    typed = typed || absl::EqualsIgnoreCase(name, "Content-Type");
    if (!IsAbsent(text, values)) request.headers.emplace_back(name, text.Fill(values));
  }
  if (!typed) {
    request.headers.emplace_back("Content-Type", json_.has_value() ? "application/json; charset=utf-8"
                                                                   : "application/x-www-form-urlencoded");
  }
  if (!authorization_.empty())
    request.headers.emplace_back(authorization_header_, std::string(authorization_.Reveal()));
  if (signature_.has_value()) {
    const std::string now = absl::StrCat(absl::ToUnixSeconds(handover.now));
    request.headers.emplace_back(signature_->timestamp_header, now);
    request.headers.emplace_back(
        signature_->header, absl::BytesToHexString(crypto::HmacSha256(signature_->key.Reveal(),
                                                                      absl::StrCat(now, ".", request.body))));
  }
  return request;
}

std::string WebhookRequest::JsonBody(const Values& values) const {
  Json body = *json_;
  for (const auto& [pointer, text] : leaves_) {
    const std::string only = text.OnlyName();
    if (only == "validity_seconds" || only == "validity_minutes") {
      body[pointer] = std::stoll(text.Fill(values));
    } else if (!pointer.empty() && body[pointer.parent_pointer()].is_object() && IsAbsent(text, values)) {
      body[pointer.parent_pointer()].erase(pointer.back());
    } else {
      body[pointer] = text.Fill(values);
    }
  }
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string WebhookRequest::FormBody(const Values& values) const {
  std::vector<std::string> fields;
  for (const auto& [name, text] : form_) {
    if (!IsAbsent(text, values))
      fields.push_back(absl::StrCat(PercentEncoded(name), "=", PercentEncoded(text.Fill(values))));
  }
  return absl::StrJoin(fields, "&");
}

}  // namespace tc::otp
