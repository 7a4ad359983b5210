#include "tests/e2e/household.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "tests/e2e/otp_caller.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"
#include "trustedcontact/linking/v1/linking.grpc.pb.h"

namespace tc::e2e {
namespace {

namespace identity_pb = dev::identity_pb;
namespace linking_pb = dev::linking_pb;
using LinkingStub = linking_pb::LinkingService::Stub;

absl::StatusOr<std::string> PhoneOf(dev::SuiteClients& clients, const dev::Citizen& who) {
  identity_pb::ListPhonesRequest request;
  request.set_account(who.Name());
  const auto list = TRY(clients[dev::Service::kIdentity].Call(&identity_pb::IdentityService::Stub::ListPhones,
                                                              dev::SignedIn(who.account), request));
  return list.phones_size() > 0 ? list.phones(0).name()
                                : absl::StatusOr<std::string>(absl::NotFoundError("phone"));
}

absl::StatusOr<std::string> Block(dev::SuiteClients& clients, dev::People& people, const dev::Citizen& sender,
                                  const dev::Citizen& blocker) {
  linking_pb::DeclineInvitationRequest decline;
  decline.set_name(TRY(people.Invite(sender, blocker)).name());
  decline.set_block_sender(true);
  dev::Client& linking = clients[dev::Service::kLinking];
  TRY(linking.Call(&LinkingStub::DeclineInvitation, dev::SignedIn(blocker.account), decline));
  const auto list = TRY(linking.Call(&LinkingStub::ListBlockedSenders, dev::SignedIn(blocker.account),
                                     linking_pb::ListBlockedSendersRequest()));
  if (list.blocked_senders_size() != 1) return absl::NotFoundError("blocked sender");
  return list.blocked_senders(0).name();
}

// A recovery that waits for the contact.
absl::Status BeginRecovery(dev::People& people, Household& home) {
  const size_t seen = people.CountMessages(home.principal);
  home.capability = TRY(people.StartRecovery(home.principal.phone)).name();
  TRY(people.VerifyClaimant(home.capability, TRY(people.AwaitCode(home.principal, seen))));
  const auto assigned = TRY(people.Assigned(home.contact));
  if (assigned.size() != 1) return absl::NotFoundError("assigned recovery");
  home.assigned = assigned[0].name();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Household> Household::Settle(dev::SuiteClients& clients, dev::People& people,
                                            const dev::Citizen& principal, const dev::Citizen& contact,
                                            const dev::Citizen& inviter, const dev::Citizen& blocked) {
  Household home;
  home.principal = principal;
  home.contact = contact;
  home.inviter = inviter;
  for (const dev::Citizen& who : {principal, contact, inviter, blocked}) TRY(people.Admit(who));
  TRY(people.SetPassword(principal));
  home.phone = TRY(PhoneOf(clients, principal));
  home.link = TRY(people.Connect(principal, contact)).name();
  home.blocked_sender = TRY(Block(clients, people, blocked, contact));
  home.invitation = TRY(people.Invite(inviter, contact)).name();
  TRY(BeginRecovery(people, home));
  OtpCaller otp(clients[dev::Service::kOtp]);
  const otp_pb::CreateVerificationRequest request =
      CodeRequest(otp_pb::PURPOSE_RECOVERY_CLAIM, blocked.phone);
  home.subject = request.subject();
  home.request = request.request();
  const auto code = TRY(otp.Create(request));
  home.verification = code.name();
  home.delivery = code.delivery();
  return home;
}

std::string Household::ThingOf(Held kind) const {
  switch (kind) {
    case Held::kAccount:
      return principal.Name();
    case Held::kPhone:
      return phone;
    case Held::kSettings:
      return absl::StrCat(principal.Name(), "/securitySettings");
    case Held::kInvitation:
      return invitation;
    case Held::kLink:
      return link;
    case Held::kBlockedSender:
      return blocked_sender;
    case Held::kCapability:
      return capability;
    case Held::kAssigned:
      return assigned;
    case Held::kVerification:
    case Held::kDeliveryParent:
      return verification;
    case Held::kDelivery:
      return delivery;
    default:
      return "";
  }
}

}  // namespace tc::e2e
