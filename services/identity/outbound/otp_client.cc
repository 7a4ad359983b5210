#include "services/identity/outbound/otp_client.h"

#include "common/base/reason.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "common/rpc/client.h"
#include "trustedcontact/otp/v1/otp.grpc.pb.h"

namespace tc::identity {
namespace {

namespace pb = ::trustedcontact::otp::v1;
namespace type = ::trustedcontact::type::v1;

std::optional<absl::Time> TimeOf(bool set, const google::protobuf::Timestamp& time) {
  if (!set) return std::nullopt;
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

CodeProgress ProgressOf(const type::CodeProgress& in) {
  CodeProgress progress;
  progress.attempts_left = in.attempts_left();
  progress.expires_at = TimeOf(in.has_expire_time(), in.expire_time());
  progress.next_attempt_at = TimeOf(in.has_next_attempt_time(), in.next_attempt_time());
  progress.next_send_at = TimeOf(in.has_next_send_time(), in.next_send_time());
  progress.sends_left = in.sends_left();
  for (const int channel : in.channels()) progress.channels.push_back(static_cast<CodeChannel>(channel));
  progress.server_time = TimeOf(true, in.server_time()).value();
  progress.masked_address = in.masked_address();
  return progress;
}

pb::Locale LocaleOf(const std::string& locale) { return locale == "en" ? pb::LOCALE_EN : pb::LOCALE_RU; }

pb::Template TemplateOf(NoticeKind kind) {
  if (IsPeers(kind)) return static_cast<pb::Template>(static_cast<int>(kind) - kPeersNotices);
  switch (kind) {
    case NoticeKind::kPasswordChanged:
      return pb::TEMPLATE_PASSWORD_CHANGED;
    case NoticeKind::kPhoneChanged:
      return pb::TEMPLATE_PHONE_CHANGED;
    case NoticeKind::kAccountFrozen:
      return pb::TEMPLATE_ACCOUNT_FROZEN;
    case NoticeKind::kAccountUnfrozen:
      return pb::TEMPLATE_ACCOUNT_UNFROZEN;
    case NoticeKind::kAccountLocked:
      return pb::TEMPLATE_ACCOUNT_LOCKED;
    case NoticeKind::kEmailChanged:
      return pb::TEMPLATE_EMAIL_CHANGED;
    case NoticeKind::kPhoneChangeScheduled:
      return pb::TEMPLATE_PHONE_CHANGE_SCHEDULED;
    case NoticeKind::kSignInNewDevice:
      return pb::TEMPLATE_SIGN_IN_NEW_DEVICE;
    case NoticeKind::kSecondFactorChanged:
      return pb::TEMPLATE_SECOND_FACTOR_CHANGED;
    case NoticeKind::kPasswordExpires:
      return pb::TEMPLATE_PASSWORD_EXPIRES;
    case NoticeKind::kAccountDeleted:
      return pb::TEMPLATE_ACCOUNT_DELETED;
    case NoticeKind::kAccountUnlocked:
      return pb::TEMPLATE_ACCOUNT_UNLOCKED;
    case NoticeKind::kAccountBlocked:
      return pb::TEMPLATE_ACCOUNT_BLOCKED;
    case NoticeKind::kAccountUnblocked:
      return pb::TEMPLATE_ACCOUNT_UNBLOCKED;
    case NoticeKind::kPersonalDataChanged:
      return pb::TEMPLATE_PERSONAL_DATA_CHANGED;
    case NoticeKind::kPasswordChangeRequired:
      return pb::TEMPLATE_PASSWORD_CHANGE_REQUIRED;
    default:
      return pb::TEMPLATE_UNSPECIFIED;  // unreadable: otp refuses it
  }
}

pb::Purpose PurposeOf(CodePurpose purpose) {
  switch (purpose) {
    case CodePurpose::kPhoneBinding:
      return pb::PURPOSE_PHONE_BINDING;
    case CodePurpose::kEmailBinding:
      return pb::PURPOSE_EMAIL_BINDING;
    case CodePurpose::kSecondFactor:
      return pb::PURPOSE_SECOND_FACTOR;
  }
  return pb::PURPOSE_UNSPECIFIED;
}

// A verification that has ended by itself needs no cancelling.
bool EndedAlready(const absl::Status& status) {
  return HasReason(status, Reason::kVerificationClosed) || HasReason(status, Reason::kVerificationExpired) ||
         HasReason(status, Reason::kAttemptsExhausted) || status.code() == absl::StatusCode::kNotFound;
}

template <typename Request>
void Describe(const CodeClient& client, Request& request) {
  request.mutable_client()->set_address(client.address);
  request.mutable_client()->set_device(client.device);
  request.mutable_client()->set_challenge_passed(client.challenge_passed);
}

class OtpClient final : public OtpPeer {
 public:
  explicit OtpClient(const rpc::PeerChannel& peer)
      : peer_(peer),
        otp_(pb::OtpService::NewStub(peer.channel())),
        delivery_(pb::DeliveryService::NewStub(peer.channel())) {}

  absl::StatusOr<CodeProgress> Create(const CodeOrder& order, absl::Time deadline) override {
    pb::CreateVerificationRequest request;
    request.set_verification_id(order.id.text());
    request.set_purpose(PurposeOf(order.purpose));
    request.set_subject(order.account.Name());
    request.set_request(order.request);
    if (order.phone.has_value()) request.set_phone(order.phone.e164());
    if (order.email.has_value()) request.set_email(order.email.address());
    request.set_channel(static_cast<type::Channel>(order.channel));
    request.set_locale(LocaleOf(order.locale));
    Describe(order.client, request);
    request.set_request_id(order.request_id);
    return ProgressOf(
        TRY(rpc::Ask(peer_, *otp_, &pb::OtpService::Stub::CreateVerification, request, deadline)).progress());
  }

  absl::StatusOr<CodeProgress> Resend(const CodeOrder& order, absl::Time deadline) override {
    pb::ResendVerificationRequest request;
    request.set_name(order.id.Name());
    request.set_channel(static_cast<type::Channel>(order.channel));
    Describe(order.client, request);
    request.set_request_id(order.request_id);
    return ProgressOf(
        TRY(rpc::Ask(peer_, *otp_, &pb::OtpService::Stub::ResendVerification, request, deadline)).progress());
  }

  absl::StatusOr<CodeCheck> Check(const CodeSubject& subject, const Secret& code, const CodeClient& client,
                                  const std::string& request_id, absl::Time deadline) override {
    pb::CheckVerificationRequest request;
    request.set_name(subject.id.Name());
    request.set_purpose(PurposeOf(subject.purpose));
    request.set_subject(subject.account.Name());
    request.set_request(subject.request);
    request.set_code(std::string(code.Reveal()));
    Describe(client, request);
    request.set_request_id(request_id);
    const pb::CheckVerificationResponse answer =
        TRY(rpc::Ask(peer_, *otp_, &pb::OtpService::Stub::CheckVerification, request, deadline));
    return CodeCheck{answer.matched(), ProgressOf(answer.verification().progress())};
  }

  absl::Status Consume(const CodeSubject& subject, absl::Time deadline) override {
    pb::ConsumeVerificationRequest request;
    request.set_name(subject.id.Name());
    request.set_purpose(PurposeOf(subject.purpose));
    request.set_subject(subject.account.Name());
    request.set_request(subject.request);
    request.set_request_id(crypto::DerivedUuid({"consume", subject.id.text()}));
    return rpc::Ask(peer_, *otp_, &pb::OtpService::Stub::ConsumeVerification, request, deadline).status();
  }

  absl::Status Cancel(const VerificationId& id, const std::string& request_id, absl::Time deadline) override {
    pb::CancelVerificationRequest request;
    request.set_name(id.Name());
    request.set_request_id(request_id);
    const absl::Status status =
        rpc::Ask(peer_, *otp_, &pb::OtpService::Stub::CancelVerification, request, deadline).status();
    return EndedAlready(status) ? absl::OkStatus() : status;
  }

  absl::Status Notify(const Notice& notice, const std::string& id, const std::string& request_id,
                      absl::Time deadline) override {
    pb::SendNotificationRequest request;
    request.set_notification_id(id);
    request.set_template_(TemplateOf(notice.kind));
    request.mutable_parameters()->set_masked_address(notice.masked_address);
    request.mutable_parameters()->set_masked_person(notice.masked_person);
    request.mutable_parameters()->set_link(notice.link);
    for (const Phone& phone : notice.phones) request.add_recipients()->set_phone(phone.e164());
    for (const Email& email : notice.emails) request.add_recipients()->set_email(email.address());
    request.set_locale(LocaleOf(notice.locale));
    request.set_importance(IsSecurity(notice.kind) ? pb::IMPORTANCE_SECURITY : pb::IMPORTANCE_NORMAL);
    request.set_request_id(request_id);
    return rpc::Ask(peer_, *delivery_, &pb::DeliveryService::Stub::SendNotification, request, deadline)
        .status();
  }

 private:
  const rpc::PeerChannel& peer_;
  std::unique_ptr<pb::OtpService::Stub> otp_;
  std::unique_ptr<pb::DeliveryService::Stub> delivery_;
};

}  // namespace

std::unique_ptr<OtpPeer> MakeOtpClient(const rpc::PeerChannel& peer) {
  return std::make_unique<OtpClient>(peer);
}

}  // namespace tc::identity
