#pragma once

// What a webhook's answer means, as the configuration describes it. Immutable.
//
// By status: "accepted" (200-299), else a redirect or one of "retry" (401, 403, 408, 425, 429): not now;
// "refused": for good; what stands in none of them: 4xx refused, all else not now. An accepted answer may
// still say no in its JSON ("verdict"): there the value at "field" must be one of "good", or absent when
// "good" is empty; the value at "reason" (or else at "field") decides by "retry" whether it is for now or for
// good.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/otp/outbound/config.h"
#include "services/otp/outbound/http.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

// Statuses of HTTP: 200, "200-299".
class StatusList {
 public:
  StatusList() = default;
  StatusList(std::initializer_list<std::pair<int, int>> ranges) : ranges_(ranges) {}
  // `otherwise` when the member is absent.
  static StatusList Read(ConfigObject& config, absl::string_view name, StatusList otherwise);
  bool Has(int status) const;

 private:
  std::vector<std::pair<int, int>> ranges_;
};

class WebhookAnswer {
 public:
  // `config` is the member "answer".
  static WebhookAnswer Read(ConfigObject config);

  // As Provider::Send: HTTP_503, ERROR_7, ANSWER_UNCLEAR.
  absl::StatusOr<Acceptance> Judge(const HttpAnswer& answer) const;

 private:
  using Pointer = Json::json_pointer;
  struct Verdict {
    Pointer field;
    std::vector<std::string> good;
    std::optional<Pointer> reason;
    std::vector<std::string> retry;
  };
  absl::Status JudgeStatus(int status) const;
  absl::Status JudgeVerdict(const Json& body) const;

  StatusList accepted_, retry_, refused_;
  std::optional<Pointer> message_;
  std::optional<Verdict> verdict_;
};

}  // namespace tc::otp
