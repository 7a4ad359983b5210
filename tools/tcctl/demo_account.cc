#include "tools/tcctl/demo_account.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::ctl {

namespace {

using dev::Citizen;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

absl::Status AnnaAddsHerMailbox(const Scene& scene, dev::People& people, const Citizen& anna) {
  const size_t seen = scene.spool.Inbox(anna.email).size();
  TRY(scene.stage.Works("Anna", absl::StrCat("adds her mailbox, ", anna.email), people.BindEmail(anna)));
  const std::string code = TRY(scene.ReadCode("Anna", anna.email, seen));
  return scene.stage.Works("Anna", "types the code: the mailbox is hers", people.ConfirmEmail(anna, code))
      .status();
}

}  // namespace

absl::Status AnnaChangesHerPhone(const Scene& scene, const Citizen& anna) {
  Stage& stage = scene.stage;
  dev::People people = scene.people;
  stage.Chapter("11. Anna changes her phone");
  TRY(AnnaAddsHerMailbox(scene, people, anna));
  Citizen moved = anna;
  moved.phone = scene.Person("", "", "", 40).phone;
  const auto bound = TRY(stage.Works("Anna", absl::StrCat("wants to bind a new number, ", moved.phone),
                                     people.BindPhone(moved)));
  const std::string code = TRY(scene.ReadCode("Anna", moved.phone, 0));
  TRY(stage.Refused("Anna", absl::StrCat("mistypes it: ", WrongCode(code)),
                    people.ConfirmPhone(moved, bound.name(), WrongCode(code)), kInvalid, {"CODE_MISMATCH"}));
  const size_t at_old = people.CountMessages(anna);
  const size_t at_new = people.CountMessages(moved);
  const size_t at_mailbox = scene.spool.Inbox(anna.email).size();
  TRY(stage.Works("Anna", absl::StrCat("types it: ", code), people.ConfirmPhone(moved, bound.name(), code)));
  stage.Tells("Every address that Anna has, and the one that she had, is told.");
  constexpr char kNotice[] = "phone was changed";
  TRY(scene.ReadNotice("the old number", anna.phone, at_old, kNotice));
  TRY(scene.ReadNotice("the new number", moved.phone, at_new, kNotice));
  TRY(scene.ReadNotice("Anna", anna.email, at_mailbox, kNotice));
  TRY(stage.Holds("the new number signs her in", TRY(people.VerifyPassword(moved, anna.password))));
  TRY(stage.Holds("the old one does not", !TRY(people.VerifyPassword(anna, anna.password))));
  moved.phone = scene.Person("", "", "", 41).phone;
  return stage.Refused("Anna", "wants yet another number on the same day", people.BindPhone(moved),
                       kPrecondition, {"PHONE_CHANGE_TOO_SOON"});
}

absl::Status SomebodyGuessesMariasPassword(const Scene& scene, const Citizen& maria) {
  Stage& stage = scene.stage;
  dev::People people = scene.people;
  stage.Chapter("12. Somebody guesses Maria's password");
  size_t seen = people.CountMessages(maria);
  bool guessed = false;
  for (int i = 1; i <= 5; ++i)
    guessed = TRY(people.VerifyPassword(maria, absl::StrCat("Maria-Password-", i))) || guessed;
  TRY(stage.Holds("five guesses are wrong", !guessed));
  TRY(scene.ReadNotice("Maria", maria.phone, seen, "locked"));
  TRY(stage.Holds("now not even the right one signs in, and the answer does not tell that it is right",
                  !TRY(people.VerifyPassword(maria, maria.password))));
  const auto locked = TRY(stage.Works("Operator", "looks at the account, since Maria calls the support",
                                      people.GetAccount(maria)));
  TRY(stage.Holds("it is locked, for half an hour or until somebody tells the lock number",
                  locked.state() == dev::identity_pb::ACCOUNT_STATE_LOCKED));
  stage.Shows("Maria's screen", absl::StrCat("Lock number ", locked.lock_number()));
  TRY(stage.Refused("Operator", "unlocks it by a number that he has made up",
                    people.UnlockAccount(maria, WrongCode(locked.lock_number())), kInvalid,
                    {"FIELD_INVALID"}));
  seen = people.CountMessages(maria);
  const auto open = TRY(stage.Works("Operator", "unlocks it by the number that Maria tells him",
                                    people.UnlockAccount(maria, locked.lock_number())));
  TRY(stage.Holds("it is open", open.state() == dev::identity_pb::ACCOUNT_STATE_ACTIVE));
  TRY(scene.ReadNotice("Maria", maria.phone, seen, "open again"));
  return stage.Holds("Maria signs in", TRY(people.VerifyPassword(maria, maria.password)));
}

}  // namespace tc::ctl
