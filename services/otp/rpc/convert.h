#pragma once

// trustedcontact.otp.v1 ⇄ domain. Parsing is validation: every mistake of a request is in one refusal.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/secret.h"
#include "common/rpc/call.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/message_text.h"
#include "services/otp/domain/verification.h"
#include "trustedcontact/otp/v1/otp.pb.h"

namespace tc::otp {

namespace pb = ::trustedcontact::otp::v1;

// Where the person sits who asks, as the portal saw it. Any of it may be empty.
struct Client {
  std::string address;  // IPv4 or IPv6, in text form
  std::string device;
  bool challenge_passed = false;
};

struct CreateRequest {
  Draft draft;  // without channels
  Address address;
  Channel channel = Channel::kSms;
  std::vector<Channel> allowed;
  std::string masked_principal;
  std::string masked_address;  // the address's own mask unless given
  std::string fallback_email;  // empty: none
  Client client;
};
absl::StatusOr<CreateRequest> Parse(const rpc::Call& call, const pb::CreateVerificationRequest& in);

struct ResendRequest {
  VerificationId id;
  std::optional<Channel> channel;
  std::optional<Address> address;
  std::string masked_address;  // empty: not given
  std::string fallback_email;  // empty: none
  Client client;
};
absl::StatusOr<ResendRequest> Parse(const pb::ResendVerificationRequest& in);
// A claimant's code alone may end in the account's mailbox, and only where e-mail is among its channels.
bool MayFallBack(Purpose purpose, const std::vector<Channel>& channels);
// INVALID_ARGUMENT with FALLBACK_NOT_ALLOWED.
absl::Status FallbackNotAllowed();

// CheckVerification and ConsumeVerification. `code` is empty in the latter; its length is checked against the
// verification.
struct BoundRequest {
  VerificationId id;
  Binding binding;
  Secret code;
  Client client;
};
absl::StatusOr<BoundRequest> Parse(const rpc::Call& call, const pb::CheckVerificationRequest& in);
absl::StatusOr<BoundRequest> Parse(const rpc::Call& call, const pb::ConsumeVerificationRequest& in);
// INVALID_ARGUMENT with CODE_FORMAT.
absl::Status CodeFormat(int digits);

struct RecipientRequest {
  Address address;
  Channel channel = Channel::kSms;
};
struct NotificationRequest {
  std::string id;
  Template name = Template::kInvitationReceived;
  NoticeFields fields;
  std::vector<RecipientRequest> recipients;
  Locale locale = Locale::kRussian;
  bool security = false;
};
absl::StatusOr<NotificationRequest> Parse(const pb::SendNotificationRequest& in);

struct ReceiptRequest {
  DeliveryId id;
  ReceiptOf receipt;
};
// `may_report`: whether the caller may report for the provider that it names.
absl::StatusOr<ReceiptRequest> Parse(const pb::ReportDeliveryRequest& in, bool may_report);
// "verifications/…" or "notifications/…"; empty where `may_be_empty`.
absl::StatusOr<std::string> ParseParent(const std::string& parent, bool may_be_empty);

pb::Verification ToProto(const Verification& v, absl::Time now, const Policy& policy);
pb::Delivery ToProto(const Delivery& delivery);

}  // namespace tc::otp
