#pragma once

// OtpPeer: what identity asks of otp, in domain values. Never called inside a transaction. Thread-safe.
// Every method repeats safely: its request id is derived from what it does.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "common/base/secret.h"
#include "services/identity/domain/client.h"
#include "services/identity/domain/code.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/notice.h"

namespace tc::identity {

// What a code is for; one of one purpose never fits another (OTP-06).
enum class CodePurpose { kPhoneBinding, kEmailBinding, kSecondFactor };

// A code to an address of an account, or one that it wants to have.
struct CodeOrder {
  VerificationId id;  // chosen by us
  CodePurpose purpose = CodePurpose::kPhoneBinding;
  AccountId account;    // the subject
  std::string request;  // what it belongs to: a resource name
  Phone phone;          // either this
  Email email;          // or this
  CodeChannel channel = CodeChannel::kSms;
  std::string locale;
  CodeClient client;       // who asks for it
  std::string request_id;  // UUID
};

// Which verification, and what it must have been made for.
struct CodeSubject {
  VerificationId id;
  CodePurpose purpose = CodePurpose::kPhoneBinding;
  AccountId account;
  std::string request;
};

struct CodeCheck {
  bool matched = false;
  CodeProgress progress;
};

class OtpPeer {
 public:
  virtual ~OtpPeer() = default;

  // Refusals are otp's own, with their metadata and times: NUMBER_LIMIT_REACHED, CLIENT_LIMIT_REACHED,
  // BUDGET_EXHAUSTED, CHANNEL_NOT_AVAILABLE, PEER_UNAVAILABLE …
  virtual absl::StatusOr<CodeProgress> Create(const CodeOrder& order, absl::Time deadline) = 0;
  // A new code of the same verification: RESEND_TOO_SOON, SEND_LIMIT_REACHED, VERIFICATION_EXPIRED …
  virtual absl::StatusOr<CodeProgress> Resend(const CodeOrder& order, absl::Time deadline) = 0;
  // `request_id` names the attempt: the same id and code are charged once, whoever the client is.
  virtual absl::StatusOr<CodeCheck> Check(const CodeSubject& subject, const Secret& code,
                                          const CodeClient& client, const std::string& request_id,
                                          absl::Time deadline) = 0;
  virtual absl::Status Consume(const CodeSubject& subject, absl::Time deadline) = 0;
  // OK also when the verification has ended already.
  virtual absl::Status Cancel(const VerificationId& id, const std::string& request_id,
                              absl::Time deadline) = 0;

  // Tells the owner on all his addresses. `id` is unique to the notice: a second call sends nothing.
  virtual absl::Status Notify(const Notice& notice, const std::string& id, const std::string& request_id,
                              absl::Time deadline) = 0;
};

}  // namespace tc::identity
