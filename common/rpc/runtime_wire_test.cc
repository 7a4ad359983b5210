// A service that runs: what it serves, and how it stops.

#include <grpc/health/v1/health.grpc.pb.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <optional>

#include "absl/strings/match.h"
#include "common/base/refusal.h"
#include "common/rpc/runtime_testing.h"
#include "common/rpc/status.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"
#include "trustedcontact/events/v1/events.grpc.pb.h"

namespace tc::rpc {
namespace {

namespace admin = trustedcontact::admin::v1;
namespace events = trustedcontact::events::v1;
namespace health = grpc::health::v1;

using ::testing::ExitedWithCode;

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

}  // namespace
}  // namespace tc::rpc
