// Whole processes: each test's child is a service's main, with a client on a thread of it.

#include "common/rpc/runtime.h"

#include <grpc/health/v1/health.grpc.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <unistd.h>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/crypto/jwt.h"
#include "common/crypto/key_files.h"
#include "common/kv/rocks_database.h"
#include "common/rpc/client.h"
#include "common/rpc/status.h"
#include "common/testing/certificates.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"
#include "trustedcontact/events/v1/events.grpc.pb.h"

namespace tc::rpc {
namespace {

namespace admin = trustedcontact::admin::v1;
namespace events = trustedcontact::events::v1;
namespace health = grpc::health::v1;

using ::testing::ExitedWithCode;

using Args = std::vector<std::string>;

// The files that a service needs, and its command line.
class Setting {
 public:
  Setting() : signer_(*crypto::JwtSigner::Generate(kDevelopmentKid)), authority_(dir_.path()) {
    // A machine of developers may have it; production refuses it.
    unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
    Write("jwks.json", signer_.Jwks());
    Write("dev.pem", signer_.ToPem());
    std::filesystem::permissions(dir_.path() + "/dev.pem", std::filesystem::perms::owner_read);
  }

  const std::string& path() const { return dir_.path(); }
  std::string target() const { return absl::StrCat("unix:", path(), "/s.sock"); }
  testing::Authority& authority() { return authority_; }

  Args Common() const {
    return {"tc-test", "--listen=" + target(), "--data=" + path() + "/data", "--keys=" + path() + "/keys",
            "--jwks=" + path() + "/jwks.json"};
  }
  Args Development() const {
    Args args = Common();
    args.insert(args.end(),
                {"--profile=dev", "--dev-key=" + path() + "/dev.pem", "--peer=otp=unix:/nowhere"});
    return args;
  }
  Args Production() {
    Args args = Common();
    const tls::Files files = authority_.IssuePeer("service/test");
    args.insert(args.end(),
                {"--tls-cert=" + files.certificate, "--tls-key=" + files.private_key, "--tls-ca=" + files.ca,
                 "--trust-domain=example.org", "--issuer=idp", "--peer=otp=unix:/nowhere"});
    return args;
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path() + "/" + name) << text;
  }

  std::unique_ptr<grpc::ClientContext> As(const std::string& peer) const {
    crypto::Claims claims;
    claims.issuer = kDevelopmentIssuer;
    claims.audience = {kAudience};
    claims.expires_at = absl::Now() + absl::Minutes(5);
    claims.extra["peer"] = peer;
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization", absl::StrCat("Bearer ", signer_.Sign(claims)));
    context->set_wait_for_ready(true);
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    return context;
  }
  // The client comes before the server listens, and tries again soon.
  std::shared_ptr<grpc::Channel> Channel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20);
    return grpc::CreateCustomChannel(target(), grpc::InsecureChannelCredentials(), arguments);
  }

 private:
  testing::TempDir dir_;
  crypto::JwtSigner signer_;
  testing::Authority authority_;
};

ServiceInfo Info() {
  ServiceInfo info;
  info.name = "test";
  info.description = "A service for the test.";
  info.peers = {"otp"};
  info.purposes = {"seal", "index"};
  info.services = {"trustedcontact.test.v1.TestService"};
  info.further_stores = {"test-keys"};
  return info;
}

// A service's main. `client` runs beside Serve; it returns what it found wrong, and then the process is told
// to stop.
using Client = std::function<std::string()>;
int Main(Args args, const Client& client = nullptr) {
  InitProcess();
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  int exit_code = 0;
  const auto runtime =
      Runtime::FromCommandLine(static_cast<int>(argv.size()), argv.data(), Info(), exit_code);
  if (runtime == nullptr) return exit_code;
  std::string wrong;
  std::thread beside([&] {
    if (client) wrong = client();
    kill(getpid(), SIGTERM);
  });
  exit_code = runtime->Serve({}, {{{"test.number", 7, 7, 0, 9, "a number"}}, {{"test.number", 7}}});
  beside.join();
  if (wrong.empty()) return exit_code;
  std::fprintf(stderr, "%s\n", wrong.c_str());
  return 99;
}

class RuntimeDeathTest : public ::testing::Test {
 protected:
  RuntimeDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

std::string CheckHealth(const Setting& setting) {
  const auto stub = health::Health::NewStub(setting.Channel());
  for (const char* name :
       {"", "trustedcontact.test.v1.TestService", "trustedcontact.events.v1.EventService"}) {
    const auto context = setting.As("monitor/m");
    health::HealthCheckRequest request;
    request.set_service(name);
    health::HealthCheckResponse response;
    if (!stub->Check(context.get(), request, &response).ok() ||
        response.status() != health::HealthCheckResponse::SERVING) {
      return absl::StrCat("not healthy: ", name);
    }
  }
  return "";
}

std::string CheckAdmin(const Setting& setting) {
  const auto stub = admin::AdminService::NewStub(setting.Channel());
  admin::ServerInfo info;
  if (!stub->GetServerInfo(setting.As("operator/ops").get(), {}, &info).ok()) return "no server info";
  if (info.service() != "test" || info.profile() != "dev") return "wrong server info";
  admin::Policy policy;
  if (!stub->GetPolicy(setting.As("operator/ops").get(), {}, &policy).ok()) return "no policy";
  if (policy.profile() != "gosuslugi" || policy.values().at("test.number") != "7") return "wrong policy";
  admin::CreateBackupRequest request;
  request.set_request_id("6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a69");
  admin::Backup backup;
  if (!stub->CreateBackup(setting.As("operator/ops").get(), request, &backup).ok()) return "no backup";
  return std::filesystem::exists(setting.path() + "/data-" + backup.name())
             ? ""
             : "backup is not where it should be";
}

TEST_F(RuntimeDeathTest, ServesInDevelopmentAndStopsWhenToldTo) {
  EXPECT_EXIT(
      {
        std::optional<Setting> setting(std::in_place);
        const int code = Main(setting->Development(), [&] {
          const std::string wrong = CheckHealth(*setting);
          return wrong.empty() ? CheckAdmin(*setting) : wrong;
        });
        setting.reset();
        std::exit(code);
      },
      ExitedWithCode(0), "stopped");
}

// Bytes of one field of protobuf, since the messages of reflection are shipped by nobody.
std::string AskReflection(const Setting& setting, const std::string& symbol) {
  grpc::GenericStub stub(setting.Channel());
  const auto context = setting.As("operator/ops");
  grpc::CompletionQueue queue;
  const auto await = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return ok;
  };
  const auto call = stub.PrepareCall(
      context.get(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  call->StartCall(nullptr);
  if (!await()) return "";
  grpc::Slice slice(absl::StrCat("\x22", std::string(1, static_cast<char>(symbol.size())), symbol));
  call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  if (!await()) return "";
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  const bool read = await();
  call->WritesDone(nullptr);
  await();
  grpc::Status status;
  call->Finish(&status, nullptr);
  await();
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (read && answer.Dump(&slices).ok()) {
    for (const grpc::Slice& s : slices) bytes.append(reinterpret_cast<const char*>(s.begin()), s.size());
  }
  return bytes;
}

TEST_F(RuntimeDeathTest, DescribesItselfAndHealthByReflection) {
  EXPECT_EXIT(
      {
        std::optional<Setting> setting(std::in_place);
        const int code = Main(setting->Development(), [&]() -> std::string {
          if (!absl::StrContains(AskReflection(*setting, "grpc.health.v1.Health"), "HealthCheckRequest"))
            return "no health";
          return absl::StrContains(AskReflection(*setting, "trustedcontact.admin.v1.AdminService"),
                                   "GetServerInfo")
                     ? ""
                     : "no admin";
        });
        setting.reset();
        std::exit(code);
      },
      ExitedWithCode(0), "stopped");
}

TEST_F(RuntimeDeathTest, EndsStreamsWhenItStops) {
  EXPECT_EXIT(
      {
        std::optional<Setting> setting(std::in_place);
        std::future<absl::Status> ended;
        int code = Main(setting->Development(), [&]() -> std::string {
          const auto stub =
              std::shared_ptr<events::EventService::Stub>(events::EventService::NewStub(setting->Channel()));
          const auto context = std::shared_ptr<grpc::ClientContext>(setting->As("portal/web"));
          const auto reader = std::shared_ptr<grpc::ClientReader<events::WatchEventsResponse>>(
              stub->WatchEvents(context.get(), {}));
          reader->WaitForInitialMetadata();
          ended = std::async(std::launch::async, [stub, context, reader] {
            events::WatchEventsResponse message;
            while (reader->Read(&message)) {
            }
            return FromWire(reader->Finish());
          });
          // Any answer shows that the server has the stream as well.
          return CheckHealth(*setting);
        });
        if (!HasReason(ended.get(), Reason::kShuttingDown)) code = 98;
        setting.reset();
        std::exit(code);
      },
      ExitedWithCode(0), "stopped");
}

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
                setenv("TC_KEY_ONCE__k000001", (std::string(63, 'a') + "b").c_str(), 1);
                Args args = s.Development();
                std::replace(args.begin(), args.end(), "--keys=" + s.path() + "/keys",
                             std::string("--keys=env"));
                return args;
              }),
              ExitedWithCode(1), "no key for page, fingerprint, audit, audit-index, audit-sign, seal, index");
}

TEST_F(RuntimeDeathTest, OpensFurtherStoresBesideTheDatabaseAndBacksThemUpWithIt) {
  EXPECT_EXIT(
      {
        std::optional<Setting> setting(std::in_place);
        const int code = Main(setting->Development(), [&]() -> std::string {
          const std::string wrong = CheckAdmin(*setting);
          if (!wrong.empty()) return wrong;
          namespace fs = std::filesystem;
          const std::string store = setting->path() + "/data-test-keys";
          if ((fs::status(store).permissions() & fs::perms::all) != fs::perms::owner_all)
            return "not private";
          return fs::is_empty(store + "-backups") ? "no backup of the further store" : "";
        });
        setting.reset();
        std::exit(code);
      },
      ExitedWithCode(0), "stopped");
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
