#pragma once

// What recovery asks otp: codes. As identity_peer.h.

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "common/base/secret.h"
#include "services/recovery/domain/claim.h"
#include "services/recovery/domain/claimed.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// Nowhere: a decoy's code.
struct Nowhere {
  friend bool operator==(const Nowhere&, const Nowhere&) = default;
};
// A text is an e-mail address.
using CodeAddress = std::variant<Nowhere, Phone, std::string>;

// What binds a code to its use: a code of another side, subject or recovery never fits (O1).
struct CodeBinding {
  VerificationId verification;
  Side side = Side::kClaimant;
  std::string subject;
  PublicId recovery;
  friend bool operator==(const CodeBinding&, const CodeBinding&) = default;
};

struct CodeMessage {
  CodeAddress address;
  Channel channel = Channel::kSms;
  std::string locale;            // "ru", "en"
  std::string masked_principal;  // in the contact's text
  std::string fallback_email;    // of the same account, for a code that no phone can be told; empty: none
  CodeClient client;             // who asks for it; the same for a decoy
};

struct SentCode {
  CodeStatus status;
  bool locked = false;  // no attempts are left for any code
};

struct CheckedCode {
  bool matched = false;
  bool locked = false;
  CodeStatus status;
};

// Refusals are otp's own, with their reasons, metadata and times.
class OtpPeer {
 public:
  virtual ~OtpPeer() = default;
  // Makes a verification and sends its first code. A verification that is there already is answered as it
  // stands.
  virtual absl::StatusOr<SentCode> Create(const CodeBinding& binding, const CodeMessage& message,
                                          const std::string& request_id, absl::Time deadline) = 0;
  // Another code of the same verification. VERIFICATION_EXPIRED when a fresh one is needed.
  virtual absl::StatusOr<SentCode> Resend(const CodeBinding& binding, const CodeMessage& message,
                                          const std::string& request_id, absl::Time deadline) = 0;
  // A wrong code is an answer. ATTEMPT_TOO_SOON, VERIFICATION_EXPIRED, ATTEMPTS_EXHAUSTED,
  // CHALLENGE_REQUIRED, PERSON_LIMIT_REACHED, ADDRESS_DISABLED are refusals. The same id and code are one
  // attempt, whoever the client is.
  virtual absl::StatusOr<CheckedCode> Check(const CodeBinding& binding, const Secret& code,
                                            const CodeClient& client, const std::string& request_id,
                                            absl::Time deadline) = 0;
  virtual absl::Status Consume(const CodeBinding& binding, const std::string& request_id,
                               absl::Time deadline) = 0;
  // OK also when there is nothing left to cancel.
  virtual absl::Status Cancel(const VerificationId& verification, const std::string& request_id,
                              absl::Time deadline) = 0;
};

}  // namespace tc::recovery
