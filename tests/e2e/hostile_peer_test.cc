// An enemy on the network, without a certificate and with one, while a friendly portal goes on working and
// must not feel it: no call of his fails, none is slower than its deadline. C-W 1-9, 32, 35-42, 45, 74;
// TRN-03, API-13. What gRPC 1.51 bears of floods by a peer with a good certificate is measured and printed,
// not promised: docs/security.md.

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/rpc/credentials.h"
#include "common/testing/temp_dir.h"
#include "tests/e2e/friend.h"
#include "tests/e2e/production_world.h"
#include "tests/e2e/web.h"

namespace tc::e2e {
namespace {

using dev::Service;
using ::testing::AnyOf;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class HostilePeer : public ProductionWorld {
 protected:
  static void SetUpTestSuite() {
    for (const Service service : dev::kServices) Options().flags[service] = {"--peer-rate=1000"};
    ProductionWorld::SetUpTestSuite();
  }

  void SetUp() override { friend_ = std::make_unique<Friend>(suite()); }
  void TearDown() override {
    friend_->Stop();
    std::printf("    the friend: %d calls, the slowest %s\n", friend_->calls(),
                absl::FormatDuration(friend_->slowest()).c_str());
    EXPECT_GT(friend_->calls(), 0);
    std::vector<std::string> failures = friend_->failures();
    const size_t all = failures.size();
    std::erase_if(failures, [this](const std::string& failure) {
      return !excused_.empty() && absl::StartsWith(failure, excused_);
    });
    if (failures.size() < all) std::printf("    %zu of his calls there failed\n", all - failures.size());
    EXPECT_THAT(failures, IsEmpty());
    for (const Service service : dev::kServices)
      EXPECT_TRUE(Eventually([&] { return suite().Healthy(service); })) << dev::NameOf(service);
  }

  static int PortOf(Service service) {
    int port = 0;
    const std::string target = suite().TargetOf(service);
    EXPECT_TRUE(absl::SimpleAtoi(target.substr(target.rfind(':') + 1), &port)) << target;
    return port;
  }

  // What the attacker reports.
  static std::string Attack(const std::string& attack, Service service, const tls::Files* files = nullptr,
                            const std::string& more = "") {
    std::string command = absl::StrCat("python3 ", TC_SOURCE, "/tests/e2e/hostile_peer.py ", attack, " ",
                                       PortOf(service), " ", more);
    if (files != nullptr)
      absl::StrAppend(&command, " --cert ", files->certificate, " --key ", files->private_key);
    std::string said;
    std::array<char, 256> buffer{};
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    for (size_t n = 0; (n = ::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
      said.append(buffer.data(), n);
    ::pclose(pipe);
    return std::string(absl::StripAsciiWhitespace(said));
  }

  // Of the program's memory, in MiB.
  static int ResidentMib(Service service) {
    for (const std::string& line : std::vector<std::string>(
             absl::StrSplit(Contents(absl::StrCat("/proc/", suite().PidOf(service), "/status")), '\n'))) {
      int kib = 0;
      std::string value = line.substr(std::min(line.size(), size_t{6}));
      if (absl::StartsWith(line, "VmRSS:") &&
          absl::SimpleAtoi(absl::StrReplaceAll(value, {{"kB", ""}, {" ", ""}, {"\t", ""}}), &kib))
        return kib / 1024;
    }
    return 0;
  }

  static tls::Files SelfSigned(const std::string& directory) {
    const tls::Files files{directory + "/self.pem", directory + "/self.key", ""};
    const std::string command = absl::StrCat(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=portal",
        " -addext subjectAltName=URI:spiffe://example.org/portal/test -addext extendedKeyUsage=clientAuth",
        " -keyout ", files.private_key, " -out ", files.certificate, " 2>/dev/null");
    EXPECT_EQ(std::system(command.c_str()), 0);
    return files;
  }

  static RawAnswer AskAs(const tls::Files& files, const Metadata& metadata = {}) {
    Line line(suite().ChannelOf(Service::kLinking, files));
    return line.Ask({MethodOf("LinkingService/GetTrustedContact").Path(), "", metadata, absl::Seconds(5)});
  }

  // Some seconds of it at linking, with a good certificate; what it did is printed, and what came of it
  // given.
  static std::string Measure(const char* attack) {
    const tls::Files good = suite().FilesOf("portal/hostile");
    const int before = ResidentMib(Service::kLinking);
    const std::string outcome = Attack(attack, Service::kLinking, &good, "--seconds 2");
    std::printf("    %-12s %-20s resident: %d MiB, before %d MiB\n", attack, outcome.c_str(),
                ResidentMib(Service::kLinking), before);
    return outcome;
  }

  std::unique_ptr<Friend> friend_;
  std::string excused_;  // the service that need not have served him
};

TEST_F(HostilePeer, CW1To3_SpeaksNoPlaintextAndNoTlsBefore13) {
  const tls::Files good = suite().FilesOf("portal/test");
  for (const Service service : dev::kServices) {
    for (const char* hello : {"plaintext", "tls1.0", "tls1.1", "tls1.2"}) {
      EXPECT_EQ(Attack(hello, service, &good), "refused") << hello << " " << dev::NameOf(service);
    }
    EXPECT_EQ(Attack("greeting", service, &good), "established");
  }
}

TEST_F(HostilePeer, CW4To9_ComesInByNoCertificateThatIsNotOfTheAuthorityAndInItsTime) {
  testing::TempDir elsewhere;
  testing::Authority other(elsewhere.path());
  testing::CertificateRequest request;
  request.uris = {"spiffe://example.org/portal/test"};
  std::map<std::string, tls::Files> bad;
  bad["6 of another authority of the same name"] = other.Issue("portal-test", request);
  bad["5 self-signed"] = SelfSigned(elsewhere.path());
  request.valid_from = -absl::Hours(2);
  request.valid_until = -absl::Seconds(1);
  bad["7 expired"] = suite().authority().Issue("expired", request);
  request.valid_from = absl::Hours(1);
  request.valid_until = absl::Hours(2);
  bad["8 not yet valid"] = suite().authority().Issue("early", request);
  request.valid_from = -absl::Hours(1);
  request.usage = "serverAuth";
  bad["9 not for clients"] = suite().authority().Issue("server-only", request);
  for (const Service service : dev::kServices) {
    EXPECT_EQ(Attack("greeting", service), "refused") << "4 without a certificate";
    for (const auto& [what, files] : bad) EXPECT_EQ(Attack("greeting", service, &files), "refused") << what;
  }
}

TEST_F(HostilePeer, CW17_WithACertificateOfAnotherRoleGetsNothingEvenWithAStolenAssertion) {
  const Metadata stolen = {{"authorization", "Bearer " + suite().Assertion("victim")}};
  EXPECT_EQ(AskAs(suite().FilesOf("portal/test"), stolen).code(), grpc::StatusCode::NOT_FOUND);
  for (const char* peer :
       {"bank/test", "post/test", "monitor/test", "gateway/test", "service/otp", "operator/test"}) {
    const RawAnswer answer = AskAs(suite().FilesOf(peer), stolen);
    EXPECT_EQ(answer.Reason(), "ROLE_NOT_ALLOWED") << peer << ": " << answer.Brief();
  }
}

// An assertion that was verified is remembered; the removal of its key must end that, too.
TEST_F(HostilePeer, CW25_IsNotLetInByAnAssertionWhoseKeyWasRemovedSince) {
  const std::string before = Contents(suite().jwks_file());
  const crypto::JwtSigner second = *crypto::JwtSigner::Generate("idp-2");
  const auto write = [](const std::string& jwks) {
    const std::string temporary = suite().jwks_file() + ".new";
    std::ofstream(temporary) << jwks;
    ASSERT_EQ(std::rename(temporary.c_str(), suite().jwks_file().c_str()), 0);
  };
  const std::string one = second.Jwks();
  const std::string both =
      absl::StrCat(before.substr(0, before.rfind(']')), ",", one.substr(one.find('[') + 1));
  write(both);
  crypto::Claims claims;
  claims.issuer = kIssuer;
  claims.audience = {rpc::kAudience};
  claims.subject = "victim";
  claims.issued_at = claims.auth_time = absl::Now();
  claims.expires_at = absl::Now() + absl::Seconds(50);
  claims.session = "s-1";
  const Metadata token = {{"authorization", "Bearer " + second.Sign(claims)}};
  const tls::Files files = suite().FilesOf("portal/test");
  EXPECT_TRUE(Eventually([&] { return AskAs(files, token).code() == grpc::StatusCode::NOT_FOUND; }))
      << AskAs(files, token).Brief();
  write(before);
  EXPECT_TRUE(Eventually([&] { return AskAs(files, token).code() == grpc::StatusCode::UNAUTHENTICATED; }))
      << AskAs(files, token).Brief();
}

TEST_F(HostilePeer, CW35To38And45_SendsHeadersThatAreNone) {
  const tls::Files good = suite().FilesOf("portal/hostile");
  for (const char* attack : {"binary-metadata", "te", "scheme", "load-balancer"}) {
    const std::string outcome = Attack(attack, Service::kLinking, &good);
    std::printf("    %-16s %s\n", attack, outcome.c_str());
    EXPECT_THAT(outcome, ::testing::Not("status 0")) << attack;
    EXPECT_THAT(outcome, AnyOf(StartsWith("status"), "closed")) << attack;
  }
  // Nothing is ever inflated: what says that it is compressed is read as it is, and is no message.
  EXPECT_EQ(Attack("encoding", Service::kRecovery, &good,
                   "--path /trustedcontact.recovery.v1.RecoveryService/GetRecovery"),
            "status 3");
}

TEST_F(HostilePeer, CW42_HoldsFiveHundredConnectionsAndSendsSlowly) {
  const tls::Files good = suite().FilesOf("portal/hostile");
  const auto later = [&good](const char* attack, bool certificate) {
    return std::async(std::launch::async, [=, &good] {
      return Attack(attack, Service::kLinking, certificate ? &good : nullptr, "--seconds 8");
    });
  };
  auto held = later("half-open", false);
  auto hello = later("slow-hello", false);
  auto endless = later("slow-body-without-deadline", true);
  const std::string body = later("slow-body", true).get();
  std::printf("    hello: %s\n    body: %s\n    without a deadline: %s\n", hello.get().c_str(), body.c_str(),
              endless.get().c_str());
  EXPECT_EQ(held.get(), "held 500");
  // With its deadline of five seconds, whatever has come of it; not before, since nobody else may end it.
  double seconds = 0;
  EXPECT_TRUE(absl::SimpleAtod(absl::StripSuffix(absl::StripPrefix(body, "ended after "), " s"), &seconds))
      << body;
  EXPECT_GT(seconds, 4.9);
}

TEST_F(HostilePeer, CW39To41_FloodsWithoutACertificateToNoEffect) {
  const int before = ResidentMib(Service::kLinking);
  for (const char* attack : {"rapid-reset", "continuation", "settings", "ping"}) {
    const std::string outcome = Attack(attack, Service::kLinking, nullptr, "--seconds 2");
    std::printf("    %-12s %s\n", attack, outcome.c_str());
    EXPECT_THAT(outcome, StartsWith("ended")) << attack;
  }
  EXPECT_LT(ResidentMib(Service::kLinking) - before, 64);
}

TEST_F(HostilePeer, CW39And41_FloodsWithACertificateAndTheOthersAreServed) {
  excused_ = "LinkingService";
  EXPECT_THAT(Measure("ping"), StartsWith("ended")) << "too many pings";
  for (const char* attack : {"settings", "rapid-reset"}) Measure(attack);
}

// The library gathers header blocks that never end without a limit, and nothing that it offers bounds them:
// the program that is met may be late for others meanwhile. The rest of the suite is not touched, and it
// serves again afterwards.
TEST_F(HostilePeer, CW40_FloodsOneServiceWithContinuationsByACertificateAndTheOthersServe) {
  Measure("continuation");
  excused_ = "LinkingService";
  EXPECT_TRUE(Eventually([&] {
    const Metadata person = {{"authorization", "Bearer " + suite().Assertion("afterwards")}};
    return AskAs(suite().FilesOf("portal/test"), person).code() == grpc::StatusCode::NOT_FOUND;
  }));
}

// Whom he says he speaks for beside his certificate is not read.
TEST_F(HostilePeer, CW32And74_CallsAsOftenAsHeCanUnderEverNewAddressesAndIsLimitedAlone) {
  std::atomic<int> limited = 0, let_in = 0, other = 0;
  Line line(suite().ChannelOf(Service::kLinking, suite().FilesOf("portal/hostile")), 500);
  const std::string path = MethodOf("LinkingService/GetTrustedContact").Path();
  for (int i = 0; i < 20000; ++i) {
    const Metadata forged = {{"x-forwarded-for", absl::StrCat("192.0.2.", i % 256)},
                             {"x-real-ip", absl::StrCat("198.51.100.", i % 256)},
                             {"x-user-id", absl::StrCat("user-", i)}};
    line.Send({path, "", forged}, [&](const RawAnswer& answer) {
      if (answer.Reason() == "RATE_LIMITED" || answer.Reason() == "OVERLOADED") {
        ++limited;
      } else {
        ++(answer.Reason() == "PERSON_REQUIRED" ? let_in : other);
      }
    });
  }
  line.Wait();
  std::printf("    %d limited, %d let in, %d other\n", limited.load(), let_in.load(), other.load());
  EXPECT_GT(limited, 0);
  EXPECT_EQ(other, 0);
}

}  // namespace
}  // namespace tc::e2e
