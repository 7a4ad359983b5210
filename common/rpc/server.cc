#include "common/rpc/server.h"

#include <grpc/health/v1/health.pb.h>
#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/arrival.h"
#include "common/rpc/reflection_guard.h"

namespace tc::rpc {
namespace {

// The gate refuses above 16 KiB with a reason; this is what the transport will hold in memory at all.
constexpr int kMaxReceiveBytes = 64 * 1024;
constexpr int kMaxMetadataBytes = 8192;
constexpr int kMaxStreams = 512;

// A connection ends within eleven minutes (TRN-10): gRPC draws its age from within a tenth of this one.
constexpr int kConnectionAgeSeconds = 9 * 60;
constexpr int kConnectionGraceSeconds = 30;
static_assert(kConnectionAgeSeconds * 11 / 10 + kConnectionGraceSeconds <= 11 * 60);

void SetLimits(grpc::ServerBuilder& builder, const ServerOptions& options) {
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(options.handshake_timeout)));
  builder.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Followers ping while their stream is silent.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Nobody looks at the library's own counters of each call; ours are in the gate.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  // Small messages gain nothing, and a bomb cannot be sent (C-W 44).
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
}

void SetConnectionAge(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeSeconds * 1000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionGraceSeconds * 1000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 5 * 60 * 1000);
}

// The library gives reflection to every server of a process that links it; here each has it or not.
class Reflection final : public grpc::ServerBuilderOption {
 public:
  explicit Reflection(bool served) : served_(served) {}

  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const std::string name = grpc::reflection::ProtoServerReflectionPlugin().name();
    std::erase_if(*plugins, [&name](const auto& plugin) { return plugin->name() == name; });
    if (served_) plugins->push_back(std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>());
  }

 private:
  const bool served_;
};

// What is called although nobody serves it.
class Nothing final : public grpc::CallbackGenericService {
 public:
  using OnUnknown = std::function<void(const std::vector<std::string>&)>;
  explicit Nothing(OnUnknown on_unknown) : on_unknown_(std::move(on_unknown)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    if (on_unknown_) on_unknown_(PeerUrisOf(*context));
    return grpc::CallbackGenericService::CreateReactor(context);
  }

 private:
  const OnUnknown on_unknown_;
};

}  // namespace

Server::Server(std::vector<std::shared_ptr<grpc::Service>> services, std::string address)
    : services_(std::move(services)), address_(std::move(address)) {}

Server::~Server() {
  if (server_ != nullptr) Shutdown(absl::ZeroDuration());
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      std::vector<std::shared_ptr<grpc::Service>> services,
                                                      const std::vector<std::string>& names) {
  grpc::EnableDefaultHealthCheckService(true);
  // The library serves health without a descriptor of it; naming ours links it in, for reflection to
  // describe.
  grpc::health::v1::HealthCheckRequest::descriptor();
  std::unique_ptr<Server> self(new Server(std::move(services), options.listen));
  grpc::ServerBuilder builder;
  SetLimits(builder, options);
  builder.SetOption(std::make_unique<Reflection>(options.reflection));
  if (options.may_reflect) GuardReflection(builder, options.may_reflect);
  if (!options.health)
    builder.SetOption(std::make_unique<grpc::HealthCheckServiceServerBuilderOption>(nullptr));
  if (options.limit_connection_age) SetConnectionAge(builder);
  int port = 0;
  builder.AddListeningPort(options.listen, options.credentials, &port);
  for (const std::shared_ptr<grpc::Service>& service : self->services_)
    builder.RegisterService(service.get());
  // Without it the library would answer alone, and start no server for health alone.
  self->nothing_ = std::make_unique<Nothing>(options.on_unknown);
  builder.RegisterCallbackGenericService(self->nothing_.get());
  self->server_ = builder.BuildAndStart();
  if (self->server_ == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen));
  }
  if (absl::EndsWith(options.listen, ":0")) {
    self->address_ = absl::StrCat(options.listen.substr(0, options.listen.size() - 1), port);
  }
  if (grpc::HealthCheckServiceInterface* const health = self->server_->GetHealthCheckService()) {
    for (const std::string& name : names) health->SetServingStatus(name, options.serving);
  }
  self->SetServing(options.serving);
  return self;
}

void Server::SetServing(bool serving) {
  if (grpc::HealthCheckServiceInterface* const health = server_->GetHealthCheckService())
    health->SetServingStatus(serving);
}

void Server::Leave() {
  if (grpc::HealthCheckServiceInterface* const health = server_->GetHealthCheckService()) health->Shutdown();
}

void Server::Shutdown(absl::Duration grace) {
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
  server_.reset();
}

}  // namespace tc::rpc
