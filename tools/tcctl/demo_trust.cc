#include "tools/tcctl/demo_trust.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/env/random.h"

namespace tc::ctl {

namespace {

using dev::Citizen;
namespace pb = dev::recovery_pb;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kDay = absl::Hours(24);

// Whoever holds the principal's phone starts a recovery and types its code; the contact is asked.
struct Asked {
  std::string claimant;  // the capability
  std::string match_code;
  std::string assigned;  // the contact's name for it
};
absl::StatusOr<Asked> Ask(const Scene& scene, const std::string& who, const Citizen& principal,
                          const Citizen& contact) {
  dev::People people = scene.people;
  const size_t seen = people.CountMessages(principal);
  Asked asked;
  asked.claimant =
      TRY(scene.stage.Works(who, absl::StrCat("presses \"forgot password\" for ", principal.phone),
                            people.StartRecovery(principal.phone)))
          .name();
  const std::string code = TRY(scene.ReadCode(principal.first_name, principal.phone, seen));
  const pb::Recovery proved =
      TRY(scene.stage.Works(who, "types the code", people.VerifyClaimant(asked.claimant, code)));
  asked.match_code = proved.match_code();
  const auto waiting = TRY(people.Assigned(contact));
  TRY(scene.stage.Holds("the contact is asked",
                        proved.state() == pb::RECOVERY_STATE_AWAITING_CONTACT && waiting.size() == 1));
  asked.assigned = waiting[0].name();
  return asked;
}

// The freeze reaches identity a moment after the answer.
absl::StatusOr<bool> GetsFrozen(dev::People& people, const Citizen& who) {
  const absl::Time give_up = absl::Now() + absl::Seconds(15);
  while (absl::Now() < give_up) {
    if (TRY(people.GetAccount(who)).state() == dev::identity_pb::ACCOUNT_STATE_FROZEN) return true;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return false;
}

absl::StatusOr<Citizen> Admitted(const Scene& scene, const char* account, const char* first, const char* last,
                                 int number) {
  const Citizen who = scene.Person(account, first, last, number);
  dev::People people = scene.people;
  TRY(people.Admit(who));
  return who;
}

}  // namespace

absl::Status AFraudsterIsRejected(const Scene& scene) {
  Stage& stage = scene.stage;
  dev::People people = scene.people;
  stage.Chapter("13. A fraudster has Olga's SIM card. Her contact Ksenia says no");
  const Citizen olga = TRY(Admitted(scene, "olga", "Olga", "Kuzmina", 50));
  const Citizen ksenia = TRY(Admitted(scene, "ksenia", "Ksenia", "Belova", 51));
  TRY(people.Connect(olga, ksenia));
  const Asked asked = TRY(Ask(scene, "Fraudster", olga, ksenia));
  const size_t seen = people.CountMessages(olga);
  stage.Tells("Ksenia calls Olga, who knows of nothing.");
  const auto rejected = TRY(stage.Works("Ksenia", "rejects it: a fraudster is behind it",
                                        people.Reject(ksenia, asked.assigned, pb::REJECT_REASON_FRAUD)));
  TRY(stage.Holds("the recovery is over for good", rejected.state() == pb::RECOVERY_STATE_REJECTED));
  TRY(scene.ReadNotice("Olga", olga.phone, seen, "raud"));
  TRY(stage.Refused("Ksenia", "is talked into changing her mind, and wants a code",
                    people.SendContactCode(ksenia, asked.assigned), kPrecondition, {"RECOVERY_CLOSED"}));
  TRY(stage.Holds("Olga's account gets frozen, for 24 hours", TRY(GetsFrozen(people, olga))));
  TRY(stage.Works("Fraudster", "tries again: the answer looks as always", people.StartRecovery(olga.phone)));
  const auto known =
      TRY(stage.Works("Operator", "lists the recoveries of Olga's account", people.RecoveriesOf(olga)));
  return stage.Holds("there is only the rejected one: the other leads nowhere",
                     known.size() == 1 && known[0].state() == pb::RECOVERY_STATE_REJECTED);
}

absl::Status AThiefIsStoppedByTheLink(const Scene& scene) {
  Stage& stage = scene.stage;
  dev::People people = scene.people;
  stage.Chapter("14. \"This was not me\"");
  const Citizen irina = TRY(Admitted(scene, "irina", "Irina", "Zueva", 60));
  const Citizen lidia = TRY(Admitted(scene, "lidia", "Lidia", "Zueva", 61));
  TRY(people.Connect(irina, lidia));
  const size_t seen = people.CountMessages(irina);
  const Asked asked = TRY(Ask(scene, "Somebody", irina, lidia));
  const std::string token = TRY(scene.ReadNotMeToken("Irina", irina.phone, seen));
  TRY(stage.Refused("Somebody", "makes up such a link",
                    people.CancelByLink(std::string(token.rbegin(), token.rend())), kNotFound,
                    {"NOT_FOUND"}));
  const auto cancelled = TRY(
      stage.Works("Irina", "opens the link and confirms that it was not she", people.CancelByLink(token)));
  TRY(stage.Holds("the recovery is cancelled", cancelled.state() == pb::RECOVERY_STATE_CANCELLED));
  return stage.Refused("Lidia", "wants a code for it", people.SendContactCode(lidia, asked.assigned),
                       kPrecondition, {"RECOVERY_CLOSED"});
}

absl::Status TheContactIsLost(const Scene& scene) {
  Stage& stage = scene.stage;
  dev::People people = scene.people;
  stage.Chapter("15. Galina's contact cannot be reached: the way in person");
  if (scene.suite == nullptr) {
    stage.Tells("Left out: it takes a day, and these services belong to somebody else.");
    return absl::OkStatus();
  }
  const Citizen galina = TRY(Admitted(scene, "galina", "Galina", "Egorova", 70));
  const Citizen zoya = TRY(Admitted(scene, "zoya", "Zoya", "Egorova", 71));
  TRY(people.Connect(galina, zoya));
  SystemRandom random;
  const std::string capability = absl::WebSafeBase64Escape(random.Bytes(32));
  stage.Tells(
      "Galina's own phone makes a secret and shows its hash as a picture; the officer never sees the "
      "secret.");
  Citizen impostor = galina;
  impostor.passport = zoya.passport;
  TRY(stage.Refused("Officer 1", "is shown somebody else's passport",
                    people.ShowDocuments(impostor, capability, "officer-1"), kNotFound, {"NOT_FOUND"}));
  const size_t at_galina = people.CountMessages(galina);
  const size_t at_zoya = people.CountMessages(zoya);
  const auto begun = TRY(stage.Works("Officer 1", "has seen Galina's passport",
                                     people.ShowDocuments(galina, capability, "officer-1")));
  TRY(stage.Holds("it waits for a second officer and a day", begun.state() == pb::RECOVERY_STATE_IN_PERSON));
  TRY(scene.ReadNotice("Galina", galina.phone, at_galina, "n person"));
  TRY(scene.ReadNotice("Zoya", zoya.phone, at_zoya, "n person"));
  TRY(stage.Refused("Officer 2", "confirms at once",
                    people.ConfirmDocuments(galina, begun.name(), "officer-2"), kPrecondition,
                    {"DELAY_NOT_OVER"}));
  TRY(scene.SetForward(kDay + absl::Minutes(1)));
  stage.Tells("A day passes (all services are restarted with their clocks set forward). Nobody objects.");
  TRY(stage.Refused("Officer 1", "confirms his own check",
                    people.ConfirmDocuments(galina, begun.name(), "officer-1"), kPrecondition,
                    {"SAME_PERSON"}));
  TRY(stage.Works("Officer 2", "has seen Galina's passport, too",
                  people.ConfirmDocuments(galina, begun.name(), "officer-2")));
  const auto approved = TRY(stage.Works("Galina", "looks on her own phone",
                                        people.GetRecovery(absl::StrCat("recoveries/", capability))));
  TRY(stage.Works("Galina", "sets a new password, which no officer knows",
                  people.Complete(approved, "Meadow+Harbour-41")));
  return stage.Holds("it signs her in", TRY(people.VerifyPassword(galina, "Meadow+Harbour-41")));
}

absl::Status TheStrictProfile(const Scene& scene) {
  Stage& stage = scene.stage;
  dev::People people = scene.people;
  stage.Chapter("16. The strict profile");
  if (scene.suite == nullptr) {
    stage.Tells("Left out: it needs services with another policy, and these belong to somebody else.");
    return absl::OkStatus();
  }
  const Citizen nadia = TRY(Admitted(scene, "nadia", "Nadia", "Frolova", 80));
  const Citizen raisa = TRY(Admitted(scene, "raisa", "Raisa", "Frolova", 81));
  TRY(people.Connect(nadia, raisa));
  // Four days later: a contact's phone must have been bound for 72 hours.
  const absl::Duration later = 5 * kDay;
  TRY(scene.SetForward(later, {"--policy", "strict"}));
  stage.Tells("All services are restarted with --policy strict, four days later.");
  const Asked asked = TRY(Ask(scene, "Nadia", nadia, raisa));
  stage.Shows("Nadia's screen", absl::StrCat("Tell your contact by voice: ", asked.match_code));
  TRY(stage.Works("Raisa", "answers the questions of the warning",
                  people.Acknowledge(raisa, asked.assigned)));
  TRY(stage.Refused("Raisa", "wants the code at once", people.SendContactCode(raisa, asked.assigned),
                    kPrecondition, {"THINKING_TIME_NOT_OVER"}));
  TRY(scene.SetForward(later + absl::Seconds(61), {"--policy", "strict"}));
  stage.Tells("A minute passes; Raisa calls Nadia.");
  const size_t seen = people.CountMessages(raisa);
  TRY(stage.Works("Raisa", "asks for the code", people.SendContactCode(raisa, asked.assigned)));
  const std::string code = TRY(scene.ReadCode("Raisa", raisa.phone, seen));
  TRY(stage.Refused("Raisa", "types her code and four digits that she has not heard from Nadia",
                    people.Approve(raisa, asked.assigned, code, WrongCode(asked.match_code)), kInvalid,
                    {"MATCH_CODE_MISMATCH"}));
  TRY(stage.Works("Raisa", "types her code and the four digits that Nadia tells her",
                  people.Approve(raisa, asked.assigned, code, asked.match_code)));
  const auto approved = TRY(people.GetRecovery(asked.claimant));
  TRY(stage.Refused("Nadia", "chooses a password of eight characters", people.Complete(approved, "Rowan-27"),
                    kInvalid, {"PASSWORD_POLICY_VIOLATED"}));
  TRY(stage.Works("Nadia", "chooses a longer one",
                  people.Complete(approved, "quiet meadow behind the mill")));
  Citizen moved = nadia;
  moved.phone = scene.Person("", "", "", 82).phone;
  return stage.Refused("Nadia", "wants another phone on the same day", people.BindPhone(moved), kPrecondition,
                       {"RESTRICTED_AFTER_RECOVERY"});
}

}  // namespace tc::ctl
