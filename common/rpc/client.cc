#include "common/rpc/client.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/refusal.h"
#include "common/env/random.h"
#include "common/kv/origin.h"
#include "common/obs/log.h"
#include "common/rpc/status.h"
#include "common/rpc/trace.h"

namespace tc::rpc {
namespace {

constexpr absl::Duration kLongestCall = absl::Seconds(5);

grpc::ChannelArguments ArgumentsOf() {
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  // Peers are called without anybody in between, whatever the environment names.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  // What a connection may take to come about, handshake included; no pause between attempts.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  // How long calls may be refused after a peer has come back.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  // A peer that vanished without a word is noticed also by a stream that only waits.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  return arguments;
}

// Whether the status tells about the peer's condition, or our standing with it, rather than about the
// question asked.
bool IsAboutThePeer(const absl::Status& status) {
  const std::optional<std::string> reason = ReasonOf(status);
  if (!reason.has_value()) return true;  // the library's own
  for (const Reason r : {Reason::kCredentialsMissing, Reason::kCredentialsInvalid,
                         Reason::kCredentialsExpired, Reason::kRoleNotAllowed, Reason::kOverloaded,
                         Reason::kDeadlineExceeded, Reason::kInternal, Reason::kNotImplemented}) {
    if (*reason == ReasonName(r)) return true;
  }
  return status.code() == absl::StatusCode::kUnavailable;
}

}  // namespace

void KeepCallbackQueue(const std::shared_ptr<grpc::Channel>& channel) {
  static const auto& kept = *new std::shared_ptr<grpc::Channel>(channel);
  (void)kept;
}

PeerChannel::PeerChannel(std::string name, const std::string& target,
                         std::shared_ptr<ClientCredentials> credentials)
    : name_(std::move(name)),
      target_(target),
      credentials_(std::move(credentials)),
      channel_(grpc::CreateCustomChannel(target_, credentials_->ChannelTo(name_), ArgumentsOf())) {}

std::shared_ptr<grpc::Channel> PeerChannel::SeparateChannel() const {
  grpc::ChannelArguments arguments = ArgumentsOf();
  // Channels to one target share their connection and its back-off otherwise.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(target_, credentials_->ChannelTo(name_), arguments);
}

void PeerChannel::Prepare(grpc::ClientContext& context, absl::Time deadline) const {
  context.set_deadline(absl::ToChronoTime(std::min(deadline, absl::Now() + kLongestCall)));
  PrepareStream(context);
}

void PeerChannel::PrepareStream(grpc::ClientContext& context) const {
  if (const std::optional<std::string> value = credentials_->Authorization()) {
    context.AddMetadata("authorization", *value);
  }
  const std::string& call_id = kv::CurrentOrigin().call_id;
  context.AddMetadata(kCallIdKey, call_id.empty() ? SystemRandom().ShortId() : call_id);
}

absl::Status PeerChannel::FromWire(const grpc::Status& status) const {
  const absl::Status refused = rpc::FromWire(status);
  if (refused.ok() || !IsAboutThePeer(refused)) return refused;
  obs::Warning("peer cannot be asked", {{"peer", name_},
                                        {"code", absl::StatusCodeToString(refused.code())},
                                        {"reason", ReasonOf(refused).value_or("")},
                                        {"peer_call_id", MetadataOf(refused, "call_id").value_or("")},
                                        {"detail", std::string(refused.message())}});
  return Refuse(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable,
                "a service that must be asked does not answer")
      .With("peer", name_)
      .RetryAfter(RetryAfterOf(refused).value_or(absl::Seconds(1)));
}

}  // namespace tc::rpc
