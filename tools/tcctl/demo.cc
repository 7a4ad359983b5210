#include "tools/tcctl/demo.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "tools/tcctl/demo_account.h"
#include "tools/tcctl/demo_scene.h"
#include "tools/tcctl/demo_trust.h"
#include "trustedcontact/linking/v1/linking.grpc.pb.h"
#include "trustedcontact/recovery/v1/recovery.grpc.pb.h"

namespace tc::ctl {

namespace {

using dev::Citizen;
using RecoveryStub = dev::recovery_pb::RecoveryService::Stub;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;

constexpr char kNewPassword[] = "Heron+Lantern-58";

class Demo {
 public:
  explicit Demo(const Scene& scene)
      : scene_(scene),
        stage_(scene.stage),
        spool_(scene.spool),
        people_(scene.people),
        anna_(scene.Person("anna", "Anna", "Petrova", 1)),
        maria_(scene.Person("maria", "Maria", "Sokolova", 2)) {}

  absl::Status Play() {
    TRY(TwoCitizensRegister());
    TRY(AnnaChoosesMaria());
    TRY(AnnaForgetsHerPassword());
    TRY(MariaIsAsked());
    TRY(TheClaimantWantsMariasCode());
    TRY(MariaApproves());
    TRY(AnnaSetsANewPassword());
    TRY(NoSixthPrincipal());
    TRY(NoContactUnderAge());
    TRY(AnInvitationExpires());
    Citizen anna = anna_;
    anna.password = kNewPassword;
    TRY(AnnaChangesHerPhone(scene_, anna));
    TRY(SomebodyGuessesMariasPassword(scene_, maria_));
    TRY(AFraudsterIsRejected(scene_));
    TRY(AThiefIsStoppedByTheLink(scene_));
    TRY(TheContactIsLost(scene_));
    return TheStrictProfile(scene_);
  }

 private:
  // Waits for the code behind the first `seen` messages, and shows the message that brought it.
  absl::StatusOr<std::string> ReadCode(const Citizen& who, size_t seen) {
    return scene_.ReadCode(who.first_name, who.phone, seen);
  }

  absl::Status TwoCitizensRegister();
  absl::Status Register(const Citizen& who);
  absl::Status AnnaChoosesMaria();
  absl::Status AnnaForgetsHerPassword();
  absl::Status MariaIsAsked();
  absl::Status TheClaimantWantsMariasCode();
  absl::Status MariaApproves();
  absl::Status AnnaSetsANewPassword();
  absl::Status NoSixthPrincipal();
  absl::Status NoContactUnderAge();
  absl::Status AnInvitationExpires();

  const Scene& scene_;
  Stage& stage_;
  const dev::Spool& spool_;
  dev::People people_;
  Citizen anna_;
  Citizen maria_;
  std::string recovery_;  // the claimant's capability
  std::string assigned_;  // the contact's name for the same recovery
  std::string contact_code_;
  dev::recovery_pb::Recovery approved_;
};

absl::Status Demo::Register(const Citizen& who) {
  const std::string& name = who.first_name;
  TRY(stage_.Works(name, "gets an account from the identity provider", people_.CreateAccount(who)));
  TRY(stage_.Works(name, "shows her passport at a service centre: the account is confirmed",
                   people_.ConfirmAccount(who)));
  const size_t seen = people_.CountMessages(who);
  const auto phone =
      TRY(stage_.Works(name, absl::StrCat("wants to bind ", who.phone), people_.BindPhone(who)));
  const std::string code = TRY(ReadCode(who, seen));
  TRY(stage_.Works(name, "types the code: the phone is hers", people_.ConfirmPhone(who, phone.name(), code)));
  TRY(stage_.Works(name, "sets a password", people_.SetPassword(who)));
  return absl::OkStatus();
}

absl::Status Demo::TwoCitizensRegister() {
  stage_.Chapter("1. Two citizens register");
  TRY(Register(anna_));
  return Register(maria_);
}

absl::Status Demo::AnnaChoosesMaria() {
  stage_.Chapter("2. Anna chooses Maria as her trusted contact");
  const auto invitation =
      TRY(stage_.Works("Anna", absl::StrCat("invites \"", maria_.first_name, "\" at ", maria_.phone),
                       people_.Invite(anna_, maria_)));
  stage_.Tells("No SMS is sent; the invitation waits in Maria's cabinet, for 30 minutes.");
  const auto received = TRY(stage_.Works("Maria", "looks into her cabinet", people_.Received(maria_)));
  TRY(stage_.Holds("one invitation waits there",
                   received.size() == 1 && received[0].name() == invitation.name()));
  stage_.Shows("Maria's cabinet",
               absl::StrCat(received[0].masked_principal(), " asks you to be the trusted contact."));
  TRY(stage_.Refused("Anna", "tries to accept it herself", people_.Accept(anna_, invitation.name()),
                     kNotFound, {"NOT_FOUND"}));
  TRY(stage_.Works("Maria", "accepts", people_.Accept(maria_, invitation.name())));
  const auto link = TRY(stage_.Works("Anna", "sees her trusted contact", people_.TrustedContact(anna_)));
  stage_.Shows("Anna's cabinet", absl::StrCat("Your trusted contact: ", link.masked_contact(), ", ",
                                              link.masked_contact_phone()));
  return absl::OkStatus();
}

absl::Status Demo::AnnaForgetsHerPassword() {
  stage_.Chapter("3. Anna has forgotten her password");
  const size_t seen = people_.CountMessages(anna_);
  recovery_ = TRY(stage_.Works("Anna", "presses \"forgot password\" and gives her phone",
                               people_.StartRecovery(anna_.phone)))
                  .name();
  const std::string code = TRY(ReadCode(anna_, seen));
  TRY(stage_.Refused("Anna", absl::StrCat("mistypes it: ", WrongCode(code)),
                     people_.VerifyClaimant(recovery_, WrongCode(code)), kInvalid, {"CODE_MISMATCH"}));
  const size_t told = people_.CountMessages(maria_);
  const auto proved =
      TRY(stage_.Works("Anna", absl::StrCat("types it: ", code), people_.VerifyClaimant(recovery_, code)));
  TRY(stage_.Holds(
      "nothing is granted: the trusted contact must confirm",
      proved.state() == dev::recovery_pb::RECOVERY_STATE_AWAITING_CONTACT && proved.grant().empty()));
  const dev::Message notice = TRY(spool_.AwaitMessage(maria_.phone, told));
  stage_.Shows(absl::StrCat("SMS to Maria, ", maria_.phone), notice.text);
  const auto stranger =
      TRY(stage_.Works("Stranger", "tries a number that nobody has", people_.StartRecovery("+79990000001")));
  return stage_.Holds("he is answered in the same way: nothing tells whether the account exists",
                      stranger.state() == dev::recovery_pb::RECOVERY_STATE_AWAITING_OWN_CODE);
}

absl::Status Demo::MariaIsAsked() {
  stage_.Chapter("4. Maria is asked");
  const auto open = TRY(stage_.Works("Maria", "looks into her cabinet", people_.Assigned(maria_)));
  TRY(stage_.Holds("one request waits there", open.size() == 1));
  assigned_ = open[0].name();
  const auto shown = TRY(stage_.Works("Maria", "opens it", people_.GetAssigned(maria_, assigned_)));
  stage_.Shows("Maria's cabinet",
               absl::StrCat(shown.masked_principal(), " asks for a new password, from ", shown.place(), "."));
  for (const auto& warning : shown.warning().texts()) {
    if (warning.language_code() == "en") stage_.Shows(warning.title(), warning.text());
  }
  TRY(stage_.Refused("Maria", "asks for a code at once", people_.SendContactCode(maria_, assigned_),
                     kPrecondition, {"WARNING_NOT_ACKNOWLEDGED"}));
  TRY(stage_.Works("Maria", "calls Anna, hears that it is she, and answers the questions of the warning",
                   people_.Acknowledge(maria_, assigned_)));
  const size_t seen = people_.CountMessages(maria_);
  TRY(stage_.Works("Maria", "asks for a code", people_.SendContactCode(maria_, assigned_)));
  contact_code_ = TRY(ReadCode(maria_, seen));
  return absl::OkStatus();
}

absl::Status Demo::TheClaimantWantsMariasCode() {
  stage_.Chapter("5. A fraudster has talked Maria's code out of her. What can he do with it?");
  dev::recovery_pb::ApproveRecoveryRequest request;
  request.set_name(assigned_);
  request.set_code(contact_code_);
  dev::Client& recovery = scene_.clients[dev::Service::kRecovery];
  TRY(stage_.Refused("Claimant", "submits it as his own code",
                     people_.VerifyClaimant(recovery_, contact_code_), kPrecondition,
                     {"STATE_TRANSITION_NOT_ALLOWED"}));
  TRY(stage_.Refused("Claimant", "approves, with nobody signed in",
                     recovery.Call(&RecoveryStub::ApproveRecovery, dev::Portal(), request), kUnauthenticated,
                     {"PERSON_REQUIRED"}));
  TRY(stage_.Refused("Claimant", "approves, signed in as Anna",
                     recovery.Call(&RecoveryStub::ApproveRecovery, dev::SignedIn(anna_.account), request),
                     kNotFound, {"NOT_FOUND"}));
  request.set_name(recovery_);
  return stage_.Refused("Claimant", "approves under his own name for the recovery",
                        recovery.Call(&RecoveryStub::ApproveRecovery, dev::SignedIn(anna_.account), request),
                        kInvalid, {"FIELD_INVALID"});
}

absl::Status Demo::MariaApproves() {
  stage_.Chapter("6. Maria confirms");
  TRY(stage_.Refused("Maria", "mistypes the code",
                     people_.Approve(maria_, assigned_, WrongCode(contact_code_)), kInvalid,
                     {"CODE_MISMATCH"}));
  const auto seen = TRY(stage_.Works("Maria", "types it herself, in her own cabinet",
                                     people_.Approve(maria_, assigned_, contact_code_)));
  return stage_.Holds("the recovery is approved", seen.state() == dev::recovery_pb::RECOVERY_STATE_APPROVED);
}

absl::Status Demo::AnnaSetsANewPassword() {
  stage_.Chapter("7. Anna sets a new password");
  approved_ =
      TRY(stage_.Works("Anna", "is given the right to set one password", people_.GetRecovery(recovery_)));
  TRY(stage_.Holds("it is there", !approved_.grant().empty()));
  auto forged = approved_;
  forged.set_grant(std::string(approved_.grant().size(), 'A'));
  TRY(stage_.Refused("Claimant", "invents a grant", people_.Complete(forged, kNewPassword),
                     absl::StatusCode::kPermissionDenied, {"GRANT_INVALID"}));
  TRY(stage_.Refused("Anna", "chooses \"abcd\"", people_.Complete(approved_, "abcd"), kInvalid,
                     {"PASSWORD_POLICY_VIOLATED"}));
  TRY(stage_.Works("Anna", "chooses a good one", people_.Complete(approved_, kNewPassword)));
  TRY(stage_.Holds("the new password signs her in", TRY(people_.VerifyPassword(anna_, kNewPassword))));
  TRY(stage_.Holds("the old one does not", !TRY(people_.VerifyPassword(anna_, anna_.password))));
  return stage_.Refused("Claimant", "uses the same right again",
                        people_.Complete(approved_, "Another+Lantern-61"), kPrecondition,
                        {"GRANT_USED", "RECOVERY_CLOSED"});
}

absl::Status Demo::NoSixthPrincipal() {
  stage_.Chapter("8. Nobody guards more than five");
  const std::vector<std::string> names = {"Boris", "Vera", "Gleb", "Darya", "Egor"};
  for (size_t i = 0; i < names.size(); ++i) {
    const Citizen who =
        scene_.Person(absl::AsciiStrToLower(names[i]), names[i], "Orlov", 10 + static_cast<int>(i));
    TRY(people_.Admit(who));
    const auto invitation = TRY(stage_.Works(names[i], "invites Maria", people_.Invite(who, maria_)));
    const auto accepted = people_.Accept(maria_, invitation.name());
    if (i < 4) {
      TRY(stage_.Works("Maria", absl::StrCat("accepts ", names[i], ": she guards ", i + 2), accepted));
    } else {
      TRY(stage_.Refused("Maria", "wants to accept a sixth", accepted, kPrecondition,
                         {"PRINCIPAL_LIMIT_REACHED"}));
    }
  }
  return absl::OkStatus();
}

absl::Status Demo::NoContactUnderAge() {
  stage_.Chapter("9. A contact must be of age");
  Citizen pavel = scene_.Person("pavel", "Pavel", "Orlov", 20);
  Citizen nina = scene_.Person("nina", "Nina", "Petrova", 21);
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  nina.birth_date = absl::CivilDay(today.year() - 17, today.month(), 1) - 40;
  TRY(people_.Admit(pavel));
  TRY(people_.Admit(nina));
  const auto invitation = TRY(stage_.Works("Pavel", "invites Nina, who is 17", people_.Invite(pavel, nina)));
  TRY(stage_.Holds("Pavel sees PENDING, as always: her age is not his to learn",
                   invitation.state() == dev::linking_pb::INVITATION_STATE_PENDING));
  return stage_.Refused("Nina", "wants to accept", people_.Accept(nina, invitation.name()), kPrecondition,
                        {"NOT_ELIGIBLE"});
}

absl::Status Demo::AnInvitationExpires() {
  stage_.Chapter("10. An invitation does not wait for ever");
  if (scene_.suite == nullptr) {
    stage_.Tells(
        "Left out: it needs a clock that is set forward, and these services belong to somebody else.");
    return absl::OkStatus();
  }
  const Citizen rita = scene_.Person("rita", "Rita", "Orlova", 30);
  const Citizen sofia = scene_.Person("sofia", "Sofia", "Petrova", 31);
  TRY(people_.Admit(rita));
  TRY(people_.Admit(sofia));
  const auto invitation = TRY(stage_.Works("Rita", "invites Sofia", people_.Invite(rita, sofia)));
  scene_.suite->Stop(dev::Service::kLinking);
  TRY(scene_.suite->Start(dev::Service::kLinking, {"--clock-offset", "1801"}));
  // It would refuse for the moment that it takes to find linking again.
  scene_.suite->Stop(dev::Service::kRecovery);
  TRY(scene_.suite->Start(dev::Service::kRecovery));
  stage_.Tells("Half an hour passes (the linking service is restarted with its clock set forward).");
  return stage_.Refused("Sofia", "wants to accept", people_.Accept(sofia, invitation.name()), kPrecondition,
                        {"INVITATION_EXPIRED"});
}

}  // namespace

absl::Status PlayDemo(Stage& stage, dev::SuiteClients& clients, const dev::Spool& spool, dev::DevSuite* suite,
                      int salt) {
  const Scene scene{stage, clients, spool, suite, salt};
  return Demo(scene).Play();
}

}  // namespace tc::ctl
