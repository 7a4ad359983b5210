// The four programs as they run in production: who gets in over the wire, and who does not (TRN-01, TRN-03,
// TRN-08, TRN-11, TRN-13).

#include <grpc/health/v1/health.grpc.pb.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/rpc/status.h"
#include "common/testing/status.h"
#include "tests/e2e/production_world.h"
#include "tests/e2e/web.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"

namespace tc::e2e {
namespace {

namespace admin = trustedcontact::admin::v1;
namespace health = grpc::health::v1;
using dev::Service;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

class ProductionTest : public ProductionWorld {
 protected:
  // What openssl says when it knocks.
  static std::string Openssl(Service service, const std::string& arguments) {
    return Shell(absl::StrCat("openssl s_client -brief -connect ", suite().TargetOf(service), " ", arguments,
                              " </dev/null"));
  }
  // tcctl with the certificate of this peer.
  static std::string Tcctl(const std::string& peer, const std::string& arguments) {
    const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const tls::Files tls = suite().FilesOf(peer);
    return Shell(absl::StrCat((here.parent_path() / "bin" / "tcctl").string(), " --tls-cert ",
                              tls.certificate, " --tls-key ", tls.private_key, " --tls-ca ", tls.ca, " ",
                              arguments));
  }
  static std::string Shell(const std::string& line) {
    const std::string command = line + " 2>&1";
    std::string said;
    std::array<char, 4096> buffer{};
    FILE* pipe = ::popen(command.c_str(), "r");
    for (size_t n = 0; (n = ::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
      said.append(buffer.data(), n);
    ::pclose(pipe);
    return said;
  }
  // One call on a connection of its own.
  static absl::Status AskAnew(Service service, const tls::Files& files) {
    return Ask(suite().ChannelOf(service, files));
  }
  static absl::Status Ask(const std::shared_ptr<grpc::Channel>& channel) {
    admin::AdminService::Stub stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    admin::ServerInfo info;
    return rpc::FromWire(stub.GetServerInfo(&context, {}, &info));
  }
  static tls::Files files() { return suite().FilesOf("operator/ops"); }
};

TEST_F(ProductionTest, SpeaksTls13OnEveryPortAndNothingOlder) {
  const std::string own = absl::StrCat("-cert ", files().certificate, " -key ", files().private_key);
  for (const Service service : dev::kServices) {
    EXPECT_THAT(Openssl(service, absl::StrCat("-tls1_3 ", own)), HasSubstr("TLSv1.3"));
    for (const char* old : {"-tls1_2 ", "-tls1_1 ", "-tls1 "}) {
      EXPECT_THAT(Openssl(service, absl::StrCat(old, "-cipher ALL:@SECLEVEL=0 ", own)),
                  Not(HasSubstr("CONNECTION ESTABLISHED")))
          << dev::NameOf(service) << " " << old;
    }
  }
}

TEST_F(ProductionTest, TellsOfHealthWithoutACertificateAndOnItsOwnPortOnly) {
  for (const Service service : dev::kServices) {
    EXPECT_TRUE(suite().Healthy(service));
    health::Health::Stub stub(suite().ChannelOf(service, "operator/ops"));
    grpc::ClientContext context;
    health::HealthCheckResponse response;
    EXPECT_EQ(stub.Check(&context, {}, &response).error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(Ask(grpc::CreateChannel(suite().HealthOf(service), grpc::InsecureChannelCredentials())).code(),
              absl::StatusCode::kUnimplemented);
  }
}

TEST_F(ProductionTest, LetsNobodyInWithoutACertificateOfTheAuthority) {
  testing::TempDir elsewhere;
  testing::Authority other(elsewhere.path());
  tls::Files stranger = other.IssuePeer("operator/ops");
  stranger.ca = files().ca;
  for (const Service service : dev::kServices) {
    EXPECT_THAT(AskAnew(service, files()), IsOk());
    EXPECT_EQ(AskAnew(service, stranger).code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(Ask(grpc::CreateChannel(suite().TargetOf(service), grpc::InsecureChannelCredentials())).code(),
              absl::StatusCode::kUnavailable);
  }
}

TEST_F(ProductionTest, IsOperatedWithACertificateInsteadOfTheKeyOfDevelopment) {
  const std::string address = " --address " + suite().TargetOf(Service::kOtp);
  EXPECT_THAT(Tcctl("operator/ops", "keys list --service otp" + address), HasSubstr("otp-code"));
  EXPECT_THAT(Tcctl("portal/web", "keys list --service otp" + address), HasSubstr("ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Tcctl("operator/ops", "describe otp" + address), HasSubstr("UNIMPLEMENTED"))
      << "reflection is not served";
}

TEST_F(ProductionTest, SignsAPersonInByAFileWithHisAssertion) {
  const dev::Citizen carla = Someone("Carla");
  ASSERT_THAT(suite().People().Admit(carla), IsOk());
  const testing::TempDir dir;
  const std::string mine = dir.Write("token", suite().Assertion(carla.account));
  const std::string journal =
      absl::StrCat("journal ", carla.account, " --address ", suite().TargetOf(Service::kIdentity));
  EXPECT_THAT(Tcctl("portal/web", journal + " --token " + mine), HasSubstr("AccountConfirmed"));
  EXPECT_THAT(Tcctl("portal/web", journal), HasSubstr("PERSON_REQUIRED"));
  const std::string others = dir.Write("other", suite().Assertion("somebody-else"));
  EXPECT_THAT(Tcctl("portal/web", journal + " --token " + others), HasSubstr("NOT_FOUND"));
}

TEST_F(ProductionTest, RefusesAssertionsByAKeyOfTheIssuerThatIsGone) {  // SES-06, C-W 25
  const dev::Citizen dora = Someone("Dora");
  ASSERT_THAT(suite().People().Admit(dora), IsOk());
  const auto invitations = [&] { return suite().People().Received(dora).status(); };
  ASSERT_THAT(invitations(), IsOk());
  const auto put_in_force = [](const std::string& jwks) {
    std::ofstream(suite().jwks_file() + ".new") << jwks;
    std::filesystem::rename(suite().jwks_file() + ".new", suite().jwks_file());
  };
  put_in_force(crypto::JwtSigner::Generate("idp-2")->Jwks());
  EXPECT_TRUE(Eventually([&] { return invitations().code() == absl::StatusCode::kUnauthenticated; }));
  std::ofstream(suite().jwks_file()) << "garbage";
  put_in_force(suite().issuer().Jwks());
  EXPECT_TRUE(Eventually([&] { return invitations().ok(); }));
}

TEST_F(ProductionTest, LinksTwoCitizensOverMutualTlsAlone) {
  dev::People people = suite().People();
  const dev::Citizen anna = Someone("Anna");
  const dev::Citizen boris = Someone("Boris");
  ASSERT_THAT(people.Register(anna), IsOk());
  ASSERT_THAT(people.Register(boris), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto invitation, people.Invite(anna, boris));
  ASSERT_OK_AND_ASSIGN(const auto received, people.Received(boris));
  ASSERT_EQ(received.size(), 1u);
  EXPECT_THAT(people.Accept(boris, received.front().name()), IsOk());
  EXPECT_THAT(people.TrustedContact(anna), IsOk());
}

TEST_F(ProductionTest, TakesNewCertificatesWithoutLosingACall) {  // TRN-08
  std::atomic<bool> stop = false;
  std::atomic<int> calls = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> callers;
  for (const Service service : dev::kServices) {
    callers.emplace_back([&, service] {
      while (!stop) {
        ++calls;
        const absl::Status status = AskAnew(service, suite().FilesOf("operator/ops"));
        if (!status.ok() && ++failed == 1) ADD_FAILURE() << dev::NameOf(service) << ": " << status;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    for (const Service service : dev::kServices)
      suite().authority().IssuePeer(absl::StrCat("service/", dev::NameOf(service)));
    const std::string taken = absl::StrCat("tc_tls_reloads_total{outcome=\"taken\"} ", round + 1);
    for (const Service service : dev::kServices) {
      EXPECT_TRUE(Eventually([&] {
        return HttpGet(suite().MetricsOf(service)).value_or("").find(taken) != std::string::npos;
      })) << dev::NameOf(service);
    }
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failed, 0) << "of " << calls;
  EXPECT_GT(calls, 50);
}

TEST_F(ProductionTest, LetsARevokedCertificateInNoMore) {  // TRN-11, C-W 16
  const tls::Files lost = suite().FilesOf("operator/lost");
  ASSERT_THAT(AskAnew(Service::kOtp, lost), IsOk());
  suite().Revoke({lost.certificate});
  for (const Service service : dev::kServices) {
    EXPECT_TRUE(Eventually([&] { return absl::IsUnavailable(AskAnew(service, lost)); }));
    EXPECT_THAT(AskAnew(service, files()), IsOk());
  }
}

}  // namespace
}  // namespace tc::e2e
