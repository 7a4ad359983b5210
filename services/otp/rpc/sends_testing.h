#pragma once

// Codes for many people in a test: who asks, for what, from where, and whether the code is entered.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/otp/rpc/desk_testing.h"

namespace tc::otp {

// The n-th number of a block: of ten thousand numbers while n < 10000, of a million while n < 1000000.
inline std::string NumberIn(int n, const char* block = "+79161") {
  return absl::StrFormat("%s%06d", block, n);
}

// One asking: its own person and request each.
struct Asking {
  std::string id;
  std::string phone = kPhone;
  pb::Purpose purpose = pb::PURPOSE_PHONE_BINDING;
  std::string address = {};  // of the client
  std::string device = {};
  std::string subject = {};  // the id's own when empty
  bool decoy = false;

  std::string Subject() const { return subject.empty() ? absl::StrCat("accounts/", id) : subject; }
};

inline pb::CreateVerificationRequest RequestOf(const Asking& asking) {
  pb::CreateVerificationRequest request;
  request.set_verification_id(asking.id);
  request.set_purpose(asking.purpose);
  request.set_subject(asking.Subject());
  request.set_request(absl::StrCat("request-", asking.id));
  if (asking.purpose == pb::PURPOSE_EMAIL_BINDING)
    request.set_email(absl::StrCat(asking.id, "@example.ru"));
  else if (asking.decoy)
    request.set_decoy(true);
  else
    request.set_phone(asking.phone);
  request.mutable_client()->set_address(asking.address);
  request.mutable_client()->set_device(asking.device);
  return request;
}

inline absl::Status Ask(Bench& bench, const Asking& asking) {
  return bench.Create(RequestOf(asking)).status();
}

// The code that went to a number last; it has been handed over.
inline std::string CodeTo(const Bench& bench, const std::string& phone) {
  std::string code;
  for (const Message& message : bench.provider.sent()) {
    if (message.to.text() == phone) code = CodeIn(message);
  }
  return code;
}

inline bool Enter(Bench& bench, const Asking& asking, const std::string& code) {
  pb::CheckVerificationRequest request;
  request.set_name(absl::StrCat("verifications/", asking.id));
  request.set_purpose(asking.purpose);
  request.set_subject(asking.Subject());
  request.set_request(absl::StrCat("request-", asking.id));
  request.set_code(code);
  const auto checked = bench.Check(bench.From(), request);
  return checked.ok() && checked->matched();
}

inline std::vector<kv::Event> EventsOf(Bench& bench, const std::string& type) {
  std::vector<kv::Event> found;
  uint64_t revision = 0;
  uint32_t index = 0;
  while (true) {
    const std::vector<kv::Event> some = *bench.database->Changes(revision, index, 1000);
    if (some.empty()) return found;
    for (const kv::Event& event : some) {
      if (event.type == type) found.push_back(event);
    }
    revision = some.back().revision;
    index = some.back().index;
  }
}

}  // namespace tc::otp
