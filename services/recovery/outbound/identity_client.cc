#include "services/recovery/outbound/identity_client.h"

#include <string>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/rpc/client.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"

namespace tc::recovery {
namespace {

namespace pb = trustedcontact::identity::v1;
namespace otp_pb = trustedcontact::otp::v1;

// In whole seconds, rounded up: never earlier than was promised.
void Write(absl::Time time, google::protobuf::Timestamp& out) {
  out.set_seconds(absl::ToUnixSeconds(time + absl::Seconds(1) - absl::Nanoseconds(1)));
}

otp_pb::Template TemplateOf(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::kStarted:
      return otp_pb::TEMPLATE_RECOVERY_STARTED;
    case NoticeKind::kAwaitingContact:
      return otp_pb::TEMPLATE_RECOVERY_AWAITING_CONTACT;
    case NoticeKind::kApproved:
      return otp_pb::TEMPLATE_RECOVERY_APPROVED;
    case NoticeKind::kRejected:
      return otp_pb::TEMPLATE_RECOVERY_REJECTED;
    case NoticeKind::kEnded:
      return otp_pb::TEMPLATE_RECOVERY_ENDED;
    case NoticeKind::kCompleted:
      return otp_pb::TEMPLATE_RECOVERY_COMPLETED;
    case NoticeKind::kReminder:
      return otp_pb::TEMPLATE_RECOVERY_REMINDER;
    case NoticeKind::kHeld:
      return otp_pb::TEMPLATE_RECOVERY_HELD;
    case NoticeKind::kInPerson:
      return otp_pb::TEMPLATE_RECOVERY_IN_PERSON;
    case NoticeKind::kFraud:
      return otp_pb::TEMPLATE_RECOVERY_FRAUD;
    case NoticeKind::kActionConfirmed:
      return otp_pb::TEMPLATE_ACTION_CONFIRMED;
  }
  return otp_pb::TEMPLATE_UNSPECIFIED;
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

pb::LookupAccountRequest ToRequest(const Claimed& claimed) {
  pb::LookupAccountRequest request;
  std::visit(Overloaded{[&](const Phone& phone) { request.set_phone(phone.e164()); },
                        [&](const Email& email) { request.set_email(email.text()); },
                        [&](const Snils& snils) { request.set_snils(snils.digits()); },
                        [&](const AccountId& account) { request.set_account(account.Name()); }},
             claimed);
  request.set_allow_missing(true);
  return request;
}

absl::StatusOr<std::optional<KnownAccount>> FromAnswer(const pb::LookupAccountResponse& answer) {
  if (answer.ByteSizeLong() == 0) return std::optional<KnownAccount>();
  absl::StatusOr<AccountId> account = AccountId::ParseName(answer.account());
  if (!account.ok()) return absl::InternalError("identity answered with a name that is none");
  KnownAccount known;
  known.account = *std::move(account);
  known.masked_name = answer.masked_name();
  known.phone = Phone::FromTrusted(answer.phone());
  known.phone_bound_at =
      answer.has_phone_bind_time() ? FromProto(answer.phone_bind_time()) : absl::InfiniteFuture();
  known.email = answer.email();
  known.locale = answer.locale();
  known.active = answer.state() == pb::ACCOUNT_STATE_ACTIVE || answer.state() == pb::ACCOUNT_STATE_LOCKED;
  known.frozen = answer.state() == pb::ACCOUNT_STATE_FROZEN;
  return std::optional<KnownAccount>(std::move(known));
}

class Client final : public IdentityPeer {
 public:
  explicit Client(const rpc::PeerChannel& channel)
      : channel_(&channel), stub_(pb::IdentityService::NewStub(channel.channel())) {}

  absl::StatusOr<std::optional<KnownAccount>> Lookup(const Claimed& claimed, absl::Time deadline) override {
    const auto answer = Ask(&Stub::LookupAccount, ToRequest(claimed), deadline);
    // What identity does not accept as an identifier is nobody's.
    if (absl::IsNotFound(answer.status()) || absl::IsInvalidArgument(answer.status())) {
      return std::optional<KnownAccount>();
    }
    if (!answer.ok()) return answer.status();
    return FromAnswer(*answer);
  }

  absl::StatusOr<EligibilityNow> CheckPrincipal(const AccountId& account, absl::Time deadline) override {
    return Check(account, pb::ELIGIBILITY_ROLE_PRINCIPAL, deadline);
  }
  absl::StatusOr<EligibilityNow> CheckContact(const AccountId& account, absl::Time deadline) override {
    return Check(account, pb::ELIGIBILITY_ROLE_CONTACT, deadline);
  }

  absl::StatusOr<bool> CheckDocument(const AccountId& account, const Secret& passport,
                                     absl::Time deadline) override {
    pb::CheckDocumentRequest request;
    request.set_account(account.Name());
    request.set_passport(passport.Reveal().data(), passport.Reveal().size());
    return TRY(Ask(&Stub::CheckDocument, request, deadline)).matches();
  }

  absl::Status ResetPassword(const AccountId& account, const Secret& new_password, const std::string& proof,
                             absl::Time restricted_until, const std::string& request_id,
                             absl::Time deadline) override {
    pb::ResetPasswordRequest request;
    request.set_account(account.Name());
    request.set_new_password(new_password.Reveal().data(), new_password.Reveal().size());
    request.set_proof(proof);
    if (restricted_until != absl::InfinitePast())
      Write(restricted_until, *request.mutable_restrict_expire_time());
    request.set_request_id(request_id);
    return Ask(&Stub::ResetPassword, request, deadline).status();
  }

  absl::Status PermitPhoneChange(const AccountId& account, absl::Time until, const std::string& request_id,
                                 absl::Time deadline) override {
    pb::PermitPhoneChangeRequest request;
    request.set_account(account.Name());
    request.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(until));
    request.set_request_id(request_id);
    return Ask(&Stub::PermitPhoneChange, request, deadline).status();
  }

  absl::Status Unfreeze(const AccountId& account, const std::string& request_id,
                        absl::Time deadline) override {
    pb::UnfreezeAccountRequest request;
    request.set_name(account.Name());
    request.set_confirmed(true);
    request.set_request_id(request_id);
    const absl::Status status = Ask(&Stub::UnfreezeAccount, request, deadline).status();
    return HasReason(status, Reason::kStateTransitionNotAllowed) ? absl::OkStatus() : status;
  }

  absl::Status Freeze(const AccountId& account, absl::Time until, const std::string& request_id,
                      absl::Time deadline) override {
    pb::FreezeAccountRequest request;
    request.set_name(account.Name());
    Write(until, *request.mutable_expire_time());
    request.set_request_id(request_id);
    const absl::Status status = Ask(&Stub::FreezeAccount, request, deadline).status();
    const bool gone = absl::IsNotFound(status) || HasReason(status, Reason::kStateTransitionNotAllowed);
    return gone ? absl::OkStatus() : status;
  }

  absl::StatusOr<bool> Notify(const NoticeMessage& message, const std::string& request_id,
                              absl::Time deadline) override {
    pb::NotifyPersonRequest request;
    request.set_account(message.notice.receiver.Name());
    request.set_template_(TemplateOf(message.notice.kind));
    request.mutable_parameters()->set_masked_person(message.masked_person);
    request.mutable_parameters()->set_link(message.link);
    request.set_request_id(request_id);
    return TRY(Ask(&Stub::NotifyPerson, request, deadline)).told();
  }

 private:
  using Stub = pb::IdentityService::Stub;

  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               const Request& request, absl::Time deadline) {
    return rpc::Ask(*channel_, *stub_, method, request, deadline);
  }

  absl::StatusOr<EligibilityNow> Check(const AccountId& account, pb::EligibilityRole role,
                                       absl::Time deadline) {
    pb::CheckEligibilityRequest request;
    request.set_account(account.Name());
    request.set_role(role);
    const auto answer = Ask(&Stub::CheckEligibility, request, deadline);
    if (absl::IsNotFound(answer.status())) return EligibilityNow();
    if (!answer.ok()) return answer.status();
    const bool only_frozen = answer->unmet_size() == 1 && answer->unmet(0) == pb::REQUIREMENT_ACCOUNT_FROZEN;
    return EligibilityNow{answer->eligible(), FromProto(answer->as_of()), only_frozen};
  }

  const rpc::PeerChannel* channel_;
  std::unique_ptr<pb::IdentityService::Stub> stub_;
};

}  // namespace

std::unique_ptr<IdentityPeer> MakeIdentityClient(const rpc::PeerChannel& channel) {
  return std::make_unique<Client>(channel);
}

}  // namespace tc::recovery
