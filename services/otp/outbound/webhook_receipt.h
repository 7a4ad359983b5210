#pragma once

// How a webhook's gateway reports, as the configuration describes it. Immutable.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/secret.h"
#include "services/otp/outbound/config.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

class WebhookReceipt {
 public:
  // `config` is the member "receipts"; `secret` the provider's, used where "verify" names no file of its own.
  static WebhookReceipt Read(ConfigObject config, const Secret& secret);

  bool uses_secret() const { return uses_secret_; }

  // As Provider::ReadReceipt.
  absl::StatusOr<std::optional<Receipt>> Parse(const ReceiptCall& call) const;

 private:
  enum class Format { kQuery, kForm, kJson };
  enum class Check { kNone, kHmacSha256, kTwilio };

  void ReadCheck(ConfigObject config, const Secret& secret);
  absl::Status Verify(const ReceiptCall& call) const;
  std::string Signature(const ReceiptCall& call) const;

  Format format_ = Format::kQuery;
  std::string status_, sequence_;  // names of fields, or JSON pointers
  std::vector<std::string> delivered_, failed_, deferred_;
  Check check_ = Check::kNone;
  std::string header_;  // lower case
  std::string prefix_;
  bool base64_ = false;
  Secret key_;
  bool uses_secret_ = false;
};

}  // namespace tc::otp
