// tcctl as a user meets it: the program itself against a running suite.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"
#include "tests/e2e/cli.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

class CliTest : public World {
 protected:
  static Output Tcctl(const std::string& arguments) { return RunTcctl(suite().location().data, arguments); }
};

MATCHER_P2(Prints, exit_code, text, "") {
  *result_listener << "exit code " << arg.exit_code << ": " << arg.text;
  return arg.exit_code == exit_code && arg.text.find(text) != std::string::npos;
}

TEST_F(CliTest, HelpIsNoError) { EXPECT_THAT(Tcctl("--help"), Prints(0, "Exit codes")); }

TEST_F(CliTest, AWrongCommandIsAUsageError) { EXPECT_THAT(Tcctl("nonsense"), Prints(2, "")); }

TEST_F(CliTest, ListsTheServicesOfAServer) {
  const Output output = Tcctl("describe linking");
  EXPECT_THAT(output, Prints(0, "trustedcontact.linking.v1.LinkingService"));
  EXPECT_THAT(output, Prints(0, "trustedcontact.events.v1.EventService"));
  EXPECT_THAT(output, Prints(0, "trustedcontact.admin.v1.AdminService"));
  EXPECT_THAT(output, Prints(0, "grpc.health.v1.Health"));
  EXPECT_THAT(output, Prints(0, "  CreateInvitation\n"));
}

TEST_F(CliTest, DescribesAMessage) {
  EXPECT_THAT(Tcctl("describe linking trustedcontact.linking.v1.Invitation"), Prints(0, "expire_time"));
}

TEST_F(CliTest, AsksEveryServerForItsHealth) {
  for (const dev::Service service : dev::kServices) {
    EXPECT_THAT(Tcctl(absl::StrCat("call ", dev::NameOf(service), "/Health/Check")), Prints(0, "SERVING"));
  }
}

TEST_F(CliTest, AsksEveryServerWhatItIs) {
  for (const dev::Service service : dev::kServices) {
    const std::string name(dev::NameOf(service));
    EXPECT_THAT(Tcctl(absl::StrCat("call ", name, "/AdminService/GetServerInfo --role operator/me")),
                Prints(0, absl::StrCat("\"service\": \"", name, "\"")));
  }
}

TEST_F(CliTest, PrintsATable) {
  EXPECT_THAT(Tcctl("-o table call otp/AdminService/GetPolicy --role operator/me"),
              Prints(0, "otp.code_digits"));
}

TEST_F(CliTest, FillsInTheRequestId) {
  const dev::Citizen anna = Someone("Anna");
  const dev::Citizen maria = Someone("Maria");
  dev::People people = People();
  ASSERT_THAT(people.Admit(anna), IsOk());
  ASSERT_THAT(people.Admit(maria), IsOk());
  EXPECT_THAT(Tcctl(absl::StrCat(
                  "call linking/CreateInvitation '{\"contact_first_name\": \"Maria\", \"contact_phone\": \"",
                  maria.phone, "\"}' --as ", anna.account)),
              Prints(0, "INVITATION_STATE_PENDING"));
}

TEST_F(CliTest, ShowsEveryMistakeOfARequest) {
  const Output output =
      Tcctl("call linking/CreateInvitation '{\"contact_phone\": \"89161234567\"}' --as anybody");
  EXPECT_THAT(output, Prints(1, "PHONE_TRUNK_PREFIX_8"));
  EXPECT_THAT(output, Prints(1, "contact_first_name"));
}

TEST_F(CliTest, TellsWhatIsWrongWithTheJson) {
  EXPECT_THAT(Tcctl("call linking/GetGuard '{\"nobody\": 1}'"), Prints(2, "nobody"));
}

TEST_F(CliTest, TellsWhichMethodsThereAre) {
  EXPECT_THAT(Tcctl("call linking/GetGard"), Prints(2, "GetGuard"));
}

TEST_F(CliTest, ExitsWith3WhenSomethingIsNotThere) {
  EXPECT_THAT(Tcctl("call identity/GetAccount '{\"name\": \"accounts/nobody\"}' --role operator/me"),
              Prints(3, "NOT_FOUND"));
}

TEST_F(CliTest, ExitsWith4WhenTheRoleMayNot) {
  EXPECT_THAT(Tcctl("call linking/GetGuard '{\"principal\": \"accounts/nobody\"}'"),
              Prints(4, "ROLE_NOT_ALLOWED"));
}

TEST_F(CliTest, ExitsWith5WhenTheStateForbidsIt) {
  const dev::Citizen anna = Someone("Anna");
  dev::People people = People();
  ASSERT_THAT(people.Admit(anna), IsOk());
  EXPECT_THAT(Tcctl(absl::StrCat("call linking/RemoveTrustedContact --as ", anna.account)),
              Prints(5, "NO_TRUSTED_CONTACT"));
}

TEST_F(CliTest, ExitsWith69WhenNobodyListens) {
  EXPECT_THAT(Tcctl("call linking/GetGuard --address unix:/nowhere.sock"), Prints(69, "UNAVAILABLE"));
}

TEST_F(CliTest, ReadsTheNewestCodeOfAPhone) {
  const dev::Citizen anna = Someone("Anna");
  EXPECT_THAT(Tcctl(absl::StrCat("inbox --code-only ", anna.phone)), Prints(3, "no code"));
  dev::People people = People();
  ASSERT_THAT(people.CreateAccount(anna), IsOk());
  ASSERT_THAT(people.BindPhone(anna), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string code, people.AwaitCode(anna, 0));
  EXPECT_THAT(Tcctl(absl::StrCat("inbox --code-only ", anna.phone)).text, Eq(code + "\n"));
}

TEST_F(CliTest, ShowsWhatBecameOfMessages) {  // O7
  const dev::Citizen anna = Someone("Anna");
  dev::People people = People();
  ASSERT_THAT(people.CreateAccount(anna), IsOk());
  ASSERT_THAT(people.BindPhone(anna), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string code, people.AwaitCode(anna, 0));
  const Output table = Tcctl("deliveries");
  EXPECT_THAT(table, Prints(0, "CODE_PHONE_BINDING"));
  EXPECT_THAT(table, Prints(0, "spool ACCEPTED"));
  EXPECT_THAT(table.text, AllOf(Not(HasSubstr(anna.phone)), Not(HasSubstr(code)))) << "masked, no words";
  EXPECT_THAT(Tcctl("-o json deliveries --limit 1"), Prints(0, "\"masked_address\""));
  EXPECT_THAT(Tcctl("deliveries --parent verifications/absent"), Prints(0, "(empty)"));
  EXPECT_THAT(Tcctl("deliveries --parent accounts/x"), Prints(1, "NAME_INVALID"));
  EXPECT_THAT(Tcctl("deliveries --help"), Prints(0, "--parent"));
}

TEST_F(CliTest, ReadsAnAccountsJournal) {  // I8
  const dev::Citizen anna = Someone("Anna");
  dev::People people = People();
  ASSERT_THAT(people.Register(anna), IsOk());
  for (const std::string& account : {anna.account, anna.Name()}) {
    const Output table = Tcctl(absl::StrCat("journal ", account));
    EXPECT_THAT(table, Prints(0, "time "));
    EXPECT_THAT(table, Prints(0, "PasswordSet"));
    EXPECT_THAT(table.text, Not(HasSubstr(anna.phone))) << "addresses are masked";
  }
  EXPECT_THAT(Tcctl(absl::StrCat("-o json journal ", anna.account)), Prints(0, "\"occur_time\""));

  const Output csv =
      Tcctl(absl::StrCat("journal ", anna.account, " --csv --type PasswordSet --type PhoneBound"));
  EXPECT_THAT(csv, Prints(0, "time,type,actor,address,device,user_agent,place,attributes\r\n"));
  EXPECT_THAT(csv, Prints(0, ",PasswordSet,owner,"));
  EXPECT_THAT(csv, Prints(0, ",PhoneBound,owner,"));
  EXPECT_THAT(csv.text, Not(HasSubstr("AccountCreated")));
  EXPECT_EQ(std::count(csv.text.begin(), csv.text.end(), '\n'), 3) << csv.text;
}

TEST_F(CliTest, ReadsAJournalWithinItsBounds) {
  const dev::Citizen anna = Someone("Anna");
  dev::People people = People();
  ASSERT_THAT(people.Register(anna), IsOk());
  const std::string journal = absl::StrCat("journal --csv ", anna.account);
  const auto lines = [](const Output& output) {
    return std::count(output.text.begin(), output.text.end(), '\n');
  };
  EXPECT_GT(lines(Tcctl(journal)), 4);
  EXPECT_EQ(lines(Tcctl(journal + " --limit 2")), 3);
  EXPECT_EQ(lines(Tcctl(journal + " --since 1h")), lines(Tcctl(journal)));
  EXPECT_EQ(lines(Tcctl(journal + " --until 1h")), 1) << "the header only";
  EXPECT_THAT(Tcctl(absl::StrCat("journal ", anna.account, " --until 1h")), Prints(0, "(empty)"));
  EXPECT_THAT(Tcctl(journal + " --since yesterday"), Prints(2, "no time"));
  EXPECT_THAT(Tcctl("journal nobody"), Prints(3, "NOT_FOUND"));
  EXPECT_THAT(Tcctl("journal"), Prints(2, "ACCOUNT"));
  EXPECT_THAT(Tcctl("journal --help"), Prints(0, "--since"));
}

TEST_F(CliTest, GoesTheWayInPersonAndHoldsIt) {  // R10
  const dev::Citizen anna = Someone("Anna");
  const dev::Citizen maria = Someone("Maria");
  dev::People people = People();
  ASSERT_THAT(people.Admit(anna), IsOk());
  ASSERT_THAT(people.Admit(maria), IsOk());
  ASSERT_THAT(people.Connect(anna, maria), IsOk());
  EXPECT_THAT(Tcctl("in-person device"), Prints(0, "recoveries/"));
  const std::string start = absl::StrCat("in-person start ", anna.account, " --visit v-1 --capability-hash ",
                                         std::string(64, 'c'), " --officer ivanov --passport ");
  EXPECT_THAT(Tcctl(start + maria.passport), Prints(3, "NOT_FOUND"));
  EXPECT_THAT(Tcctl(start + "12"), Prints(1, "PASSPORT_FORMAT"));
  EXPECT_THAT(Tcctl(absl::StrCat(start, anna.passport, " --role portal/web")), Prints(4, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Tcctl(start + anna.passport), Prints(0, "IN_PERSON"));

  const Output list = Tcctl(absl::StrCat("recoveries list --state in_person --principal ", anna.account));
  EXPECT_THAT(list, Prints(0, anna.Name()));
  const size_t at = list.text.find("assignedRecoveries/");
  ASSERT_NE(at, std::string::npos) << list.text;
  const std::string recovery = list.text.substr(at, list.text.find(' ', at) - at);
  EXPECT_THAT(Tcctl(absl::StrCat("-o json recoveries list --principal ", anna.account)),
              Prints(0, "\"in_person\""));
  EXPECT_THAT(Tcctl(absl::StrCat("in-person confirm ", recovery, " --officer petrova --visit v-2 --passport ",
                                 anna.passport)),
              Prints(5, "DELAY_NOT_OVER"));
  EXPECT_THAT(Tcctl(absl::StrCat("recoveries hold ", recovery, " --comment 'a call came in'")),
              Prints(0, "a call came in"));
  EXPECT_THAT(Tcctl(absl::StrCat("recoveries release ", recovery, " --comment fine")),
              Prints(0, "AWAITING_CONTACT"));
  EXPECT_THAT(Tcctl("recoveries list --state lost"), Prints(2, "there are"));
  EXPECT_THAT(Tcctl("recoveries hold x"), Prints(2, "--comment"));
  for (const char* command : {"recoveries list", "recoveries hold", "in-person start", "in-person confirm"})
    EXPECT_THAT(Tcctl(absl::StrCat(command, " --help")), Prints(0, "--role"));
}

TEST_F(CliTest, ListsTheKeysOfEveryService) {
  for (const dev::Service service : dev::kServices) {
    const Output output = Tcctl(absl::StrCat("keys list --service ", dev::NameOf(service)));
    EXPECT_THAT(output, Prints(0, "fingerprint"));
    EXPECT_THAT(output, Prints(0, "k000001"));
  }
  EXPECT_THAT(Tcctl("keys list --service otp -o json"), Prints(0, "\"purpose\": \"otp-code\""));
  EXPECT_THAT(Tcctl("keys list --role portal/web"), Prints(4, "ROLE_NOT_ALLOWED"));
}

TEST_F(CliTest, RotatesAKeyWhileTheServiceServes) {  // CRY-05
  const dev::Citizen anna = Someone("Anna");
  dev::People people = People();
  ASSERT_THAT(people.Register(anna), IsOk());
  EXPECT_THAT(Tcctl("keys rotate wrap-person"), Prints(0, "wrap-person.k000002 is the key that makes"));
  EXPECT_THAT(Tcctl("keys rotate index-phone"), Prints(0, "may be removed (tcctl keys prune)"));
  EXPECT_THAT(people.VerifyPassword(anna, anna.password), Eq(absl::StatusOr<bool>(true)));
  EXPECT_THAT(Tcctl("keys prune"), Prints(2, "index-phone.k000001.key is not needed any more"));
  EXPECT_THAT(Tcctl("keys prune --yes"), Prints(0, "wrap-person.k000001.key is removed"));
  EXPECT_THAT(Tcctl("keys prune --yes"), Prints(0, "nothing to remove"));
  EXPECT_THAT(people.VerifyPassword(anna, anna.password), Eq(absl::StatusOr<bool>(true)));
  EXPECT_THAT(people.GetAccount(anna), IsOk());
}

TEST_F(CliTest, KeepsOlderKeysOfAServiceThatWritesNothingAnew) {
  EXPECT_THAT(Tcctl("keys rotate otp-code --service otp"), Prints(0, "No key file may be removed"));
  EXPECT_THAT(Tcctl("keys prune --yes --service otp"), Prints(0, "nothing to remove"));
}

TEST_F(CliTest, WritesNoKeyFileForAPurposeThatTheServiceDoesNotHave) {
  EXPECT_THAT(Tcctl("keys rotate opt-code --service otp"), Prints(2, "otp-code, otp-data"));
  EXPECT_THAT(Tcctl("keys list --service otp").text, Not(HasSubstr("opt-code")));
}

TEST_F(CliTest, SaysThatTheServiceReadsItsKeysElsewhere) {
  const dev::TemporaryDir elsewhere;
  EXPECT_THAT(Tcctl("keys rotate page --service otp --keys-dir " + elsewhere.path()),
              Prints(5, "does not read its keys in"));
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
}

TEST_F(CliTest, NamesTheKeyFileThatIsWrong) {
  const std::string file = suite().location().data + "/keys/recovery/seal.k000002.key";
  std::ofstream(file) << "half a key";
  EXPECT_THAT(Tcctl("call recovery/AdminService/ReloadKeys --role operator/me"), Prints(5, file));
  std::filesystem::remove(file);
  EXPECT_THAT(Tcctl("call recovery/AdminService/ReloadKeys --role operator/me"), Prints(0, "\"seal\""));
}

TEST_F(CliTest, MakesAToken) { EXPECT_THAT(Tcctl("token --sub anna"), Prints(0, "eyJ")); }

TEST_F(CliTest, CompletesItsCommands) {
  const Output output = Tcctl("completion bash");
  EXPECT_THAT(output, Prints(0, "--code-only"));
  EXPECT_THAT(output, Prints(0, "--since"));
  EXPECT_THAT(output.text, Not(HasSubstr("@CASES@")));
}

}  // namespace
}  // namespace tc::e2e
