#pragma once

// A directory for a test's configuration, and messages to send.

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/fakes.h"
#include "common/testing/temp_dir.h"
#include "services/otp/outbound/provider_file.h"

namespace tc::otp {

class ConfigDir {
 public:
  const std::string& root() const { return dir_.path(); }
  // Gives the path.
  std::string Write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    return dir_.Write(name, text, mode);
  }
  absl::StatusOr<Providers> Open(const std::string& json, bool development = false) const {
    return OpenProviders({.providers_file = Write("providers.json", json), .spool_dir = ""}, development);
  }
  // The one provider of this configuration, whose hosts may be this machine. Stops the test when it is
  // refused.
  std::unique_ptr<Provider> OpenOne(const std::string& provider) const {
    absl::StatusOr<Providers> providers =
        Open(absl::StrCat(R"({"allowed_hosts": ["127.0.0.1", "localhost"], "providers": [)", provider, "]}"));
    if (!providers.ok()) {
      for (const FieldViolation& v : ViolationsOf(providers.status()))
        ADD_FAILURE() << v.field << ": " << v.description;
      std::abort();
    }
    return std::move(providers->front());
  }

 private:
  const testing::TempDir dir_;
};

inline constexpr char kText[] = "Код 123456: вход.\n@gosuslugi.example #123456";

// An SMS with a code that lives for five minutes from Noon() on.
inline Message CodeMessage() {
  Message message;
  message.delivery = DeliveryId::FromTrusted("d1");
  message.request_id = "11111111-1111-4111-8111-111111111111";
  message.to = Address::Of(Phone::FromTrusted("+79161234567"));
  message.template_name = "CODE_RECOVERY_CLAIM";
  message.text = {"", kText};
  message.code = "123456";
  message.created = testing::Noon();
  message.expires = testing::Noon() + absl::Seconds(300);
  return message;
}

// A minute later, with somewhere to report.
inline Handover AnyHandover() {
  return {.now = testing::Noon() + absl::Minutes(1), .receipt_url = "https://otp.example/receipts/p/t0ken"};
}

}  // namespace tc::otp
