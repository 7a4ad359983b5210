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
  return request;
}

absl::StatusOr<KnownAccount> FromAnswer(const pb::LookupAccountResponse& answer) {
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
  return known;
}

class Client final : public IdentityPeer {
 public:
  explicit Client(const rpc::PeerChannel& channel)
      : channel_(&channel), stub_(pb::IdentityService::NewStub(channel.channel())) {}

  absl::StatusOr<std::optional<KnownAccount>> Lookup(const Claimed& claimed, absl::Time deadline) override {
    const auto answer =
        rpc::Ask(*channel_, *stub_, &pb::IdentityService::Stub::LookupAccount, ToRequest(claimed), deadline);
    // What identity does not accept as an identifier is nobody's.
    if (absl::IsNotFound(answer.status()) || absl::IsInvalidArgument(answer.status())) {
      return std::optional<KnownAccount>();
    }
    if (!answer.ok()) return answer.status();
    return std::optional<KnownAccount>(TRY(FromAnswer(*answer)));
  }

  absl::StatusOr<EligibilityNow> CheckPrincipal(const AccountId& account, absl::Time deadline) override {
    return Check(account, pb::ELIGIBILITY_ROLE_PRINCIPAL, deadline);
  }
  absl::StatusOr<EligibilityNow> CheckContact(const AccountId& account, absl::Time deadline) override {
    return Check(account, pb::ELIGIBILITY_ROLE_CONTACT, deadline);
  }

  absl::Status ResetPassword(const AccountId& account, const Secret& new_password, const std::string& proof,
                             const std::string& request_id, absl::Time deadline) override {
    pb::ResetPasswordRequest request;
    request.set_account(account.Name());
    request.set_new_password(new_password.Reveal().data(), new_password.Reveal().size());
    request.set_proof(proof);
    request.set_request_id(request_id);
    return rpc::Ask(*channel_, *stub_, &pb::IdentityService::Stub::ResetPassword, request, deadline).status();
  }

 private:
  absl::StatusOr<EligibilityNow> Check(const AccountId& account, pb::EligibilityRole role,
                                       absl::Time deadline) {
    pb::CheckEligibilityRequest request;
    request.set_account(account.Name());
    request.set_role(role);
    const auto answer =
        rpc::Ask(*channel_, *stub_, &pb::IdentityService::Stub::CheckEligibility, request, deadline);
    if (absl::IsNotFound(answer.status())) return EligibilityNow();
    if (!answer.ok()) return answer.status();
    return EligibilityNow{answer->eligible(), FromProto(answer->as_of())};
  }

  const rpc::PeerChannel* channel_;
  std::unique_ptr<pb::IdentityService::Stub> stub_;
};

}  // namespace

std::unique_ptr<IdentityPeer> MakeIdentityClient(const rpc::PeerChannel& channel) {
  return std::make_unique<Client>(channel);
}

}  // namespace tc::recovery
