#include "services/recovery/outbound/otp_client.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/rpc/client.h"
#include "trustedcontact/otp/v1/otp.grpc.pb.h"

namespace tc::recovery {
namespace {

namespace pb = trustedcontact::otp::v1;
namespace type = trustedcontact::type::v1;

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

CodeStatus FromProto(const type::CodeProgress& progress) {
  CodeStatus status;
  status.attempts_left = progress.attempts_left();
  status.expires_at = FromProto(progress.expire_time());
  status.next_attempt_at = FromProto(progress.next_attempt_time());
  if (progress.has_next_send_time()) status.next_send_at = FromProto(progress.next_send_time());
  status.sends_left = progress.sends_left();
  for (const int channel : progress.channels()) {
    if (channel >= type::CHANNEL_SMS && channel <= type::CHANNEL_EMAIL)
      status.channels.push_back(static_cast<Channel>(channel));
  }
  status.masked_address = progress.masked_address();
  return status;
}

SentCode FromProto(const pb::Verification& verification) {
  return {FromProto(verification.progress()), verification.state() == pb::Verification::STATE_LOCKED};
}

pb::Purpose PurposeOf(Side side) {
  return side == Side::kClaimant ? pb::PURPOSE_RECOVERY_CLAIM : pb::PURPOSE_RECOVERY_APPROVAL;
}
pb::Locale LocaleOf(const std::string& locale) { return locale == "en" ? pb::LOCALE_EN : pb::LOCALE_RU; }
// otp counts attempts over all codes of this text.
std::string RequestOf(const PublicId& recovery) { return absl::StrCat("recoveries/", recovery.text()); }

template <typename Request>
void Bind(const CodeBinding& binding, Request& request) {
  request.set_purpose(PurposeOf(binding.side));
  request.set_subject(binding.subject);
  request.set_request(RequestOf(binding.recovery));
}

template <typename Request>
void Describe(const CodeClient& client, Request& request) {
  request.mutable_client()->set_address(client.address);
  request.mutable_client()->set_device(client.device);
  request.mutable_client()->set_challenge_passed(client.challenge_passed);
}

class Client final : public OtpPeer {
 public:
  explicit Client(const rpc::PeerChannel& channel)
      : channel_(&channel), codes_(pb::OtpService::NewStub(channel.channel())) {}

  absl::StatusOr<SentCode> Create(const CodeBinding& binding, const CodeMessage& message,
                                  const std::string& request_id, absl::Time deadline) override {
    pb::CreateVerificationRequest request;
    request.set_verification_id(binding.verification.text());
    Bind(binding, request);
    if (const auto* phone = std::get_if<Phone>(&message.address)) request.set_phone(phone->e164());
    if (const auto* email = std::get_if<std::string>(&message.address)) request.set_email(*email);
    if (std::holds_alternative<Nowhere>(message.address)) request.set_decoy(true);
    request.set_channel(static_cast<type::Channel>(message.channel));
    request.add_allowed_channels(type::CHANNEL_SMS);
    request.add_allowed_channels(type::CHANNEL_VOICE);
    // Offered to every claimant, whatever his account has; never to a contact (O4).
    if (binding.side == Side::kClaimant) request.add_allowed_channels(type::CHANNEL_EMAIL);
    request.set_locale(LocaleOf(message.locale));
    request.set_masked_principal(message.masked_principal);
    request.set_fallback_email(message.fallback_email);
    Describe(message.client, request);
    request.set_request_id(request_id);
    const auto made =
        rpc::Ask(*channel_, *codes_, &pb::OtpService::Stub::CreateVerification, request, deadline);
    if (absl::IsAlreadyExists(made.status())) return Get(binding, deadline);
    if (!made.ok()) return made.status();
    return FromProto(*made);
  }

  absl::StatusOr<SentCode> Resend(const CodeBinding& binding, const CodeMessage& message,
                                  const std::string& request_id, absl::Time deadline) override {
    pb::ResendVerificationRequest request;
    request.set_name(binding.verification.Name());
    request.set_channel(static_cast<type::Channel>(message.channel));
    if (const auto* phone = std::get_if<Phone>(&message.address)) request.set_phone(phone->e164());
    if (const auto* email = std::get_if<std::string>(&message.address)) request.set_email(*email);
    request.set_fallback_email(message.fallback_email);
    Describe(message.client, request);
    request.set_request_id(request_id);
    return FromProto(
        TRY(rpc::Ask(*channel_, *codes_, &pb::OtpService::Stub::ResendVerification, request, deadline)));
  }

  absl::StatusOr<CheckedCode> Check(const CodeBinding& binding, const Secret& code, const CodeClient& client,
                                    const std::string& request_id, absl::Time deadline) override {
    pb::CheckVerificationRequest request;
    request.set_name(binding.verification.Name());
    Bind(binding, request);
    request.set_code(code.Reveal().data(), code.Reveal().size());
    Describe(client, request);
    request.set_request_id(request_id);
    const auto answer =
        TRY(rpc::Ask(*channel_, *codes_, &pb::OtpService::Stub::CheckVerification, request, deadline));
    const SentCode now = FromProto(answer.verification());
    return CheckedCode{answer.matched(), now.locked, now.status};
  }

  absl::Status Consume(const CodeBinding& binding, const std::string& request_id,
                       absl::Time deadline) override {
    pb::ConsumeVerificationRequest request;
    request.set_name(binding.verification.Name());
    Bind(binding, request);
    request.set_request_id(request_id);
    const auto answer =
        rpc::Ask(*channel_, *codes_, &pb::OtpService::Stub::ConsumeVerification, request, deadline);
    if (!answer.ok()) return answer.status();
    if (answer->state() == pb::Verification::STATE_CONSUMED) return absl::OkStatus();
    return absl::InternalError("otp did not consume the verification");
  }

  absl::Status Cancel(const VerificationId& verification, const std::string& request_id,
                      absl::Time deadline) override {
    pb::CancelVerificationRequest request;
    request.set_name(verification.Name());
    request.set_request_id(request_id);
    const absl::Status status =
        rpc::Ask(*channel_, *codes_, &pb::OtpService::Stub::CancelVerification, request, deadline).status();
    if (absl::IsNotFound(status) || absl::IsFailedPrecondition(status)) return absl::OkStatus();
    return status;
  }

 private:
  absl::StatusOr<SentCode> Get(const CodeBinding& binding, absl::Time deadline) {
    pb::GetVerificationRequest request;
    request.set_name(binding.verification.Name());
    return FromProto(
        TRY(rpc::Ask(*channel_, *codes_, &pb::OtpService::Stub::GetVerification, request, deadline)));
  }

  const rpc::PeerChannel* channel_;
  std::unique_ptr<pb::OtpService::Stub> codes_;
};

}  // namespace

std::unique_ptr<OtpPeer> MakeOtpClient(const rpc::PeerChannel& channel) {
  return std::make_unique<Client>(channel);
}

}  // namespace tc::recovery
