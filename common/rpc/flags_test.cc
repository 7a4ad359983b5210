#include "common/rpc/flags.h"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>

#include "common/testing/wire.h"

namespace tc::rpc {
namespace {

using ::testing::HasSubstr;

using Args = std::vector<std::string>;

ServiceInfo Linking() {
  ServiceInfo info;
  info.name = "linking";
  info.description = "Who guards whom.";
  info.peers = {"identity"};
  return info;
}

Args Development() {
  return {"--profile=dev",
          "--listen=127.0.0.1:7102",
          "--data=/d/data",
          "--keys=/d/keys",
          "--jwks=/d/jwks.json",
          "--dev-key=/d/dev.pem",
          "--peer=identity=127.0.0.1:7101"};
}

Args Production() {
  return {"--listen=0.0.0.0:7102",        "--data=/d/data",       "--keys=/d/keys",
          "--jwks=/d/jwks.json",          "--issuer=https://idp", "--tls-cert=/d/c.pem",
          "--tls-key=/d/k.pem",           "--tls-ca=/d/ca.pem",   "--trust-domain=example.org",
          "--peer=identity=identity:7101"};
}

Args Without(Args args, const std::string& flag) {
  std::erase_if(args, [&](const std::string& arg) { return arg.rfind(flag, 0) == 0; });
  return args;
}
Args With(Args args, const std::string& arg) {
  args.push_back(arg);
  return args;
}

struct Parsed {
  std::optional<int> code;
  Flags flags;
  std::string out;
  std::string err;
};

Parsed Parse(Args args, const ServiceInfo& info = Linking()) {
  // A machine of developers may have it; production refuses it (production_test.cc).
  unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
  args.insert(args.begin(), "tc-linking");
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  Parsed parsed;
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  parsed.code = ParseFlags(static_cast<int>(argv.size()), argv.data(), info, parsed.flags);
  parsed.out = ::testing::internal::GetCapturedStdout();
  parsed.err = ::testing::internal::GetCapturedStderr();
  return parsed;
}

TEST(ParseFlags, ReadsACommandLineForDevelopment) {
  const Parsed parsed = Parse(With(With(Development(), "--set=link.invitation_lifetime=600"), "--log=debug"));
  ASSERT_EQ(parsed.code, std::nullopt) << parsed.err;
  EXPECT_TRUE(parsed.flags.development);
  EXPECT_TRUE(parsed.flags.reflection);
  EXPECT_EQ(parsed.flags.peers.at("identity"), "127.0.0.1:7101");
  EXPECT_EQ(parsed.flags.policy, "gosuslugi");
  EXPECT_EQ(parsed.flags.overrides.at("link.invitation_lifetime"), "600");
  EXPECT_EQ(parsed.flags.log, obs::Level::kDebug);
  EXPECT_EQ(parsed.flags.workers, 64);
  EXPECT_EQ(parsed.flags.peer_rate, 10000);
  EXPECT_EQ(parsed.flags.person_rate, 10);
}

TEST(ParseFlags, ReadsACommandLineForProduction) {
  const Parsed parsed = Parse(Production());
  ASSERT_EQ(parsed.code, std::nullopt) << parsed.err;
  EXPECT_FALSE(parsed.flags.development);
  EXPECT_FALSE(parsed.flags.reflection);
}

TEST(ParseFlags, PrintsHelpAndVersionAndEndsWell) {
  const Parsed help = Parse({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("Who guards whom."));
  EXPECT_THAT(help.out, HasSubstr("TC_TLS_CERT"));
  const Parsed version = Parse({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, HasSubstr("tc-linking "));
}

TEST(ParseFlags, RefusesAnUnknownFlag) {
  const Parsed parsed = Parse(With(Development(), "--speed=fast"));
  EXPECT_EQ(parsed.code, 2);
  EXPECT_THAT(parsed.err, HasSubstr("--speed"));
}

class MissingInProduction : public ::testing::TestWithParam<const char*> {};
TEST_P(MissingInProduction, IsNamed) {
  const Parsed parsed = Parse(Without(Production(), GetParam()));
  EXPECT_EQ(parsed.code, 2);
  EXPECT_THAT(parsed.err, HasSubstr(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Flags, MissingInProduction,
                         ::testing::Values("--listen", "--data", "--keys", "--jwks", "--issuer", "--tls-cert",
                                           "--tls-key", "--tls-ca", "--trust-domain", "--peer"));

class MissingInDevelopment : public ::testing::TestWithParam<const char*> {};
TEST_P(MissingInDevelopment, IsNamed) {
  const Parsed parsed = Parse(Without(Development(), GetParam()));
  EXPECT_EQ(parsed.code, 2);
  EXPECT_THAT(parsed.err, HasSubstr(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Flags, MissingInDevelopment,
                         ::testing::Values("--listen", "--data", "--keys", "--jwks", "--dev-key", "--peer"));

TEST(ParseFlags, NeedsNoDevelopmentKeyWhereNobodyIsAsked) {
  ServiceInfo otp = Linking();
  otp.peers.clear();
  EXPECT_EQ(Parse(Without(Without(Development(), "--dev-key"), "--peer"), otp).code, std::nullopt);
}

TEST(ParseFlags, ReportsEveryMistakeAtOnce) {
  const Parsed parsed = Parse(
      {"--profile=dev", "--listen=0.0.0.0:1", "--log=loud", "--workers=0", "--person-rate=-1", "--set=x"});
  EXPECT_EQ(parsed.code, 2);
  for (const char* flag :
       {"--listen", "--log", "--workers", "--person-rate", "--set", "--data", "--keys", "--jwks", "--peer"}) {
    EXPECT_THAT(parsed.err, HasSubstr(flag));
  }
}

TEST(ParseFlags, KeepsCopiesOfPeoplesKeysForThirtyDaysAtMost) {  // CRY-07
  ServiceInfo with_keys = Linking();
  EXPECT_EQ(Parse(With(Development(), "--backup-days=365"), with_keys).flags.backup_days, 365);
  with_keys.further_stores = {"person-keys"};
  EXPECT_EQ(Parse(Development(), with_keys).flags.backup_days, 30);
  for (const char* days : {"--backup-days=31", "--backup-days=0"}) {
    const Parsed parsed = Parse(With(Development(), days), with_keys);
    EXPECT_EQ(parsed.code, 2);
    EXPECT_THAT(parsed.err, HasSubstr("--backup-days"));
  }
}

TEST(ParseFlags, RefusesDevelopmentOnAnAddressThatOthersReach) {
  const Parsed parsed = Parse(With(Without(Development(), "--listen"), "--listen=0.0.0.0:7102"));
  EXPECT_EQ(parsed.code, 2);
  EXPECT_THAT(parsed.err, HasSubstr("loopback"));
  EXPECT_EQ(Parse(With(Without(Development(), "--listen"), "--listen=unix:/tmp/x.sock")).code, std::nullopt);
}

TEST(ParseFlags, RefusesKeysInsideTheData) {
  for (const char* keys : {"--keys=/d/data", "--keys=/d/data/keys", "--keys=/d/data/../data/k",
                           "--keys=/d/data/", "--keys=/d/data-backups", "--keys=/d/data-backups/k"}) {
    const Parsed parsed = Parse(With(Without(Development(), "--keys"), keys));
    EXPECT_EQ(parsed.code, 2) << keys;
    EXPECT_THAT(parsed.err, HasSubstr("--keys must not be inside --data"));
  }
  EXPECT_EQ(Parse(With(Without(Development(), "--keys"), "--keys=/d/data-keys")).code, std::nullopt);
}

TEST(ParseFlags, RefusesKeysInsideAFurtherStore) {
  ServiceInfo info = Linking();
  info.further_stores = {"person-keys"};
  for (const char* keys : {"--keys=/d/data-person-keys/k", "--keys=/d/data-person-keys-backups/k"}) {
    const Parsed parsed = Parse(With(Without(Development(), "--keys"), keys), info);
    EXPECT_THAT(parsed.err, HasSubstr("--keys must not be inside --data")) << keys;
  }
  EXPECT_EQ(Parse(Development(), info).code, std::nullopt);
}

TEST(ParseFlags, TakesKeysFromTheEnvironmentWhereverTheDataLies) {
  const Parsed parsed = Parse(With(Without(Without(Development(), "--keys"), "--data"), "--data=."));
  EXPECT_THAT(parsed.err, HasSubstr("--keys is required"));
  EXPECT_EQ(
      Parse(With(With(Without(Without(Development(), "--keys"), "--data"), "--data=."), "--keys=env")).code,
      std::nullopt);
}

TEST(ParseFlags, RefusesPeersThatAreTwiceOrUnknownOrMalformed) {
  EXPECT_THAT(Parse(With(Development(), "--peer=identity=127.0.0.1:1")).err, HasSubstr("twice"));
  EXPECT_THAT(Parse(With(Development(), "--peer=mars=127.0.0.1:1")).err, HasSubstr("mars"));
  EXPECT_THAT(Parse(With(Development(), "--peer=otp")).err, HasSubstr("NAME=VALUE"));
}

TEST(ParseFlags, RefusesAnUnknownPolicy) {
  EXPECT_EQ(Parse(With(Development(), "--policy=strict")).flags.policy, "strict");
  EXPECT_THAT(Parse(With(Development(), "--policy=lax")).err, HasSubstr("gosuslugi or strict"));
}

TEST(ParseFlags, RefusesAnUnknownProfile) {
  EXPECT_THAT(Parse(With(Production(), "--profile=test")).err, HasSubstr("production or dev"));
}

TEST(ParseFlags, TakesTheEnvironmentBelowTheCommandLine) {
  setenv("TC_LISTEN", "127.0.0.1:9", 1);
  setenv("TC_PEER", "identity=127.0.0.1:8", 1);
  EXPECT_EQ(Parse(Without(Development(), "--listen")).flags.listen, "127.0.0.1:9");
  EXPECT_EQ(Parse(Development()).flags.listen, "127.0.0.1:7102");
  EXPECT_EQ(Parse(Without(Development(), "--peer")).flags.peers.at("identity"), "127.0.0.1:8");
  unsetenv("TC_LISTEN");
  unsetenv("TC_PEER");
}

TEST(ParseFlags, TakesAFileBelowTheEnvironmentAndRefusesUnknownNamesInIt) {
  const testing::TempDir dir;
  const std::string file = dir.path() + "/tc.toml";
  std::ofstream(file) << "listen = \"127.0.0.1:5\"\nset = [\"a.b=1\", \"c.d=2\"]\n";
  const Parsed parsed = Parse(With(Without(Development(), "--listen"), "--config=" + file));
  ASSERT_EQ(parsed.code, std::nullopt) << parsed.err;
  EXPECT_EQ(parsed.flags.listen, "127.0.0.1:5");
  EXPECT_EQ(parsed.flags.overrides.size(), 2u);
  std::ofstream(file) << "lisen = \"127.0.0.1:5\"\n";
  EXPECT_EQ(Parse(With(Development(), "--config=" + file)).code, 2);
  EXPECT_EQ(Parse(With(Development(), "--config=/no/such/file")).code, 2);
}

TEST(ParseFlags, ReadsTheServicesOwnFlagsAsWell) {
  std::string provider;
  ServiceInfo info = Linking();
  info.add_flags = [&](CLI::App& app) { app.add_option("--sms-url", provider, "Where messages go"); };
  EXPECT_EQ(Parse(With(Development(), "--sms-url=http://x"), info).code, std::nullopt);
  EXPECT_EQ(provider, "http://x");
  setenv("TC_SMS_URL", "http://y", 1);
  EXPECT_EQ(Parse(Development(), info).code, std::nullopt);
  EXPECT_EQ(provider, "http://y");
  unsetenv("TC_SMS_URL");
}

TEST(ParseFlags, SwitchesReflectionEitherWay) {
  EXPECT_FALSE(Parse(With(Development(), "--reflection=false")).flags.reflection);
  EXPECT_TRUE(Parse(With(Production(), "--reflection=true")).flags.reflection);
}

ServiceInfo WithOwnCheck(std::vector<std::string> own_mistakes) {
  ServiceInfo info = Linking();
  info.offers_check = true;
  info.check_flags = [own_mistakes](const CommonFlags& common, std::vector<std::string>& mistakes) {
    if (!common.development || common.overrides.at("a.b") != "1") std::abort();
    mistakes.insert(mistakes.end(), own_mistakes.begin(), own_mistakes.end());
  };
  return info;
}

TEST(ParseFlags, TellsAServicesOwnMistakesWithTheOthers) {
  const Parsed parsed =
      Parse(With(Without(Development(), "--data"), "--set=a.b=1"), WithOwnCheck({"--x is wrong"}));
  EXPECT_EQ(parsed.code, 2);
  EXPECT_THAT(parsed.err, HasSubstr("tc-linking: --data is required"));
  EXPECT_THAT(parsed.err, HasSubstr("tc-linking: --x is wrong"));
}

TEST(ParseFlags, OnlyChecksWhenToldTo) {
  const Args args = With(With(Development(), "--set=a.b=1"), "--check");
  const Parsed fine = Parse(args, WithOwnCheck({}));
  EXPECT_EQ(fine.code, 0);
  EXPECT_THAT(fine.out, HasSubstr("nothing wrong"));
  EXPECT_EQ(Parse(args, WithOwnCheck({"--x is wrong"})).code, 2);
  EXPECT_EQ(Parse(Without(args, "--check"), WithOwnCheck({})).code, std::nullopt);
  EXPECT_EQ(Parse(With(Development(), "--check")).code, 2) << "a service without a check of its own";
}

}  // namespace
}  // namespace tc::rpc
