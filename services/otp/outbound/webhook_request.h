#pragma once

// The request of a webhook as the configuration describes it, and the request for one message. Immutable.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/secret.h"
#include "services/otp/outbound/config.h"
#include "services/otp/outbound/endpoint.h"
#include "services/otp/outbound/http.h"
#include "services/otp/outbound/pattern.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

class WebhookRequest {
 public:
  // `config` is the member "request". `constants`: the provider's settings and its sender, filled in for
  // good. Mistakes are noted in `config`; then the request is of no use.
  static WebhookRequest Read(ConfigObject config, const Values& constants, const Secret& secret,
                             const Hosts& allowed);

  // Whether the provider's secret is needed.
  bool uses_secret() const { return uses_secret_; }

  // INVALID_ARGUMENT with NO_CODE for a notice where the request has a place for a code. UNAVAILABLE with
  // TOO_LATE when less than a second is left, or less than a minute where the request counts minutes.
  absl::StatusOr<HttpRequest> For(const Message& message, const Handover& handover) const;

 private:
  using Field = std::pair<std::string, Pattern>;
  struct Signature {
    std::string header;
    std::string timestamp_header;
    Secret key;
  };

  void ReadUrl(ConfigObject& config, const Values& constants, const Hosts& allowed);
  void ReadHeaders(ConfigObject config, const Values& constants);
  void ReadJson(ConfigObject& config, const Json& node, const std::string& place,
                const Json::json_pointer& pointer, const Values& constants);
  void ReadForm(ConfigObject config, const Values& constants);
  void ReadAuth(ConfigObject config, const Values& constants, const Secret& secret);
  void ReadSignature(ConfigObject config);
  Pattern Use(ConfigObject& config, absl::string_view name, absl::string_view text, const Values& constants,
              const std::vector<std::string>& forbidden);

  std::string JsonBody(const Values& values) const;
  std::string FormBody(const Values& values) const;

  std::string method_;
  Pattern url_;
  std::vector<Field> headers_;
  std::optional<Json> json_;  // else a form
  std::vector<std::pair<Json::json_pointer, Pattern>> leaves_;
  std::vector<Field> form_;
  Secret authorization_;  // the value of authorization_header_
  std::string authorization_header_;
  std::optional<Signature> signature_;
  absl::Duration longest_validity_ = absl::InfiniteDuration();
  Secret secret_;
  std::set<std::string> used_;  // placeholders
  bool uses_secret_ = false;
};

}  // namespace tc::otp
