#include "tools/tcctl/client.h"

#include "absl/strings/str_cat.h"
#include "common/env/random.h"
#include "common/rpc/credentials.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace tc::dev {

namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(15);
// Long enough for a service whose clock is set forward.
constexpr absl::Duration kLifetime = absl::Hours(2);

std::chrono::system_clock::time_point In(absl::Duration duration) {
  return absl::ToChronoTime(absl::Now() + duration);
}

class Development final : public Access {
 public:
  Development(const std::string& target, crypto::JwtSigner signer)
      : channel_(Connect(target)), signer_(std::move(signer)) {}

  std::shared_ptr<grpc::Channel> ChannelOf(const Caller&) override { return channel_; }
  std::string AuthorizationOf(const Caller& caller) override {
    return Bearer(signer_, caller, absl::Now(), kLifetime);
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const crypto::JwtSigner signer_;
};

}  // namespace

std::string Bearer(const crypto::JwtSigner& signer, const Caller& caller, absl::Time now,
                   absl::Duration ttl) {
  crypto::Claims claims;
  claims.issuer = rpc::kDevelopmentIssuer;
  claims.audience = {rpc::kAudience};
  claims.subject = caller.account;
  claims.issued_at = now;
  claims.expires_at = now + ttl;
  claims.auth_time = now - caller.signed_in_for;
  claims.extra["peer"] = caller.peer;
  if (!caller.account.empty()) claims.session = absl::StrCat("session-of-", caller.account);
  return absl::StrCat("Bearer ", signer.Sign(claims));
}

void FillRequestId(google::protobuf::Message& request) {
  const google::protobuf::FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
    return;
  }
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  if (!reflection.GetString(request, field).empty()) return;
  SystemRandom random;
  reflection.SetString(&request, field, random.Uuid());
}

std::shared_ptr<grpc::Channel> Connect(const std::string& target,
                                       std::shared_ptr<grpc::ChannelCredentials> credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  if (credentials == nullptr) credentials = grpc::InsecureChannelCredentials();
  return grpc::CreateCustomChannel(target, credentials, arguments);
}

std::shared_ptr<Access> DevelopmentAccess(const std::string& target, crypto::JwtSigner signer) {
  return std::make_shared<Development>(target, std::move(signer));
}

Client::Client(const std::string& target, crypto::JwtSigner signer)
    : Client(DevelopmentAccess(target, std::move(signer))) {}

void Client::Prepare(grpc::ClientContext& context, const Caller& caller) const {
  context.set_deadline(In(kCallTimeout));
  context.set_wait_for_ready(patience_ > absl::ZeroDuration());
  const std::string authorization = access_->AuthorizationOf(caller);
  if (!authorization.empty()) context.AddMetadata("authorization", authorization);
}

bool Client::Healthy() const {
  grpc::health::v1::Health::Stub stub(channel());
  grpc::ClientContext context;
  context.set_deadline(In(absl::Seconds(1)));
  context.set_wait_for_ready(true);  // a call that fails at once does not help the connection on
  grpc::health::v1::HealthCheckResponse response;
  return stub.Check(&context, {}, &response).ok() &&
         response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

}  // namespace tc::dev
