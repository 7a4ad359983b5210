// Linking and otp, as recovery asks them.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/testing/await.h"
#include "common/testing/call.h"
#include "tests/trust/peers.h"

namespace tc::trust {
namespace {

namespace link_pb = trustedcontact::linking::v1;
namespace otp_pb = trustedcontact::otp::v1;
namespace type_pb = trustedcontact::type::v1;

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

recovery::GuardNow FromProto(const link_pb::Guard& answer) {
  recovery::GuardNow guard;
  guard.guarded = answer.guarded();
  if (!guard.guarded) return guard;
  guard.link = *LinkId::ParseName(answer.link());
  guard.contact = *AccountId::ParseName(answer.contact());
  return guard;
}

recovery::SentCode FromProto(const otp_pb::Verification& verification) {
  recovery::SentCode sent;
  const type_pb::CodeProgress& progress = verification.progress();
  sent.status.attempts_left = progress.attempts_left();
  sent.status.expires_at = FromProto(progress.expire_time());
  sent.status.next_attempt_at = FromProto(progress.next_attempt_time());
  if (progress.has_next_send_time()) sent.status.next_send_at = FromProto(progress.next_send_time());
  sent.status.sends_left = progress.sends_left();
  sent.status.masked_address = progress.masked_address();
  sent.locked = verification.state() == otp_pb::Verification::STATE_LOCKED;
  return sent;
}

template <typename Request>
void Bind(const recovery::CodeBinding& binding, Request& request) {
  request.set_purpose(binding.side == recovery::Side::kClaimant ? otp_pb::PURPOSE_RECOVERY_CLAIM
                                                                : otp_pb::PURPOSE_RECOVERY_APPROVAL);
  request.set_subject(binding.subject);
  request.set_request(absl::StrCat("recoveries/", binding.recovery.text()));
}

template <typename Request>
void Address(const recovery::CodeAddress& address, Request& request) {
  if (const auto* phone = std::get_if<Phone>(&address)) request.set_phone(phone->e164());
  if (const auto* email = std::get_if<std::string>(&address)) request.set_email(*email);
}

template <typename Request>
void Describe(const recovery::CodeClient& client, Request& request) {
  request.mutable_client()->set_address(client.address);
  request.mutable_client()->set_device(client.device);
  request.mutable_client()->set_challenge_passed(client.challenge_passed);
}

}  // namespace

recovery::GuardNow RecoveryLinking::Stale(const std::string& principal, const recovery::GuardNow& now) {
  if (wires_->planted != Planted::kStaleGuard) return now;
  const std::lock_guard lock(mutex_);
  return first_answers_.emplace(principal, now).first->second;
}

absl::StatusOr<recovery::GuardNow> RecoveryLinking::GetGuard(const AccountId& principal, absl::Time) {
  return wires_->cuts.Call([&]() -> absl::StatusOr<recovery::GuardNow> {
    link_pb::GetGuardRequest in;
    in.set_principal(principal.Name());
    const rpc::Call call = testing::FromService("recovery", wires_->clock.Now());
    return Stale(principal.text(), FromProto(TRY(handlers->GetGuard(call, in))));
  });
}

absl::StatusOr<recovery::GuardNow> RecoveryLinking::HoldGuard(const AccountId& principal,
                                                              const recovery::PublicId& recovery,
                                                              absl::Time until, const std::string& request_id,
                                                              absl::Time deadline) {
  if (wires_->before_commit) wires_->before_commit();
  if (wires_->planted == Planted::kHoldsNobody) return GetGuard(principal, deadline);
  return wires_->cuts.Call([&]() -> absl::StatusOr<recovery::GuardNow> {
    link_pb::HoldGuardRequest in;
    in.set_principal(principal.Name());
    in.set_recovery(recovery.text());
    in.mutable_until()->set_seconds(absl::ToUnixSeconds(until));
    in.set_request_id(request_id);
    rpc::Call call = testing::FromService("recovery", wires_->clock.Now());
    call.method = "HoldGuard";
    call.request_id = request_id;
    call.fingerprint = in.SerializeAsString();
    return Stale(principal.text(), FromProto(TRY(handlers->HoldGuard(call, in))));
  });
}

absl::Status RecoveryLinking::RemoveGuard(const AccountId& principal, const LinkId& link,
                                          const recovery::PublicId& recovery, const std::string& request_id,
                                          absl::Time) {
  return wires_->cuts.Call([&]() -> absl::Status {
    link_pb::RemoveGuardRequest in;
    in.set_principal(principal.Name());
    in.set_link(link.Name());
    in.set_recovery(recovery.text());
    in.set_request_id(request_id);
    rpc::Call call = testing::FromService("recovery", wires_->clock.Now());
    call.method = "RemoveGuard";
    call.request_id = request_id;
    call.fingerprint = in.SerializeAsString();
    return handlers->RemoveGuard(call, in).status();
  });
}

template <typename Request>
rpc::Call RecoveryOtp::CallOf(const Request& request) const {
  rpc::Call call = testing::FromService("recovery", wires_->clock.Now());
  call.method = std::string(Request::descriptor()->full_name());
  call.request_id = request.request_id();
  call.fingerprint = request.SerializeAsString();
  return call;
}

absl::StatusOr<recovery::SentCode> RecoveryOtp::Create(const recovery::CodeBinding& binding,
                                                       const recovery::CodeMessage& message,
                                                       const std::string& request_id, absl::Time) {
  return wires_->cuts.Call([&] { return CreateNow(binding, message, request_id); });
}

absl::StatusOr<recovery::SentCode> RecoveryOtp::CreateNow(const recovery::CodeBinding& binding,
                                                          const recovery::CodeMessage& message,
                                                          const std::string& request_id) {
  otp_pb::CreateVerificationRequest in;
  in.set_verification_id(binding.verification.text());
  Bind(binding, in);
  Address(message.address, in);
  if (std::holds_alternative<recovery::Nowhere>(message.address)) in.set_decoy(true);
  in.set_channel(static_cast<type_pb::Channel>(message.channel));
  in.add_allowed_channels(type_pb::CHANNEL_SMS);
  in.add_allowed_channels(type_pb::CHANNEL_VOICE);
  if (binding.side == recovery::Side::kClaimant) in.add_allowed_channels(type_pb::CHANNEL_EMAIL);
  in.set_locale(otp_pb::LOCALE_RU);
  in.set_masked_principal(message.masked_principal);
  in.set_fallback_email(message.fallback_email);
  Describe(message.client, in);
  in.set_request_id(request_id);
  const auto made = handlers->CreateVerification(CallOf(in), in);
  if (!absl::IsAlreadyExists(made.status())) return FromProto(TRY(made));
  otp_pb::GetVerificationRequest get;
  get.set_name(binding.verification.Name());
  return FromProto(
      TRY(handlers->GetVerification(testing::FromService("recovery", wires_->clock.Now()), get)));
}

absl::StatusOr<recovery::SentCode> RecoveryOtp::Resend(const recovery::CodeBinding& binding,
                                                       const recovery::CodeMessage& message,
                                                       const std::string& request_id, absl::Time) {
  return wires_->cuts.Call([&]() -> absl::StatusOr<recovery::SentCode> {
    otp_pb::ResendVerificationRequest in;
    in.set_name(binding.verification.Name());
    in.set_channel(static_cast<type_pb::Channel>(message.channel));
    Address(message.address, in);
    in.set_fallback_email(message.fallback_email);
    Describe(message.client, in);
    in.set_request_id(request_id);
    return FromProto(TRY(handlers->ResendVerification(CallOf(in), in)));
  });
}

absl::StatusOr<recovery::CheckedCode> RecoveryOtp::Check(const recovery::CodeBinding& binding,
                                                         const Secret& code,
                                                         const recovery::CodeClient& client,
                                                         const std::string& request_id, absl::Time) {
  return wires_->cuts.Call([&] { return CheckNow(binding, code, client, request_id); });
}

absl::StatusOr<recovery::CheckedCode> RecoveryOtp::CheckNow(const recovery::CodeBinding& binding,
                                                            const Secret& code,
                                                            const recovery::CodeClient& client,
                                                            const std::string& request_id) {
  otp_pb::CheckVerificationRequest in;
  in.set_name(binding.verification.Name());
  Bind(binding, in);
  in.set_code(std::string(code.Reveal()));
  Describe(client, in);
  in.set_request_id(request_id);
  const auto answer =
      TRY(testing::Await(*handlers, &otp::VerificationHandlers::CheckVerification, CallOf(in), in));
  const std::lock_guard lock(mutex_);
  evaluated_[{binding.recovery.text(), binding.side}].insert(request_id);
  const recovery::SentCode now = FromProto(answer.verification());
  return recovery::CheckedCode{answer.matched(), now.locked, now.status};
}

absl::Status RecoveryOtp::Consume(const recovery::CodeBinding& binding, const std::string& request_id,
                                  absl::Time) {
  return wires_->cuts.Call([&] { return ConsumeNow(binding, request_id); });
}

absl::Status RecoveryOtp::ConsumeNow(const recovery::CodeBinding& binding, const std::string& request_id) {
  otp_pb::ConsumeVerificationRequest in;
  in.set_name(binding.verification.Name());
  Bind(binding, in);
  in.set_request_id(request_id);
  TRY(handlers->ConsumeVerification(CallOf(in), in));
  if (wires_->before_commit && binding.side == recovery::Side::kContact) wires_->before_commit();
  const std::lock_guard lock(mutex_);
  consumed_[binding.verification.text()].insert(request_id);
  return absl::OkStatus();
}

absl::Status RecoveryOtp::Cancel(const VerificationId& verification, const std::string& request_id,
                                 absl::Time) {
  return wires_->cuts.Call([&]() -> absl::Status {
    otp_pb::CancelVerificationRequest in;
    in.set_name(verification.Name());
    in.set_request_id(request_id);
    const absl::Status status = handlers->CancelVerification(CallOf(in), in).status();
    if (absl::IsNotFound(status) || absl::IsFailedPrecondition(status)) return absl::OkStatus();
    return status;
  });
}

int RecoveryOtp::most_guesses() const {
  const std::lock_guard lock(mutex_);
  size_t most = 0;
  for (const auto& [side, requests] : evaluated_) most = std::max(most, requests.size());
  return static_cast<int>(most);
}

int RecoveryOtp::used_twice() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::count_if(consumed_.begin(), consumed_.end(),
                                        [](const auto& used) { return used.second.size() > 1; }));
}

void CodeBox::Take(const otp::Message& message) {
  const std::lock_guard lock(mutex_);
  codes_[message.to.text()] = message.code;
  ++messages_;
}

std::string CodeBox::CodeTo(const std::string& address) const {
  const std::lock_guard lock(mutex_);
  const auto found = codes_.find(address);
  return found == codes_.end() ? "" : found->second;
}

int CodeBox::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

}  // namespace tc::trust
