#include "services/linking/outbound/identity_client.h"

#include <utility>

#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/rpc/client.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"

namespace tc::linking {
namespace {

namespace pb = ::trustedcontact::identity::v1;
namespace otp = ::trustedcontact::otp::v1;

// "AGE_BELOW_MINIMUM": the enum's own name, so that a requirement added later passes through unchanged.
std::string RequirementName(int requirement) {
  const std::string& name = pb::Requirement_Name(static_cast<pb::Requirement>(requirement));
  if (name.empty()) return "OTHER";
  return std::string(absl::StripPrefix(name, "REQUIREMENT_"));
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

void Set(google::protobuf::Timestamp& out, absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  const int64_t seconds = absl::ToUnixSeconds(time);
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int32_t>((micros - seconds * 1000000) * 1000));
}

pb::CheckEligibilityRequest EligibilityRequest(const AccountId& account, EligibilityRole role) {
  pb::CheckEligibilityRequest request;
  request.set_account(account.Name());
  request.set_role(role == EligibilityRole::kPrincipal ? pb::ELIGIBILITY_ROLE_PRINCIPAL
                                                       : pb::ELIGIBILITY_ROLE_CONTACT);
  return request;
}

absl::StatusOr<Eligibility> FromProto(const absl::StatusOr<pb::Eligibility>& answer) {
  TRY(answer.status());
  Eligibility eligibility;
  eligibility.eligible = answer->eligible();
  for (const int requirement : answer->unmet()) eligibility.unmet.push_back(RequirementName(requirement));
  if (answer->has_restrict_expire_time())
    eligibility.restricted_until = FromProto(answer->restrict_expire_time());
  return eligibility;
}

pb::MatchContactRequest MatchRequest(const AccountId& principal, const FirstName& first_name,
                                     const Phone& phone) {
  pb::MatchContactRequest request;
  request.set_principal(principal.Name());
  request.set_first_name(first_name.text());
  request.set_phone(phone.e164());
  return request;
}

absl::StatusOr<Match> FromProto(const absl::StatusOr<pb::MatchContactResponse>& answer) {
  TRY(answer.status());
  Match match;
  if (!answer->account().empty()) match.account = TRY(AccountId::ParseName(answer->account()));
  match.masked_name = answer->masked_name();
  for (const int conflict : answer->conflicts()) {
    match.same_account = match.same_account || conflict == pb::CONTACT_CONFLICT_SAME_ACCOUNT;
    match.same_person = match.same_person || conflict == pb::CONTACT_CONFLICT_SAME_PERSON;
    match.same_phone = match.same_phone || conflict == pb::CONTACT_CONFLICT_SAME_PHONE;
  }
  return match;
}

otp::Template TemplateOf(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::kInvitationSent:
      return otp::TEMPLATE_INVITATION_SENT;
    case NoticeKind::kInvitationReceived:
      return otp::TEMPLATE_INVITATION_RECEIVED;
    case NoticeKind::kInvitationEnded:
      return otp::TEMPLATE_INVITATION_ENDED;
    case NoticeKind::kContactLinked:
      return otp::TEMPLATE_CONTACT_LINKED;
    case NoticeKind::kPrincipalLinked:
      return otp::TEMPLATE_PRINCIPAL_LINKED;
    case NoticeKind::kSuspended:
      return otp::TEMPLATE_CONTACT_SUSPENDED;
    case NoticeKind::kResumed:
      return otp::TEMPLATE_CONTACT_RESUMED;
    case NoticeKind::kRemovalPending:
      return otp::TEMPLATE_CONTACT_REMOVAL_PENDING;
    case NoticeKind::kRemoved:
      return otp::TEMPLATE_CONTACT_REMOVED;
    case NoticeKind::kResigned:
      return otp::TEMPLATE_CONTACT_RESIGNED;
    case NoticeKind::kDanger:
      return otp::TEMPLATE_DANGER_REPORTED;
    case NoticeKind::kReminder:
      return otp::TEMPLATE_CONTACT_REMINDER;
  }
  return otp::TEMPLATE_UNSPECIFIED;
}

// Three answers under way; the last to come tells them all. Nobody else has it then.
struct Gathering {
  explicit Gathering(IdentityPeer::Told t) : told(std::move(t)) {}
  ~Gathering() { std::move(told)(std::move(facts)); }

  // Each answer has a place of its own.
  AcceptanceFacts facts;
  IdentityPeer::Told told;
};

class IdentityClient final : public IdentityPeer {
 public:
  explicit IdentityClient(const rpc::PeerChannel& peer)
      : peer_(peer), stub_(pb::IdentityService::NewStub(peer.channel())) {}

  absl::StatusOr<Eligibility> CheckEligibility(const AccountId& account, EligibilityRole role,
                                               absl::Time deadline) override {
    return FromProto(rpc::Ask(peer_, *stub_, &pb::IdentityService::Stub::CheckEligibility,
                              EligibilityRequest(account, role), deadline));
  }

  absl::StatusOr<Match> MatchContact(const AccountId& principal, const FirstName& first_name,
                                     const Phone& phone, absl::Time deadline) override {
    return FromProto(rpc::Ask(peer_, *stub_, &pb::IdentityService::Stub::MatchContact,
                              MatchRequest(principal, first_name, phone), deadline));
  }

  void AskForAcceptance(const AcceptanceQuestion& question, absl::Time deadline, Told told) override {
    using Async = class pb::IdentityService::Stub::async;  // a method has the same name
    Async& stub = *stub_->async();
    const auto gathering = std::make_shared<Gathering>(std::move(told));
    rpc::AskLater<Async, pb::CheckEligibilityRequest, pb::Eligibility>(
        peer_, stub, &Async::CheckEligibility,
        EligibilityRequest(question.contact, EligibilityRole::kContact), deadline,
        [gathering](const auto& answer) { gathering->facts.contact = FromProto(answer); });
    rpc::AskLater<Async, pb::MatchContactRequest, pb::MatchContactResponse>(
        peer_, stub, &Async::MatchContact,
        MatchRequest(question.principal, question.first_name, question.phone), deadline,
        [gathering](const auto& answer) { gathering->facts.match = FromProto(answer); });
    rpc::AskLater<Async, pb::CheckEligibilityRequest, pb::Eligibility>(
        peer_, stub, &Async::CheckEligibility,
        EligibilityRequest(question.principal, EligibilityRole::kPrincipal), deadline,
        [gathering](const auto& answer) { gathering->facts.principal = FromProto(answer); });
  }

  absl::StatusOr<std::string> MaskedName(const AccountId& account, absl::Time deadline) override {
    pb::LookupAccountRequest request;
    request.set_account(account.Name());
    return TRY(rpc::Ask(peer_, *stub_, &pb::IdentityService::Stub::LookupAccount, request, deadline))
        .masked_name();
  }

  absl::StatusOr<Conflicts> CompareAccounts(const AccountId& principal, const AccountId& contact,
                                            absl::Time deadline) override {
    pb::CompareAccountsRequest request;
    request.set_principal(principal.Name());
    request.set_contact(contact.Name());
    const auto answer =
        TRY(rpc::Ask(peer_, *stub_, &pb::IdentityService::Stub::CompareAccounts, request, deadline));
    Conflicts conflicts;
    for (const int conflict : answer.conflicts()) {
      // One that is added later stands against them, too.
      const bool phone = conflict == pb::CONTACT_CONFLICT_SAME_PHONE;
      conflicts.same_phone = conflicts.same_phone || phone;
      conflicts.same_person = conflicts.same_person || !phone;
    }
    return conflicts;
  }

  absl::Status Notify(const Notice& notice, const std::string& request_id, absl::Time deadline) override {
    pb::NotifyPersonRequest request;
    request.set_account(notice.receiver.Name());
    request.set_template_(TemplateOf(notice.kind));
    request.mutable_parameters()->set_masked_person(notice.masked_person);
    request.set_request_id(request_id);
    return rpc::Ask(peer_, *stub_, &pb::IdentityService::Stub::NotifyPerson, request, deadline).status();
  }

  absl::Status Freeze(const AccountId& account, absl::Time until, const std::string& request_id,
                      absl::Time deadline) override {
    pb::FreezeAccountRequest request;
    request.set_name(account.Name());
    Set(*request.mutable_expire_time(), until);
    request.set_request_id(request_id);
    return rpc::Ask(peer_, *stub_, &pb::IdentityService::Stub::FreezeAccount, request, deadline).status();
  }

 private:
  const rpc::PeerChannel& peer_;
  const std::unique_ptr<pb::IdentityService::Stub> stub_;
};

}  // namespace

std::unique_ptr<IdentityPeer> MakeIdentityClient(const rpc::PeerChannel& peer) {
  return std::make_unique<IdentityClient>(peer);
}

}  // namespace tc::linking
