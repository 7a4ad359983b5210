// A service that starts, or says why it does not.

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/crypto/key_files.h"
#include "common/kv/rocks_database.h"
#include "common/rpc/runtime_testing.h"
#include "common/testing/fakes.h"

namespace tc::rpc {
namespace {

using ::testing::ExitedWithCode;

// What goes wrong at the start: the code, and what is said. `change` prepares the place.
void Start(const std::function<Args(Setting&)>& prepare) {
  std::optional<Setting> setting(std::in_place);
  const int code = Main(prepare(*setting));
  setting.reset();
  std::exit(code);
}

TEST_F(RuntimeDeathTest, NamesTheMissingKeysInProduction) {
  EXPECT_EXIT(Start([](Setting& s) {
                std::filesystem::create_directories(s.path() + "/keys");
                return s.Production();
              }),
              ExitedWithCode(1),
              "no key for once, page, fingerprint, audit, audit-index, audit-sign, seal, index");
}

TEST_F(RuntimeDeathTest, ServesInProductionOverTls) {
  EXPECT_EXIT(Start([](Setting& s) {
                testing::FakeRandom random;
                std::filesystem::create_directories(s.path() + "/keys");
                for (const char* purpose :
                     {"once", "page", "fingerprint", "audit", "audit-index", "audit-sign", "seal", "index"}) {
                  if (!crypto::EnsureKey(s.path() + "/keys", purpose, random).ok()) std::abort();
                }
                return s.Production();
              }),
              ExitedWithCode(0), "production.*stopped");
}

TEST_F(RuntimeDeathTest, LetsNobodyInBeforeItServes) {
  EXPECT_EXIT(
      {
        std::optional<Setting> setting(std::in_place);
        Args args = setting->Development();
        std::vector<char*> argv;
        for (std::string& arg : args) argv.push_back(arg.data());
        int code = 0;
        auto runtime = Runtime::FromCommandLine(static_cast<int>(argv.size()), argv.data(), Info(), code);
        if (runtime == nullptr) std::exit(97);
        Gate& gate = runtime->gate();
        const Method& method =
            *gate.MethodsOf("trustedcontact.admin.v1.AdminService").find("GetServerInfo")->second;
        const Admission admission = gate.Receive(method, Arrival{}, Room::kNone);
        const absl::Status status = admission.status;
        (void)gate.Settle(method, admission, status);
        runtime.reset();
        setting.reset();
        std::exit(HasReason(status, Reason::kShuttingDown) ? 3 : 0);
      },
      ExitedWithCode(3), "");
}

TEST_F(RuntimeDeathTest, TakesItsKeysFromTheEnvironment) {
  EXPECT_EXIT(Start([](Setting& s) {
                int n = 0;
                for (const char* purpose :
                     {"ONCE", "PAGE", "FINGERPRINT", "AUDIT", "AUDIT_INDEX", "AUDIT_SIGN", "SEAL", "INDEX"}) {
                  const std::string name = absl::StrCat("TC_KEY_", purpose, "__k000001");
                  setenv(name.c_str(), absl::StrCat(std::string(63, 'a'), ++n).c_str(), 1);
                }
                Args args = s.Production();
                args.push_back("--keys=env");
                std::erase_if(args,
                              [&](const std::string& arg) { return arg == "--keys=" + s.path() + "/keys"; });
                return args;
              }),
              ExitedWithCode(0), "production.*stopped");
}

TEST_F(RuntimeDeathTest, NamesTheKeysThatTheEnvironmentLacks) {
  EXPECT_EXIT(Start([](Setting& s) {
                setenv("TC_KEY_ONCE__k000001", absl::StrCat(std::string(63, 'a'), "b").c_str(), 1);
                Args args = s.Development();
                std::replace(args.begin(), args.end(), "--keys=" + s.path() + "/keys",
                             std::string("--keys=env"));
                return args;
              }),
              ExitedWithCode(1), "no key for page, fingerprint, audit, audit-index, audit-sign, seal, index");
}

TEST_F(RuntimeDeathTest, NamesTheKeysOfIssuersThatItCannotRead) {
  EXPECT_EXIT(Start([](Setting& s) {
                s.Write("jwks.json", "{}");
                return s.Development();
              }),
              ExitedWithCode(1), "--jwks .*jwks.json");
  EXPECT_EXIT(Start([](Setting& s) {
                std::filesystem::remove(s.path() + "/jwks.json");
                return s.Development();
              }),
              ExitedWithCode(1), "jwks.json: cannot be read");
}

TEST_F(RuntimeDeathTest, RefusesAStoreThatAnotherProcessHolds) {
  EXPECT_EXIT(Start([](Setting& s) {
                // The lock of this process is enough: it is taken by opening.
                static const auto held = [&] {
                  std::filesystem::create_directories(s.path() + "/data");
                  return kv::OpenRocks(s.path() + "/data");
                }();
                return s.Development();
              }),
              ExitedWithCode(1), "tc-test: ");
}

TEST_F(RuntimeDeathTest, SaysThatItCannotListen) {
  EXPECT_EXIT(Start([](Setting& s) {
                Args args = s.Development();
                for (std::string& arg : args) {
                  if (absl::StartsWith(arg, "--listen=")) arg = "--listen=unix:/no/such/directory/s.sock";
                }
                return args;
              }),
              ExitedWithCode(1), "cannot listen on unix:/no/such/directory/s.sock");
}

TEST_F(RuntimeDeathTest, EndsWithTwoOnMistakesOfTheCommandLine) {
  EXPECT_EXIT(Start([](Setting& s) {
                return Args{"tc-test", "--listen=" + s.target()};
              }),
              ExitedWithCode(2), "--tls-cert is required");
}

}  // namespace
}  // namespace tc::rpc
