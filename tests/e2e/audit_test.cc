// The audit log of the real services, verified from outside with tcctl, and tampered with (LOG-01, LOG-04,
// LOG-05, LOG-07, LOG-10, LOG-12).

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"
#include "tests/e2e/cli.h"
#include "tests/e2e/journey.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using Json = nlohmann::json;

MATCHER_P2(Prints, exit_code, text, "") {
  *result_listener << "exit code " << arg.exit_code << ": " << arg.text;
  return arg.exit_code == exit_code && arg.text.find(text) != std::string::npos;
}

class AuditTest : public World {
 protected:
  static Output Tcctl(const std::string& arguments) { return RunTcctl(suite().location().data, arguments); }
  static Output Verify(dev::Service service) {
    return Tcctl(absl::StrCat("-o json audit verify --service ", dev::NameOf(service)));
  }
  static Json Listed(dev::Service service, const std::string& more = "") {
    const Output output =
        Tcctl(absl::StrCat("-o json audit list --limit 5000 --service ", dev::NameOf(service), " ", more));
    return Json::parse(output.text)["entries"];
  }
  static int CountOf(const Json& entries, const std::string& type) {
    int count = 0;
    for (const Json& entry : entries) count += entry["type"] == type ? 1 : 0;
    return count;
  }

  void Travel(Journey& journey) {
    journey.principal = Someone("Anna");
    journey.contact = Someone("Maria");
    dev::People people = People();
    for (const Step& step : Steps()) ASSERT_THAT(step.run(people, journey), IsOk()) << step.name;
  }

  // Changes the store of a service that does not run.
  static void Tamper(dev::Service service, absl::FunctionRef<absl::Status(kv::Txn&)> change) {
    ASSERT_EQ(suite().Stop(service), 0);
    {
      const auto store = kv::OpenRocks(absl::StrCat(suite().location().data, "/", dev::NameOf(service)));
      ASSERT_THAT(store, IsOk());
      ASSERT_THAT((*store)->Update(change), IsOk());
    }
    ASSERT_THAT(suite().Start(service), IsOk());
  }
  static std::string EntryKey(uint64_t n) { return kv::Key("audit-entry").U64(n).bytes(); }
};

TEST_F(AuditTest, AJourneyIsInTheLogsAndTheyVerify) {
  Journey journey;
  Travel(journey);
  for (const dev::Service service : dev::kServices) {
    const Output first = Verify(service);
    EXPECT_THAT(first, Prints(0, "\"intact\": true")) << dev::NameOf(service);
    EXPECT_THAT(Verify(service), Prints(0, "\"intact\": true"));
    EXPECT_THAT(
        Tcctl(absl::StrCat("call ", dev::NameOf(service), "/AdminService/VerifyAuditLog --role monitor/m")),
        Prints(0, "\"intact\": true"));
  }
  EXPECT_GE(CountOf(Listed(dev::Service::kIdentity), "AccountCreated"), 2);
  const Json linking = Listed(dev::Service::kLinking);
  EXPECT_GE(CountOf(linking, "LinkCreated"), 1);
  for (const Json& entry : linking) {
    if (entry["type"] != "LinkCreated") continue;
    EXPECT_TRUE(absl::StartsWith(entry["peer"].get<std::string>(), "portal/")) << entry;
    EXPECT_FALSE(entry["call_id"].get<std::string>().empty());
  }
  const Json recovery = Listed(dev::Service::kRecovery);
  EXPECT_GE(CountOf(recovery, "RecoveryStarted"), 1);
  EXPECT_GE(CountOf(recovery, "RecoveryCompleted"), 1);
  const Json otp = Listed(dev::Service::kOtp);
  EXPECT_GE(CountOf(otp, "CodeTried"), 1);
  EXPECT_GE(CountOf(otp, "VerificationApproved"), 1);
  EXPECT_GE(CountOf(otp, "AuditLogRead"), 1) << "reading is an entry, too";
  for (const Json& entry : otp) {
    if (entry["type"] != "CodeTried") continue;
    EXPECT_TRUE(absl::StartsWith(entry["peer"].get<std::string>(), "service/")) << entry;
    EXPECT_FALSE(entry["call_id"].get<std::string>().empty());
  }
}

// REC-01: what the log tells of a start is the same, whether or not there is such an account.
TEST_F(AuditTest, AStartNamesNobody) {
  const auto started = [] { return CountOf(Listed(dev::Service::kRecovery), "RecoveryStarted"); };
  const int before = started();
  dev::People people = People();
  ASSERT_THAT(people.StartRecovery("+79990001122"), IsOk());
  EXPECT_EQ(started(), before + 1);
  for (const Json& entry : Listed(dev::Service::kRecovery, "--open")) {
    if (entry["type"] != "RecoveryStarted") continue;
    EXPECT_FALSE(entry.contains("persons") && !entry["persons"].empty()) << entry;
  }
}

TEST_F(AuditTest, TellsOfPeopleOnlyWhenItIsOpened) {
  Journey journey;
  Travel(journey);
  const std::string name = journey.principal.account;
  EXPECT_THAT(Listed(dev::Service::kLinking).dump(), Not(HasSubstr(name)));
  EXPECT_THAT(Listed(dev::Service::kLinking, "--open").dump(), HasSubstr(name));
}

TEST_F(AuditTest, ARefusedCallIsAnEntry) {  // LOG-11
  EXPECT_THAT(Tcctl("call linking/AdminService/GetKeyInventory --role bank/stranger"), Prints(4, ""));
  Json refused;
  for (const Json& entry : Listed(dev::Service::kLinking)) {
    if (entry["type"] == "CallRefused" && entry["peer"] == "bank/stranger") refused = entry;
  }
  ASSERT_FALSE(refused.is_null());
  EXPECT_EQ(refused["result"], "ROLE_NOT_ALLOWED");
  EXPECT_THAT(refused.dump(), HasSubstr("GetKeyInventory"));
}

// IDN-10: a try at an account that does not exist is in the log, and names nobody.
TEST_F(AuditTest, ARefusedSignInIsCounted) {
  EXPECT_THAT(Tcctl("call identity/IdentityService/VerifyPassword --role identity-provider/sprayer "
                    R"('{"account": "accounts/nobody", "password": "a guess"}')"),
              Prints(0, ""));
  Json refused;
  for (const Json& entry : Listed(dev::Service::kIdentity, "--open")) {
    if (entry["type"] == "CallRefused" && entry["peer"] == "identity-provider/sprayer") refused = entry;
  }
  ASSERT_FALSE(refused.is_null());
  EXPECT_EQ(refused["result"], "UNAUTHENTICATED");
  EXPECT_THAT(refused.dump(), HasSubstr("VerifyPassword"));
  EXPECT_THAT(refused.dump(), Not(HasSubstr("nobody")));
}

TEST_F(AuditTest, NobodyButAnAuditorReadsIt) {
  EXPECT_THAT(Tcctl("audit list --service otp --role operator/me"), Prints(4, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Tcctl("audit prove 0 --service otp --role operator/me"), Prints(4, "ROLE_NOT_ALLOWED"));
}

TEST_F(AuditTest, AKeyThatIsGivenIsTheOnlyOneThatIsTrusted) {
  for (const dev::Service service : {dev::Service::kOtp, dev::Service::kLinking})
    ASSERT_THAT(Verify(service), Prints(0, "intact"));
  const std::string other = Json::parse(Verify(dev::Service::kLinking).text)["key"];
  EXPECT_THAT(Tcctl(absl::StrCat("audit verify --service otp --key '", other, "'")), Prints(4, "--key"));
  EXPECT_THAT(Tcctl("audit verify --service otp --key none"), Prints(2, "verifier key"));
  EXPECT_THAT(Verify(dev::Service::kOtp), Prints(0, "intact")) << "what is remembered stays";
}

TEST_F(AuditTest, AnEntryIsProvedWithoutTheService) {
  ASSERT_THAT(Verify(dev::Service::kLinking), Prints(0, "intact"));
  const testing::TempDir dir;
  const std::string file = dir / "proof.json";
  ASSERT_THAT(Tcctl(absl::StrCat("audit prove 0 --service linking > ", file, " #")), Prints(0, ""));
  EXPECT_THAT(Tcctl(absl::StrCat("audit check-proof ", file, " --service linking")), Prints(0, "TrustTaken"));
  EXPECT_THAT(Tcctl(absl::StrCat("audit check-proof ", file, " --state ", dir / "none")), Prints(2, "--key"));
  std::ifstream in(file);
  Json proof = Json::parse(in);
  proof["entry"] = "1";
  dir.Write("bad.json", proof.dump());
  EXPECT_THAT(Tcctl(absl::StrCat("audit check-proof ", dir / "bad.json", " --service linking")),
              Prints(1, "another entry"));
  EXPECT_THAT(Tcctl("audit prove 1000000 --service linking"), Prints(3, "NOT_FOUND"));
}

// An entry is changed behind the service's back: its own check, the auditor's, and its signer find it.
TEST_F(AuditTest, ATamperedStoreIsFound) {
  ASSERT_THAT(Verify(dev::Service::kOtp), Prints(0, "intact"));
  std::string before;
  Tamper(dev::Service::kOtp, [&](kv::Txn& txn) -> absl::Status {
    before = TRY(txn.Get(EntryKey(0))).value();
    std::string leaf = before;
    leaf[leaf.find("TrustTaken")] = 't';
    return txn.Put(EntryKey(0), leaf);
  });
  EXPECT_THAT(Verify(dev::Service::kOtp), Prints(1, "DATA_LOSS"));
  EXPECT_THAT(Tcctl("call otp/AdminService/VerifyAuditLog --role monitor/m"),
              Prints(0, "\"problem\": \"the tree has another hash for it\""));
  Tamper(dev::Service::kOtp, [&](kv::Txn& txn) { return txn.Put(EntryKey(0), before); });
  EXPECT_THAT(Verify(dev::Service::kOtp), Prints(0, "intact"));
}

// The end is cut off, with the checkpoints that would tell: the auditor remembers.
TEST_F(AuditTest, ALogThatWasCutOffIsFoundByWhoRemembersIt) {
  const std::string data = suite().location().data;
  const std::string copy = data + "/recovery.before";
  ASSERT_EQ(suite().Stop(dev::Service::kRecovery), 0);
  std::filesystem::copy(data + "/recovery", copy, std::filesystem::copy_options::recursive);
  ASSERT_THAT(suite().Start(dev::Service::kRecovery), IsOk());
  ASSERT_THAT(Verify(dev::Service::kRecovery), Prints(0, "intact"));
  ASSERT_THAT(Verify(dev::Service::kRecovery), Prints(0, "intact"));

  ASSERT_EQ(suite().Stop(dev::Service::kRecovery), 0);
  std::filesystem::rename(data + "/recovery", data + "/recovery.after");
  std::filesystem::rename(copy, data + "/recovery");
  ASSERT_THAT(suite().Start(dev::Service::kRecovery), IsOk());
  const Output restored = Verify(dev::Service::kRecovery);
  EXPECT_EQ(restored.exit_code, 1) << restored.text;

  ASSERT_EQ(suite().Stop(dev::Service::kRecovery), 0);
  std::filesystem::remove_all(data + "/recovery");
  std::filesystem::rename(data + "/recovery.after", data + "/recovery");
  ASSERT_THAT(suite().Start(dev::Service::kRecovery), IsOk());
  EXPECT_THAT(Verify(dev::Service::kRecovery), Prints(0, "intact"));
}

// Under what a service serves now, and whom it believes.
TEST_F(AuditTest, ARestartIsToldWithAllThatItMayHaveChanged) {
  ASSERT_EQ(suite().Stop(dev::Service::kRecovery), 0);
  ASSERT_THAT(suite().Start(dev::Service::kRecovery, {"--set=recovery.retention=3000000"}), IsOk());
  std::vector<std::string> told;  // since the stop
  for (const Json& entry : Listed(dev::Service::kRecovery)) {
    if (entry["type"] == "ServiceStopped") told.clear();
    if (entry["type"] == "TrustTaken" || entry["type"] == "ServiceStarted") told.push_back(entry.dump());
  }
  ASSERT_EQ(told.size(), 3U);
  EXPECT_THAT(told[0], HasSubstr("keys of --jwks"));
  EXPECT_THAT(told[1], HasSubstr("key of proofs"));
  for (const char* term : {"ServiceStarted", "\"dev\"", "gosuslugi", "overrides", "audit-index=", "token="})
    EXPECT_THAT(told[2], HasSubstr(term));
}

TEST_F(AuditTest, RefusalsThatWereKeptBackAreEnteredBeforeTheStop) {  // LOG-11
  for (int n = 0; n < 3; ++n)
    EXPECT_THAT(Tcctl("call recovery/AdminService/GetKeyInventory --role bank/last"), Prints(4, ""));
  ASSERT_EQ(suite().Stop(dev::Service::kRecovery), 0);
  ASSERT_THAT(suite().Start(dev::Service::kRecovery), IsOk());
  std::vector<std::string> told;
  for (const Json& entry : Listed(dev::Service::kRecovery)) {
    if (entry["type"] == "ServiceStopped") told.push_back("stop");
    if (entry["type"] == "CallRefused" && entry["peer"] == "bank/last")
      told.push_back(entry["attributes"]["count"]);
  }
  ASSERT_GE(told.size(), 3U);
  const std::vector<std::string> end(told.end() - 3, told.end());
  EXPECT_EQ(end, (std::vector<std::string>{"1", "2", "stop"}));
}

// An erased person would have a second pseudonym under the next key, and could be entered anew.
TEST_F(AuditTest, TheKeyOfPseudonymsCannotBeTakenAway) {  // LOG-09
  const std::string key = suite().location().data + "/keys/otp/audit-index.k000001.key";
  ASSERT_THAT(Tcctl("keys rotate audit-index --service otp"), Prints(0, ""));
  std::filesystem::rename(key, key.substr(0, key.rfind('/')) + "/../away");
  EXPECT_THAT(Tcctl("call otp/AdminService/ReloadKeys --role operator/me").text,
              HasSubstr("audit-index.k000001"));
  ASSERT_EQ(suite().Stop(dev::Service::kOtp), 0);
  EXPECT_THAT(std::string(suite().Start(dev::Service::kOtp).message()),
              HasSubstr("put audit-index.k000001 back"));
  std::filesystem::rename(key.substr(0, key.rfind('/')) + "/../away", key);
  EXPECT_THAT(suite().Start(dev::Service::kOtp), IsOk());
}

// Killed in the middle of its work, a service has both of each event and its entry, or neither (LOG-07).
TEST_F(AuditTest, AKilledServiceHasEventsAndEntriesThatAgree) {
  for (int round = 0; round < 3; ++round) {
    Journey journey;
    journey.principal = Someone("Anna");
    journey.contact = Someone("Maria");
    dev::People people = People();
    for (size_t i = 0; i < Steps().size() / 2; ++i) (void)Steps()[i].run(people, journey);
    for (const dev::Service service : dev::kServices) {
      suite().Kill(service);
      ASSERT_THAT(suite().Start(service), IsOk());
      EXPECT_THAT(Verify(service), Prints(0, "\"intact\": true"));
      EXPECT_THAT(
          Tcctl(absl::StrCat("call ", dev::NameOf(service), "/AdminService/VerifyAuditLog --role monitor/m")),
          Prints(0, "\"intact\": true"));
    }
  }
}

}  // namespace
}  // namespace tc::e2e
